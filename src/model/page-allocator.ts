import { assert } from '../base/assert.ts';
import type { Gfp, KernelProfile } from '../kernel/kernel-profile.ts';
import type { DecisionLog } from './decision-log.ts';
import type { FailPageAlloc } from './fault/fail-page-alloc.ts';
import {
  fastPathAllocFlags,
  reserveFlags,
  retryAllocFlags,
  slowPathAllocFlags,
} from './mm/alloc-flags.ts';
import { formatGfp, hex, scopedGfp, slowPathGfp } from './mm/gfp.ts';
import type { Zone } from './mm/zone.ts';
import { type KswapdWaker, ZonelistWalk } from './mm/zonelist-walk.ts';
import { NONE, type PageSource, type SlowPath, WOULD_BLOCK } from './page-source.ts';
import type { TaskContext } from './sched/task-context.ts';
import { type SlowPathParts, SlowPathRounds } from './slow-path.ts';
import { PAGE_ALLOCATION_FAILURE, PGFREE, SLOW_PATH } from './vmstat.ts';

/** What the allocator stands on. */
export interface PageAllocatorParts extends SlowPathParts {
  readonly failPageAlloc: FailPageAlloc;
  readonly kswapd: KswapdWaker;
  /** gfp_allowed_mask. */
  readonly allowedGfp: Gfp;
}

/**
 * The order of steps: fast path, the slow path up to where a request sleeps, and every exit.
 *
 * Models: mm/page_alloc.c __alloc_pages, __alloc_pages_slowpath, free_unref_page,
 * __free_pages_ok (4.17, 6.1.192, 6.12.117). Departs: see SlowPathRounds.
 */
export class PageAllocator implements PageSource {
  readonly walk: ZonelistWalk;
  readonly rounds: SlowPathRounds;
  /** Pages handed out and not yet freed. */
  pagesInUse = 0;
  readonly #parts: PageAllocatorParts;
  readonly #kernel: KernelProfile;
  readonly #zoneOfBlock: readonly Zone[];
  readonly #directReclaim: Gfp;
  #log: DecisionLog | null = null;

  constructor(parts: PageAllocatorParts) {
    this.#parts = parts;
    this.#kernel = parts.kernel;
    this.#directReclaim = parts.kernel.gfp.bits.DIRECT_RECLAIM;
    this.#zoneOfBlock = parts.zones;
    this.walk = new ZonelistWalk(parts, parts.kswapd);
    this.rounds = new SlowPathRounds(parts, this.walk);
  }

  /** The page just handed out is for those who restore memory: PF_MEMALLOC and the like. */
  get lastFromReserves(): boolean {
    return this.walk.lastFromReserves;
  }

  /** Listens to every decision from now on; null: to none. */
  set log(log: DecisionLog | null) {
    this.#log = log;
    this.walk.log = log;
    this.rounds.log = log;
  }

