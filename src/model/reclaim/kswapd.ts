import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import type { Zone } from '../mm/zone.ts';
import type { KswapdWaker } from '../mm/zonelist-walk.ts';
import type { SlowPath } from '../page-source.ts';
import { ROLE_OTHER, TaskContext } from '../sched/task-context.ts';
import {
  KSWAPD_HIGH_WMARK_HIT_QUICKLY,
  KSWAPD_LOW_WMARK_HIT_QUICKLY,
  KSWAPD_WAKE,
  KSWAPD_WAKE_REQUEST,
  PAGEOUTRUN,
  type VmStat,
} from '../vmstat.ts';
import { SWAP_CLUSTER_MAX } from './lru.ts';
import type { NodeState } from './node-state.ts';
import type { PfmemallocThrottle } from './pfmemalloc-throttle.ts';
import { DEF_PRIORITY, ScanControl } from './scan-control.ts';
import type { Vmscan } from './vmscan.ts';

/** A short sleep, HZ/10, from which it sees whether the node stays balanced. */
const NAP_NS = 100e6;
/** From this priority on dirty pages are written whatever laptop mode says; boost stays above. */
const WRITE_PRIORITY = DEF_PRIORITY - 2;

export interface KswapdParts {
  readonly kernel: KernelProfile;
  readonly node: NodeState;
  readonly vmscan: Vmscan;
  readonly throttle: PfmemallocThrottle;
  readonly vmstat: VmStat;
  readonly costs: Costs;
}

/**
 * Background reclaim: who wakes it, what it does until the node is balanced, how it sleeps.
 *
 *   asleep ─ woken ─► balance_pgdat ─► balanced? nap 100 ms ─► still balanced? asleep
 *                         ▲ not balanced, or woken from the nap │
 *                         └─────────────────────────────────────┘
 *
 * Models: mm/vmscan.c wakeup_kswapd, kswapd, kswapd_try_to_sleep, prepare_kswapd_sleep,
 * balance_pgdat, kswapd_shrink_node (4.17, 6.1, 6.12). Departs: kcompactd is not woken; 6.12
 * does not retry a fruitless cycle without its cache-trim mode.
 * It is a thread only where somebody runs `run`; otherwise wake-ups are recorded and it never
 * gets a CPU: right for loads that keep all CPUs with interrupts off.
 */
export class Kswapd implements KswapdWaker {
  readonly context = new TaskContext();
  readonly #parts: KswapdParts;
  readonly #gfp: Gfp;
  readonly #boosts: boolean;

  constructor(parts: KswapdParts) {
    this.#parts = parts;
    this.#gfp = parts.kernel.gfp.composites['GFP_KERNEL']!;
    this.#boosts = parts.kernel.rules.watermarkBoostFactor > 0;
    this.context.role = ROLE_OTHER;
    this.context.memalloc = true;
    this.context.isKthread = true;
  }

  /** wakeup_kswapd() */
  wake(order: number, zoneIndex: number): void {
    const { node, vmstat } = this.#parts;
    vmstat.add(KSWAPD_WAKE_REQUEST, 1);
    node.kswapdOrder = Math.max(node.kswapdOrder, order);
    node.kswapdZoneIndex = Math.max(node.kswapdZoneIndex, zoneIndex);
    if (!node.kswapdAsleep || node.hopeless) return;
    if (node.isBalanced(order, zoneIndex) && !node.isBoosted(zoneIndex)) return;
    node.rouseKswapd();
    vmstat.add(KSWAPD_WAKE, 1);
  }

  /** The thread. It starts asleep. */
  *run(): SlowPath {
    const { node } = this.#parts;
    yield* this.#sleepDeeply();
    for (;;) {
      const order = node.kswapdOrder;
      const zoneIndex = node.kswapdZoneIndex;
      node.kswapdOrder = 0;
      node.kswapdZoneIndex = 0;
      let reached = yield* this.#balance(order, zoneIndex);
      let nextZone = zoneIndex;
      if (reached >= order) {
        reached = node.kswapdOrder;
        nextZone = Math.max(zoneIndex, node.kswapdZoneIndex);
      }
      yield* this.#tryToSleep(reached, nextZone);
    }
  }

