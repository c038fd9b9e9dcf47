import type { Gfp, KernelProfile } from '../kernel/kernel-profile.ts';
import type { DecisionLog } from './decision-log.ts';
import { type Costs, MIGRATE_MOVABLE } from './machine-config.ts';
import type { MaskWarnings } from './mask-warnings.ts';
import {
  nofailAllocFlags,
  reserveFlags,
  retryAllocFlags,
  slowPathAllocFlags,
} from './mm/alloc-flags.ts';
import { migratetypeOf } from './mm/gfp.ts';
import type { Zone } from './mm/zone.ts';
import type { MemoryParts, ZonelistWalk } from './mm/zonelist-walk.ts';
import { NEVER, NONE, type SlowPath } from './page-source.ts';
import {
  COMPACT_ASYNC,
  COMPACT_DEFERRED,
  COMPACT_SKIPPED,
  COMPACT_SYNC_LIGHT,
  compactText,
} from './reclaim/compact-results.ts';
import type { Compaction } from './reclaim/compaction.ts';
import type { DirectReclaim } from './reclaim/direct-reclaim.ts';
import { EndlessLoops, type LoopState } from './reclaim/endless-loops.ts';
import type { OomKiller } from './reclaim/oom-killer.ts';
import { OOM_AGAIN, OOM_NOBODY, OomStep } from './reclaim/oom-step.ts';
import type { Retry, RetryState } from './reclaim/retry.ts';
import type { TaskContext } from './sched/task-context.ts';
import { COMPACT_FAIL, COMPACT_STALL, COMPACT_SUCCESSES } from './vmstat.ts';
import { napFor } from './wait-queue.ts';

const COSTLY_ORDER = 3;
/** A round's answer when the request starts another one; pfns and NONE are others. */
const RETRY = -3;

/** What the rounds of a blocked request stand on. */
export interface SlowPathParts extends MemoryParts {
  readonly costs: Costs;
  readonly reclaim: DirectReclaim;
  readonly compaction: Compaction;
  readonly retry: Retry;
  readonly oom: OomKiller;
  readonly warnings: MaskWarnings;
}

/** One blocked request between its rounds. */
interface BlockedRequest extends RetryState, LoopState {
  readonly order: number;
  readonly zones: readonly Zone[];
  allocFlags: number;
}

/**
 * What a request does that found no page at min and may sleep: S5 to R16, and N2.
 *
 * Models: mm/page_alloc.c __alloc_pages_slowpath from its first compaction on (4.17, 6.1.192,
 * 6.12.117). Departs: where nobody is left to be killed the request never goes on; a real kernel
 * panics.
 */
export class SlowPathRounds {
  readonly loops = new EndlessLoops();
  readonly #parts: SlowPathParts;
  readonly #kernel: KernelProfile;
  readonly #walk: ZonelistWalk;
  readonly #oom: OomStep;
  #log: DecisionLog | null = null;

  constructor(parts: SlowPathParts, walk: ZonelistWalk) {
    this.#parts = parts;
    this.#kernel = parts.kernel;
    this.#walk = walk;
    this.#oom = new OomStep(parts.kernel, parts.oom, walk);
  }

  /** Requests for which the OOM killer found nobody to kill. */
  get oomKillsAsked(): number {
    return this.#oom.nobodyLeft;
  }

  /** Listens to every decision from now on; null: to none. */
  set log(log: DecisionLog | null) {
    this.#log = log;
    this.#oom.log = log;
  }