  allocate(order: number, callerGfp: Gfp, context: TaskContext): number {
    const { rules } = this.#kernel;
    let gfp = callerGfp & this.#parts.allowedGfp;
    if (order > this.#kernel.maxOrder && rules.oversizeRefusedAtEntry) {
      this.#log?.step('entry', `order ${order} is above the largest, ${this.#kernel.maxOrder}`);
      return NONE;
    }
    if (rules.scopeFlagsAtEntry) gfp = scopedGfp(gfp, this.#kernel, context);
    this.#parts.warnings.check(gfp, context);
    if (this.#log !== null) {
      const text = formatGfp(gfp, this.#kernel);
      this.#log.step('request', `order ${order}, ${hex(gfp)}${text === '' ? '' : ` ${text}`}`);
    }
    if (this.#parts.failPageAlloc.shouldFail(gfp, order, context)) {
      this.#log?.step('fault', 'fail_page_alloc refuses the request before the fast path');
      return NONE;
    }
    const avoid = this.walk.avoidsFragmentation(gfp);
    const flags = fastPathAllocFlags(gfp, this.#kernel, avoid);
    this.#log?.step('fast path', 'low watermarks, no reserves');
    const pfn = order > this.#kernel.maxOrder ? NONE : this.walk.walk(order, gfp, flags, context);
    if (pfn === NONE) return this.#enterSlowPath(order, gfp, context);
    this.#noteTake(order, gfp);
    context.spentNs += this.#parts.costs.pageNs;
    return pfn;
  }

  *allocateSlowly(order: number, callerGfp: Gfp, context: TaskContext): SlowPath {
    const gfp = this.#slowGfp(callerGfp & this.#parts.allowedGfp, context);
    const answer = yield* this.rounds.run(order, gfp, context);
    if (answer === NONE) this.#reportFailure(order, gfp);
    else this.#noteTake(order, gfp);
    return answer;
  }

  free(pfn: number, order: number, context: TaskContext): void {
    const { buddy, pcp, vmstat } = this.#parts;
    const zone = this.zoneOf(pfn);
    this.pagesInUse -= 1 << order;
    vmstat.add(PGFREE, 1 << order);
    if (order <= pcp.maxOrder) pcp.free(context.cpu, zone, pfn, order);
    else {
      buddy.free(zone, pfn, order, buddy.pageblocks.typeOf(pfn));
      zone.account(context.cpu);
    }
  }

  /** Pages of their users that the LRU lists count from now on; negative: no more. */
  handOver(pages: number): void {
    this.pagesInUse -= pages;
  }

  zoneOf(pfn: number): Zone {
    const zones = this.#zoneOfBlock;
    for (let i = zones.length - 1; i > 0; i--) if (pfn >= zones[i]!.startPfn) return zones[i]!;
    assert(zones[0]!.spans(pfn), 'a pfn outside every zone');
    return zones[0]!;
  }

  /** S0…S4; what cannot sleep goes on to R1…R5 and its end. */
  #enterSlowPath(order: number, callerGfp: Gfp, context: TaskContext): number {
    const { costs, vmstat } = this.#parts;
    vmstat.add(SLOW_PATH, 1);
    context.spentNs += costs.slowPathNs;
    if (order > this.#kernel.maxOrder) {
      this.#log?.step('S0', `order ${order} is above the largest, ${this.#kernel.maxOrder}`);
      return NONE;
    }
    this.#parts.warnings.enter(order, callerGfp, context);
    const gfp = this.#slowGfp(callerGfp, context);
    if (this.walk.zonesFor(gfp).length === 0) return this.#withoutZone(order, gfp);
    const flags = slowPathAllocFlags(gfp, order, this.#kernel, context);
    this.walk.wakeKswapd(order, gfp);
    this.#log?.step('S4', 'min watermarks with the reserves of its flags');
    const pfn = this.walk.walk(order, gfp, flags, context);
    if (pfn !== NONE) {
      this.#noteTake(order, gfp);
      return pfn;
    }
    if ((gfp & this.#directReclaim) !== 0) return WOULD_BLOCK;
    return this.#lastWalk(order, gfp, flags, context);
  }

  /** R1…R5 of a request that cannot reclaim, and its end. */
  #lastWalk(order: number, gfp: Gfp, flags: number, context: TaskContext): number {
    this.walk.wakeKswapd(order, gfp);
    const reserved = this.#withReserve(gfp, flags, context);
    this.#log?.step('R4', 'once more, with reserve flags if the task has any');
    const pfn = this.walk.walk(order, gfp, reserved, context);
    if (pfn !== NONE) {
      this.#noteTake(order, gfp);
      return pfn;
    }
    this.#log?.step('R5', 'may not reclaim directly');
    return this.#giveUp(order, gfp);
  }

  /** S2: nopage at once, which only a NOFAIL that can reclaim does not take for an answer. */
  #withoutZone(order: number, gfp: Gfp): number {
    this.#log?.step('S2', 'no zone of this machine is open to the mask');
    const insists = this.#isNofail(gfp) && (gfp & this.#directReclaim) !== 0;
    return insists ? WOULD_BLOCK : this.#giveUp(order, gfp);
  }

  /** N2, N3 of a request that cannot reclaim, or need not. */
  #giveUp(order: number, gfp: Gfp): number {
    if (this.#isNofail(gfp)) {
      this.#log?.step('N2', 'NOFAIL without DIRECT_RECLAIM: fails all the same');
      this.#parts.warnings.cannotWait(gfp);
    }
    this.#reportFailure(order, gfp);
    return NONE;
  }

  /** The mask as the slow path goes on with it: without what the task's scopes take, no ATOMIC. */
  #slowGfp(callerGfp: Gfp, context: TaskContext): Gfp {
    return slowPathGfp(scopedGfp(callerGfp, this.#kernel, context), this.#kernel);
  }

  /** R2 */
  #withReserve(gfp: Gfp, flags: number, context: TaskContext): number {
    return retryAllocFlags(flags, reserveFlags(gfp, this.#kernel, context), this.#kernel);
  }

  #isNofail(gfp: Gfp): boolean {
    return (gfp & this.#kernel.gfp.bits.NOFAIL) !== 0;
  }

  #noteTake(order: number, gfp: Gfp): void {
    this.pagesInUse += 1 << order;
    this.#parts.warnings.took(order, gfp);
  }

  #reportFailure(order: number, gfp: Gfp): void {
    if ((gfp & this.#kernel.gfp.bits.NOWARN) === 0) {
      this.#parts.vmstat.add(PAGE_ALLOCATION_FAILURE, 1);
    }
    this.#log?.step('N3', `no page of order ${order}`);
  }
}