  /** kswapd_try_to_sleep() */
  *#tryToSleep(order: number, zoneIndex: number): SlowPath {
    const { node, vmstat } = this.#parts;
    let woken = 0;
    if (this.#mayPrepareSleep(order, zoneIndex)) {
      woken = yield* this.#sleep(NAP_NS);
      if (woken === 1) {
        node.kswapdZoneIndex = Math.max(node.kswapdZoneIndex, zoneIndex);
        node.kswapdOrder = Math.max(node.kswapdOrder, order);
      }
    }
    if (woken === 0 && this.#mayPrepareSleep(order, zoneIndex)) {
      return yield* this.#sleepDeeply();
    }
    vmstat.add(woken === 1 ? KSWAPD_LOW_WMARK_HIT_QUICKLY : KSWAPD_HIGH_WMARK_HIT_QUICKLY, 1);
    return 0;
  }

  /** prepare_kswapd_sleep() */
  #mayPrepareSleep(order: number, zoneIndex: number): boolean {
    const { node } = this.#parts;
    node.pfmemallocWait.wakeAll();
    if (node.hopeless) return true;
    if (!node.isBalanced(order, zoneIndex)) return false;
    node.dirty = false;
    node.writeback = false;
    return true;
  }

  /** Until it is woken; the CPUs' counters are kept tight meanwhile. */
  *#sleepDeeply(): SlowPath {
    for (const zone of this.#parts.node.zones) zone.setThreshold(false);
    const woken = yield* this.#sleep(Number.POSITIVE_INFINITY);
    for (const zone of this.#parts.node.zones) zone.setThreshold(true);
    return woken;
  }

  *#sleep(timeoutNs: number): SlowPath {
    const { node } = this.#parts;
    node.kswapdAsleep = true;
    const woken = yield* node.kswapdWait.sleep(this.context, timeoutNs);
    node.kswapdAsleep = false;
    return woken;
  }

  /** balance_pgdat(): returns the order it ended with. */
  *#balance(order: number, zoneIndex: number): SlowPath {
    const { kernel, node, vmscan, vmstat } = this.#parts;
    const request = { context: this.context, gfp: this.#gfp, order, zoneIndex, isKswapd: true };
    const control = new ScanControl(request, kernel);
    vmstat.add(PAGEOUTRUN, 1);
    const boosts = node.zones.map((zone) => (zone.index <= zoneIndex ? zone.boost : 0));
    const boost = this.#boosts ? boosts.reduce((sum, pages) => sum + pages, 0) : 0;
    this.#setReclaimActive(zoneIndex, true);
    yield* this.#reclaim(control, boost);
    this.#setReclaimActive(zoneIndex, false);
    if (boost > 0) {
      node.zones.forEach((zone, i) => {
        zone.boost -= Math.min(zone.boost, boosts[i]!);
      });
    }
    vmscan.snapshotRefaults();
    return control.order;
  }

  /** balance_pgdat()'s loop: down the priorities until balanced, and the boost made good for. */
  *#reclaim(control: ScanControl, boost: number): SlowPath {
    const { node, vmscan, throttle } = this.#parts;
    let boostLeft = boost;
    do {
      const balanced = node.isBalanced(control.order, control.zoneIndex);
      if (!balanced && boostLeft > 0) {
        boostLeft = 0;
        control.priority = DEF_PRIORITY;
        continue;
      }
      if (balanced && boostLeft === 0) return 0;
      control.mayWrite = boostLeft === 0 || control.priority < WRITE_PRIORITY;
      control.maySwap = boostLeft === 0;
      yield* vmscan.ageAnon(control);
      control.scanned = 0;
      const before = control.reclaimed;
      const enough = yield* this.#shrinkNode(control);
      throttle.wakeIfAllowed();
      const freed = control.reclaimed - before;
      const holds = boostLeft > 0 && control.priority === WRITE_PRIORITY;
      boostLeft -= Math.min(boostLeft, freed);
      if (boostLeft > 0 && freed === 0) break;
      if ((enough === 0 && !holds) || freed === 0) control.priority--;
    } while (control.priority >= 1);
    if (control.reclaimed === 0) node.kswapdFailures++;
    return 0;
  }

  /** kswapd_shrink_node(): 1 when it looked at (or freed) as many pages as it wants. */
  *#shrinkNode(control: ScanControl): SlowPath {
    const { kernel, node, vmscan } = this.#parts;
    control.wanted = 0;
    for (const zone of node.zones) {
      if (zone.index > control.zoneIndex) continue;
      control.wanted += Math.max(zone.watermark(2), SWAP_CLUSTER_MAX);
    }
    const freed = yield* vmscan.shrinkNode(control);
    if (control.order > 0 && control.reclaimed >= 2 << control.order) control.order = 0;
    const counts = kernel.rules.kswapdCountsReclaimed;
    return Math.max(control.scanned, counts ? freed : 0) >= control.wanted ? 1 : 0;
  }

  /** set_reclaim_active(): per-CPU lists stay short meanwhile. */
  #setReclaimActive(zoneIndex: number, active: boolean): void {
    for (const zone of this.#parts.node.zones as readonly Zone[]) {
      if (zone.index <= zoneIndex) zone.reclaimActive = active;
    }
  }
}
