import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import { gfpZoneIndex } from '../mm/gfp.ts';
import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { ALLOCSTALL, type VmStat } from '../vmstat.ts';
import { napFor } from '../wait-queue.ts';
import type { Compaction } from './compaction.ts';
import type { NodeState } from './node-state.ts';
import type { PfmemallocThrottle } from './pfmemalloc-throttle.ts';
import type { Reclaimable } from './reclaimable.ts';
import { DEF_PRIORITY, ScanControl } from './scan-control.ts';
import type { Vmscan } from './vmscan.ts';

const COSTLY_ORDER = 3;

export interface DirectReclaimParts {
  readonly kernel: KernelProfile;
  readonly node: NodeState;
  readonly vmscan: Vmscan;
  readonly throttle: PfmemallocThrottle;
  readonly compaction: Compaction;
  readonly reclaimable: Reclaimable;
  readonly vmstat: VmStat;
  readonly costs: Costs;
  /** One jiffy. */
  readonly jiffyNs: number;
}

/**
 * A task reclaims for itself.
 *
 * Models: mm/page_alloc.c __perform_reclaim, mm/vmscan.c try_to_free_pages,
 * do_try_to_free_pages, shrink_zones, consider_reclaim_throttle (4.17, 6.1, 6.12): the task is
 * PF_MEMALLOC meanwhile and wants SWAP_CLUSTER_MAX pages.
 * Departs: one node, so that it is shrunk once a priority; no soft limits; pages under
 * writeback throttle nobody here.
 */
export class DirectReclaim {
  /** Pages that the reclaim which ended last really freed. */
  lastFreed = 0;
  readonly #parts: DirectReclaimParts;

  constructor(parts: DirectReclaimParts) {
    this.#parts = parts;
  }

  /** Yields its time; returns the pages freed, or 1 where the request may get on anyway. */
  *reclaim(order: number, gfp: Gfp, context: TaskContext): SlowPath {
    const { kernel, throttle, vmscan, costs } = this.#parts;
    context.memalloc = true;
    let progress = 1;
    let freed = 0;
    if ((yield* throttle.wait(gfp, context)) === 0) {
      const zoneIndex = gfpZoneIndex(gfp, kernel);
      const request = { context, gfp, order, zoneIndex, isKswapd: false };
      yield costs.slowPathNs;
      const control = new ScanControl(request, kernel);
      progress = yield* this.#try(control);
      freed = control.reclaimed;
      vmscan.snapshotRefaults();
    }
    context.memalloc = false;
    this.lastFreed = freed;
    return progress;
  }

  /** do_try_to_free_pages(): again with the active pages where those were spared in vain. */
  *#try(control: ScanControl): SlowPath {
    const { vmstat, kernel } = this.#parts;
    for (;;) {
      control.priority = DEF_PRIORITY;
      vmstat.add(ALLOCSTALL + control.zoneIndex, 1);
      yield* this.#descend(control);
      if (control.reclaimed > 0) return control.reclaimed;
      if (control.compactionReady) return 1;
      if (!kernel.rules.retriesWithDeactivation || control.forceDeactivate) return 0;
      if (!control.skippedDeactivate) return 0;
      control.forceDeactivate = true;
    }
  }

  *#descend(control: ScanControl): SlowPath {
    do {
      control.scanned = 0;
      yield* this.#shrinkZones(control);
      if (control.reclaimed >= control.wanted || control.compactionReady) return 0;
    } while (--control.priority >= 0);
    return 0;
  }

  *#shrinkZones(control: ScanControl): SlowPath {
    const { vmscan, compaction, kernel, jiffyNs } = this.#parts;
    const { context, order, zoneIndex } = control;
    if (order > COSTLY_ORDER && control.mayIo && compaction.anyReadyAboveHigh(order, zoneIndex)) {
      control.compactionReady = true;
      return 0;
    }
    yield* vmscan.shrinkNode(control);
    if (!kernel.rules.throttlesNoProgress || context.isKthread) return 0;
    const hopeful = control.priority !== 1 || control.reclaimed > 0 || this.#isAllIdle();
    if (!hopeful) yield* napFor(context, jiffyNs);
    return 0;
  }

  /** skip_throttle_noprogress(): nothing is being written that could be waited for. */
  #isAllIdle(): boolean {
    const { node, reclaimable } = this.#parts;
    if (node.hopeless) return true;
    let pages = 0;
    let pending = 0;
    for (const zone of node.zones) {
      pages += reclaimable.pagesOf(zone);
      pending += zone.writePending;
    }
    return 2 * pending <= pages;
  }
}
