import { assert } from '../base/assert.ts';
import type { Gfp, KernelProfile } from '../kernel/kernel-profile.ts';
import type { DecisionLog } from './decision-log.ts';
import type { FailPageAlloc } from './fault/fail-page-alloc.ts';
import { type Costs, MIGRATE_MOVABLE } from './machine-config.ts';
import type { MaskWarnings } from './mask-warnings.ts';
import {
  fastPathAllocFlags,
  nofailAllocFlags,
  reserveFlags,
  retryAllocFlags,
  slowPathAllocFlags,
} from './mm/alloc-flags.ts';
import { gfpZoneIndex, migratetypeOf, scopedGfp, slowPathGfp } from './mm/gfp.ts';
import type { Zone } from './mm/zone.ts';
import { type MemoryParts, ZonelistWalk } from './mm/zonelist-walk.ts';
import { NEVER, NONE, type PageSource, type SlowPath, WOULD_BLOCK } from './page-source.ts';
import {
  COMPACT_ASYNC,
  COMPACT_SKIPPED,
  COMPACT_SYNC_LIGHT,
  type Compaction,
  compactText,
} from './reclaim/compaction.ts';
import type { DirectReclaim } from './reclaim/direct-reclaim.ts';
import { EndlessLoops, type LoopState } from './reclaim/endless-loops.ts';
import type { Kswapd } from './reclaim/kswapd.ts';
import type { OomKiller } from './reclaim/oom-killer.ts';
import { OOM_AGAIN, OOM_NOBODY, OomStep } from './reclaim/oom-step.ts';
import type { Retry, RetryState } from './reclaim/retry.ts';
import type { TaskContext } from './sched/task-context.ts';
import { PAGE_ALLOCATION_FAILURE, PGFREE, SLOW_PATH } from './vmstat.ts';
import { napFor } from './wait-queue.ts';

const COSTLY_ORDER = 3;
/** A round's answer when the request starts another one; pfns and NONE are others. */
const RETRY = -3;

/** What the allocator stands on. */
export interface PageAllocatorParts extends MemoryParts {
  readonly costs: Costs;
  readonly failPageAlloc: FailPageAlloc;
  readonly kswapd: Kswapd;
  readonly reclaim: DirectReclaim;
  readonly compaction: Compaction;
  readonly retry: Retry;
  readonly oom: OomKiller;
  readonly warnings: MaskWarnings;
  /** gfp_allowed_mask. */
  readonly allowedGfp: Gfp;
}

/** One blocked request between its rounds. */
interface BlockedRequest extends RetryState, LoopState {
  readonly order: number;
  readonly zones: readonly Zone[];
  allocFlags: number;
}

/**
 * The order of steps: fast path, slow path, every exit.
 *
 * Models: mm/page_alloc.c __alloc_pages, __alloc_pages_slowpath, __alloc_pages_may_oom,
 * free_unref_page, __free_pages_ok (4.17, 6.1.192, 6.12.117).
 * Departs: where nobody is left to be killed the request never goes on; a real kernel panics.
 */
export class PageAllocator implements PageSource {
  readonly walk: ZonelistWalk;
  readonly loops = new EndlessLoops();
  /** Requests for which the OOM killer found nobody to kill. */
  oomKillsAsked = 0;
  /** Pages handed out and not yet freed. */
  pagesInUse = 0;
  readonly #parts: PageAllocatorParts;
  readonly #kernel: KernelProfile;
  readonly #zoneOfBlock: readonly Zone[];
  readonly #directReclaim: Gfp;
  readonly #oom: OomStep;
  #log: DecisionLog | null = null;

  constructor(parts: PageAllocatorParts) {
    this.#parts = parts;
    this.#kernel = parts.kernel;
    this.#directReclaim = parts.kernel.gfp.bits.DIRECT_RECLAIM;
    this.#zoneOfBlock = parts.zones;
    this.walk = new ZonelistWalk(parts, parts.kswapd);
    this.#oom = new OomStep(parts.kernel, parts.oom, this.walk);
  }

  /** The page just handed out is for those who restore memory: PF_MEMALLOC and the like. */
  get lastFromReserves(): boolean {
    return this.walk.lastFromReserves;
  }

  /** Listens to every decision from now on; null: to none. */
  set log(log: DecisionLog | null) {
    this.#log = log;
    this.walk.log = log;
    this.#oom.log = log;
  }

