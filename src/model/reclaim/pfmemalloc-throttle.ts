import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { ZONE_NORMAL } from '../machine-config.ts';
import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { NodeState } from './node-state.ts';
import type { Reclaimable } from './reclaimable.ts';

/** Who may not enter file systems waits at most a second: it may hold what others need. */
const WITHOUT_FS_NS = 1e9;

/**
 * Direct reclaimers wait while the reserves are half gone, so that kswapd gets them.
 *
 * Models: mm/vmscan.c throttle_direct_reclaim, allow_direct_reclaim (4.17, 6.1, 6.12).
 * Departs: one node.
 */
export class PfmemallocThrottle {
  readonly #node: NodeState;
  readonly #reclaimable: Reclaimable;
  readonly #fs: Gfp;

  constructor(node: NodeState, reclaimable: Reclaimable, kernel: KernelProfile) {
    this.#node = node;
    this.#reclaimable = reclaimable;
    this.#fs = kernel.gfp.bits.FS;
  }

  /** Waits if it must; 1: the task was killed meanwhile and shall get on without reclaim. */
  *wait(gfp: Gfp, context: TaskContext): SlowPath {
    if (context.isKthread || context.fatalSignal || this.allows()) return 0;
    if ((gfp & this.#fs) === 0) {
      yield* this.#node.pfmemallocWait.sleep(context, WITHOUT_FS_NS);
    } else {
      while (!context.fatalSignal && !this.allows()) {
        yield* this.#node.pfmemallocWait.sleepKillable(context, Number.POSITIVE_INFINITY);
      }
    }
    return context.fatalSignal ? 1 : 0;
  }

  /** kswapd made progress. */
  wakeIfAllowed(): void {
    const { pfmemallocWait } = this.#node;
    if (pfmemallocWait.size > 0 && this.allows()) pfmemallocWait.wakeAll();
  }

  /** allow_direct_reclaim(): more than half of the reserves of the lower zones are free. */
  allows(): boolean {
    const node = this.#node;
    if (node.hopeless) return true;
    let reserve = 0;
    let free = 0;
    for (const zone of node.zones) {
      if (zone.index > ZONE_NORMAL || this.#reclaimable.pagesOf(zone) === 0) continue;
      reserve += zone.watermark(0);
      free += zone.freeSeen;
    }
    if (reserve === 0 || free > Math.floor(reserve / 2)) return true;
    node.kswapdZoneIndex = Math.max(node.kswapdZoneIndex, ZONE_NORMAL);
    node.rouseKswapd();
    return false;
  }
}