  /** `gfp` as slowPathGfp() and the task's scopes have left it; a pfn or NONE. */
  *run(order: number, gfp: Gfp, context: TaskContext): SlowPath {
    const request: BlockedRequest = {
      order,
      gfp,
      context,
      zones: this.#walk.zonesFor(gfp),
      allocFlags: slowPathAllocFlags(gfp, order, this.#kernel, context),
      fruitlessRounds: 0,
      compactPriority: COMPACT_SYNC_LIGHT,
      compactions: 0,
      compacted: COMPACT_SKIPPED,
      waitNs: 0,
      rounds: 0,
      fruitlessRoundsInARow: 0,
      roundNs: 0,
      isEndless: false,
    };
    let answer = yield* this.#earlyCompaction(request);
    while (answer === RETRY) {
      answer = yield* this.loops.round(request, this.#round(request));
      if (answer === NONE && this.#isNofail(gfp)) answer = yield* this.#insist(request);
      if (answer === RETRY) yield* this.loops.count(request, this.#parts.costs.slowPathNs);
    }
    this.loops.end(request);
    return answer;
  }

  /** S5, S6: compaction before any reclaim, for requests that fragmentation is likely to fail. */
  *#earlyCompaction(request: BlockedRequest): SlowPath {
    const { order, gfp, context } = request;
    const { bits } = this.#kernel.gfp;
    const costly = order > COSTLY_ORDER;
    const wanted = costly || (order > 0 && migratetypeOf(gfp) !== MIGRATE_MOVABLE);
    if (!wanted || !this.#mayCompact(gfp)) return RETRY;
    if (reserveFlags(gfp, this.#kernel, context) !== 0) return RETRY;
    const pfn = yield* this.#compact(request, 'S5', COMPACT_ASYNC);
    if (pfn !== NONE) return pfn;
    if (!costly || (gfp & bits.NORETRY) === 0) return RETRY;
    if (this.#isNotWorthReclaim(request)) {
      this.#log?.step('S6', 'costly and NORETRY: not worth a reclaim');
      return NONE;
    }
    request.compactPriority = COMPACT_ASYNC;
    return RETRY;
  }

  /** S6 */
  #isNotWorthReclaim({ gfp, compacted }: BlockedRequest): boolean {
    if (compacted === COMPACT_DEFERRED) return true;
    if (!this.#kernel.rules.costlyNoretrySkips) return false;
    return compacted === COMPACT_SKIPPED || (gfp & this.#kernel.gfp.bits.THISNODE) !== 0;
  }

  /** R1…R16: one round; a pfn, NONE (nopage), or RETRY. */
  *#round(request: BlockedRequest): SlowPath {
    const { order, gfp, context } = request;
    const { bits } = this.#kernel.gfp;
    this.#walk.wakeKswapd(order, gfp);
    const reserve = reserveFlags(gfp, this.#kernel, context);
    request.allocFlags = retryAllocFlags(request.allocFlags, reserve, this.#kernel);
    this.#log?.step('R4', 'min watermarks, with reserve flags if the task has any');
    let pfn = this.#walk.walk(order, gfp, request.allocFlags, context);
    if (pfn !== NONE) return pfn;
    if (context.memalloc) {
      this.#log?.step('R6', 'PF_MEMALLOC: no reclaim inside reclaim');
      return NONE;
    }
    const progress = yield* this.#parts.reclaim.reclaim(order, gfp, context);
    this.#log?.step('R7', `direct reclaim freed ${progress} pages`);
    if (this.#parts.reclaim.lastFreed > 0) request.fruitlessRoundsInARow = 0;
    if (progress > 0) {
      pfn = this.#afterReclaim(request);
      if (pfn !== NONE) return pfn;
    }
    request.compacted = COMPACT_SKIPPED;
    if (order > 0 && this.#mayCompact(gfp)) {
      pfn = yield* this.#compact(request, 'R8', request.compactPriority);
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
    if (this.#worthRetrying(request, progress, context.fatalSignal)) {
      if (request.waitNs > 0) yield* napFor(context, request.waitNs);
      request.waitNs = 0;
      return RETRY;
    }
    return yield* this.#askOom(request);
  }

  #mayRetryCostly(gfp: Gfp): boolean {
    return (gfp & this.#kernel.gfp.bits.RETRY_MAYFAIL) !== 0 && this.#mayRetryForCompaction(gfp);
  }

  #mayRetryForCompaction(gfp: Gfp): boolean {
    return !this.#kernel.rules.retryNeedsCompaction || this.#mayCompact(gfp);
  }

  /** R11, R12 */
  #worthRetrying(state: BlockedRequest, progress: number, killed: boolean): boolean {
    const { order, gfp, zones, allocFlags } = state;
    const request = this.#walk.requestFor(gfp, allocFlags);
    const migratetype = migratetypeOf(gfp);
    if (this.#parts.retry.afterReclaim(zones, order, { state, progress, request, migratetype })) {
      this.#log?.step('R11', 'reclaimable and free pages would do: another round');
      return true;
    }
    if (progress === 0 || !this.#mayRetryForCompaction(gfp)) return false;
    const again = this.#parts.retry.afterCompaction(zones, order, { state, request, killed });
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
    yield NEVER;
    return NONE;
  }

  /** R7's second half: a highatomic block is given up and the per-CPU lists emptied, once. */
  #afterReclaim(request: BlockedRequest): number {
    const { order, gfp, context, zones } = request;
    const pfn = this.#walk.walk(order, gfp, request.allocFlags, context);
    if (pfn !== NONE) return pfn;
    const released = this.#parts.highatomic.unreserve(zones, migratetypeOf(gfp), false);
    this.#parts.pcp.drainAll();
    const also = released ? ', a highatomic pageblock is released' : '';
    this.#log?.step('drain', `the per-CPU lists are emptied${also}`);
    return this.#walk.walk(order, gfp, request.allocFlags, context);
  }

  /** N2: NOFAIL never gives up while it can reclaim; it may dig into a part of the reserve. */
  *#insist(request: BlockedRequest): SlowPath {
    const { order, gfp, context } = request;
    this.#parts.warnings.insists(order, gfp, context);
    this.#log?.step('N2', 'NOFAIL: a last walk into the reserve, then round again');
    const pfn = this.#walk.walk(order, gfp, nofailAllocFlags(this.#kernel), context);
    if (pfn !== NONE) return pfn;
    yield this.#parts.costs.slowPathNs;
    return RETRY;
  }

  /** Compaction and, if it was tried, a walk; its result stays in the request. */
  *#compact(request: BlockedRequest, step: string, priority: number): SlowPath {
    const { order, gfp, context, zones } = request;
    const { compaction, costs, vmstat } = this.#parts;
    const asked = this.#walk.requestFor(gfp, request.allocFlags);
    const wanted = { order, migratetype: migratetypeOf(gfp), priority, context };
    request.compacted = compaction.compact(zones, wanted, asked);
    const mode = priority === COMPACT_ASYNC ? 'asynchronous' : 'synchronous';
    this.#log?.step(step, `${mode} compaction: ${compactText(request.compacted)}`);
    const { scanned, moved } = compaction;
    if (scanned > 0) yield scanned * costs.compactScanNs + moved * costs.migratePageNs;
    if (!this.#wasTried(request.compacted)) return NONE;
    vmstat.add(COMPACT_STALL, 1);
    const pfn = this.#walk.walk(order, gfp, request.allocFlags, context);
    vmstat.add(pfn === NONE ? COMPACT_FAIL : COMPACT_SUCCESSES, 1);
    if (pfn !== NONE) compaction.taken(zones.find((zone) => zone.spans(pfn))!, order);
    return pfn;
  }

  #wasTried(result: number): boolean {
    const { deferredCompactionEndsTry } = this.#kernel.rules;
    return result > (deferredCompactionEndsTry ? COMPACT_DEFERRED : COMPACT_SKIPPED);
  }

  /** 6.x asks for __GFP_IO before it compacts; in 4.17 compaction itself refuses without. */
  #mayCompact(gfp: Gfp): boolean {
    return (gfp & this.#kernel.gfp.bits.IO) !== 0;
  }

  #isNofail(gfp: Gfp): boolean {
    return (gfp & this.#kernel.gfp.bits.NOFAIL) !== 0;
  }
}