  allocate(order: number, callerGfp: Gfp, context: TaskContext): number {
    const { rules } = this.#kernel;
    let gfp = callerGfp & this.#parts.allowedGfp;
    if (order > this.#kernel.maxOrder && rules.oversizeRefusedAtEntry) {
      this.#log?.step('entry', `order ${order} is above the largest, ${this.#kernel.maxOrder}`);
      return NONE;
    }
    if (rules.scopeFlagsAtEntry) gfp = scopedGfp(gfp, context, this.#kernel);
    this.#parts.warnings.check(gfp, context);
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
    const request: BlockedRequest = {
      order,
      gfp,
      context,
      zones: this.walk.zonesFor(gfp),
      allocFlags: slowPathAllocFlags(gfp, order, this.#kernel, context),
      fruitlessRounds: 0,
      compactPriority: COMPACT_SYNC_LIGHT,
      waitNs: 0,
      rounds: 0,
      fruitlessRoundsInARow: 0,
      roundNs: 0,
      isEndless: false,
    };
    let answer = this.#earlyCompaction(request);
    while (answer === RETRY) {
      answer = yield* this.loops.round(request, this.#round(request));
      if (answer === NONE && this.#isNofail(gfp)) answer = yield* this.#insist(request);
      if (answer === RETRY) yield* this.loops.count(request, this.#parts.costs.slowPathNs);
    }
    this.loops.end(request);
    if (answer === NONE) this.#reportFailure(request.order, gfp);
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
    this.#parts.warnings.enter(order, callerGfp, context);
    const gfp = this.#slowGfp(callerGfp, context);
    if (order > this.#kernel.maxOrder) {
      this.#log?.step('S0', `order ${order} is above the largest, ${this.#kernel.maxOrder}`);
      return NONE;
    }
    const flags = slowPathAllocFlags(gfp, order, this.#kernel, context);
    this.#wakeKswapd(order, gfp);
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
    this.#wakeKswapd(order, gfp);
    const reserved = this.#withReserve(gfp, flags, context);
    this.#log?.step('R4', 'once more, with reserve flags if the task has any');
    const pfn = this.walk.walk(order, gfp, reserved, context);
    if (pfn !== NONE) {
      this.#noteTake(order, gfp);
      return pfn;
    }
    this.#log?.step('R5', 'may not reclaim directly');
    if (this.#isNofail(gfp)) {
      this.#log?.step('N2', 'NOFAIL without DIRECT_RECLAIM: fails all the same');
      this.#parts.warnings.cannotWait(gfp);
    }
    this.#reportFailure(order, gfp);
    return NONE;
  }

  /** S5, S6: compaction before any reclaim, for requests that fragmentation is likely to fail. */
  #earlyCompaction(request: BlockedRequest): number {
    const { order, gfp, context } = request;
    const { bits } = this.#kernel.gfp;
    const costly = order > COSTLY_ORDER;
    const wanted = costly || (order > 0 && migratetypeOf(gfp) !== MIGRATE_MOVABLE);
    if (!wanted || !this.#mayCompact(gfp)) return RETRY;
    if (reserveFlags(gfp, this.#kernel, context) !== 0) return RETRY;
    const result = this.#compact(request);
    this.#log?.step('S5', `early compaction, asynchronous: ${compactText(result)}`);
    const pfn = this.walk.walk(order, gfp, request.allocFlags, context);
    if (pfn !== NONE) return pfn;
    if (!costly || (gfp & bits.NORETRY) === 0) return RETRY;
    if (this.#kernel.rules.costlyNoretrySkips) {
      if (result === COMPACT_SKIPPED || (gfp & bits.THISNODE) !== 0) {
        this.#log?.step('S6', 'costly and NORETRY: not worth a reclaim');
        return NONE;
      }
    }
    request.compactPriority = COMPACT_ASYNC;
    return RETRY;
  }

  /** R1…R16: one round; a pfn, NONE (nopage), or RETRY. */
  *#round(request: BlockedRequest): SlowPath {
    const { order, gfp, context } = request;
    const { bits } = this.#kernel.gfp;
    this.#wakeKswapd(order, gfp);
    request.allocFlags = this.#withReserve(gfp, request.allocFlags, context);
    this.#log?.step('R4', 'min watermarks, with reserve flags if the task has any');
    let pfn = this.walk.walk(order, gfp, request.allocFlags, context);
    if (pfn !== NONE) return pfn;
    if (context.memalloc) {
      this.#log?.step('R6', 'PF_MEMALLOC: no reclaim inside reclaim');
      return NONE;
    }
    const progress = yield* this.#parts.reclaim.reclaim(order, gfp, context);
    this.#log?.step('R7', `direct reclaim freed ${progress} pages`);
    if (progress > 0) {
      request.fruitlessRoundsInARow = 0;
      pfn = this.#afterReclaim(request);
      if (pfn !== NONE) return pfn;
    }
    let compacted = COMPACT_SKIPPED;
    if (order > 0 && this.#mayCompact(gfp)) {
      compacted = this.#compact(request);
      this.#log?.step('R8', `direct compaction: ${compactText(compacted)}`);
      pfn = this.walk.walk(order, gfp, request.allocFlags, context);
      if (pfn !== NONE) return pfn;
    }
    if ((gfp & bits.NORETRY) !== 0) {
      this.#log?.step('R9', 'NORETRY: gives up after one round');
      return NONE;
    }
    if (order > COSTLY_ORDER && !this.#mayRetryCostly(gfp)) {
      this.#log?.step('R10', 'costly order that nothing allows to retry: gives up');
      return NONE;
    }
    if (this.#worthRetrying(request, progress, compacted)) {
      if (request.waitNs > 0) yield* napFor(context, request.waitNs);
      request.waitNs = 0;
      return RETRY;
    }
    return yield* this.#askOom(request);
  }

  #mayRetryCostly(gfp: Gfp): boolean {
    if ((gfp & this.#kernel.gfp.bits.RETRY_MAYFAIL) === 0) return false;
    return !this.#kernel.rules.costlyNeedsCompaction || this.#mayCompact(gfp);
  }

  /** R11, R12 */
  #worthRetrying(state: BlockedRequest, progress: number, result: number): boolean {
    const { order, gfp, zones, allocFlags } = state;
    const request = this.walk.requestFor(gfp, allocFlags);
    const migratetype = migratetypeOf(gfp);
    if (this.#parts.retry.afterReclaim(zones, order, { state, progress, request, migratetype })) {
      this.#log?.step('R11', 'reclaimable and free pages would do: another round');
      return true;
    }
    if (progress === 0) return false;
    const again = this.#parts.retry.afterCompaction(zones, order, { state, result, request });
    if (again) this.#log?.step('R12', 'compaction may still help: another round');
    return again;
  }

  /** R14…R16 */
  *#askOom(request: BlockedRequest): SlowPath {
    const answer = yield* this.#oom.take(request);
    if (answer === OOM_AGAIN) {
      request.fruitlessRounds = 0;
      return RETRY;
    }
    if (answer !== OOM_NOBODY) return answer;
    this.oomKillsAsked++;
    yield NEVER;
    return NONE;
  }

  /** R7's second half: a highatomic block is given up and the per-CPU lists emptied, once. */
  #afterReclaim(request: BlockedRequest): number {
    const { order, gfp, context, zones } = request;
    const pfn = this.walk.walk(order, gfp, request.allocFlags, context);
    if (pfn !== NONE) return pfn;
    this.#parts.highatomic.unreserve(zones, migratetypeOf(gfp), false);
    this.#parts.pcp.drainAll();
    return this.walk.walk(order, gfp, request.allocFlags, context);
  }

  /** N2: NOFAIL never gives up while it can reclaim; it may dig into a part of the reserve. */
  *#insist(request: BlockedRequest): SlowPath {
    const { order, gfp, context } = request;
    this.#parts.warnings.insists(order, gfp, context);
    this.#log?.step('N2', 'NOFAIL: a last walk into the reserve, then round again');
    const pfn = this.walk.walk(order, gfp, nofailAllocFlags(this.#kernel), context);
    if (pfn !== NONE) return pfn;
    yield this.#parts.costs.slowPathNs;
    return RETRY;
  }

  #compact(request: BlockedRequest): number {
    const asked = this.walk.requestFor(request.gfp, request.allocFlags);
    return this.#parts.compaction.compact(request.zones, request.order, asked);
  }

  /** 6.x asks for __GFP_IO before it compacts; in 4.17 compaction itself refuses without. */
  #mayCompact(gfp: Gfp): boolean {
    return (gfp & this.#kernel.gfp.bits.IO) !== 0;
  }

  /** The mask as the slow path goes on with it: scope flags where they come late, no ATOMIC. */
  #slowGfp(callerGfp: Gfp, context: TaskContext): Gfp {
    const late = !this.#kernel.rules.scopeFlagsAtEntry;
    const gfp = late ? scopedGfp(callerGfp, context, this.#kernel) : callerGfp;
    return slowPathGfp(gfp, this.#kernel);
  }

  /** R2 */
  #withReserve(gfp: Gfp, flags: number, context: TaskContext): number {
    return retryAllocFlags(flags, reserveFlags(gfp, this.#kernel, context), this.#kernel);
  }

  #wakeKswapd(order: number, gfp: Gfp): void {
    if ((gfp & this.#kernel.gfp.bits.KSWAPD_RECLAIM) === 0) return;
    this.#parts.kswapd.wake(order, gfpZoneIndex(gfp, this.#kernel));
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
