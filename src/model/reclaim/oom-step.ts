import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { DecisionLog } from '../decision-log.ts';
import { ALLOC_WMARK_HIGH } from '../mm/alloc-flags.ts';
import type { ZonelistWalk } from '../mm/zonelist-walk.ts';
import { NONE, type SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { OOM_PANIC, type OomKiller } from './oom-killer.ts';

/** The step's answers besides a pfn: NONE, no page and no hope; another round; nobody to kill. */
export const OOM_AGAIN = -3;
export const OOM_NOBODY = -4;

/** The request as this step sees it. */
export interface OomRequest {
  readonly order: number;
  readonly gfp: Gfp;
  readonly allocFlags: number;
  readonly context: TaskContext;
}

/**
 * R14 to R16 of the slow path: a last look at the high mark, and the OOM killer.
 *
 * Models: mm/page_alloc.c __alloc_pages_may_oom and what follows it in __alloc_pages_slowpath
 * (4.17, 6.1, 6.12). Departs: no core dumps, no suspended storage.
 */
export class OomStep {
  log: DecisionLog | null = null;
  /** Times that the OOM killer found nobody to kill. */
  nobodyLeft = 0;
  readonly #kernel: KernelProfile;
  readonly #killer: OomKiller;
  readonly #walk: ZonelistWalk;

  constructor(kernel: KernelProfile, killer: OomKiller, walk: ZonelistWalk) {
    this.#kernel = kernel;
    this.#killer = killer;
    this.#walk = walk;
  }

  *take(request: OomRequest): SlowPath {
    if (!this.#killer.enter()) {
      this.log?.step('R14', 'another task is in the OOM killer: sleeps for a jiffy');
      yield* this.#killer.waitOutside(request.context);
      return this.#goesOn(request);
    }
    const answer = yield* this.#inside(request);
    this.#killer.leave();
    return answer;
  }

  *#inside(request: OomRequest): SlowPath {
    const { order, gfp, context } = request;
    const { bits } = this.#kernel.gfp;
    const calm = (gfp | bits.HARDWALL) & ~bits.DIRECT_RECLAIM;
    const flags = ALLOC_WMARK_HIGH | this.#kernel.alloc.CPUSET;
    this.log?.step('R14', 'high watermarks, before anybody is killed');
    const pfn = this.#walk.walk(order, calm, flags, context);
    if (pfn !== NONE) return pfn;
    if (!this.#killer.actsFor(order, gfp)) {
      this.log?.step('R14', 'the OOM killer does not act for this request');
      return NONE;
    }
    this.log?.step('R14', this.#describe(gfp));
    const answer = yield* this.#killer.outOfMemory(gfp, context);
    if (answer === OOM_PANIC) this.nobodyLeft++;
    if ((gfp & bits.NOFAIL) !== 0) {
      this.log?.step('R14', 'NOFAIL: every page there is, without watermarks');
      const last = this.#walk.walk(order, gfp, this.#kernel.alloc.NO_WATERMARKS, context);
      if (last !== NONE) return last;
    }
    if (answer === OOM_PANIC) return OOM_NOBODY;
    return this.#goesOn(request);
  }

  /** R15: a victim that already had its reserves, or may not have them, gives up. */
  #goesOn({ allocFlags, gfp, context }: OomRequest): number {
    const { alloc, gfp: table } = this.#kernel;
    if (!context.oomVictim) return OOM_AGAIN;
    if ((allocFlags & alloc.OOM) === 0 && (gfp & table.bits.NOMEMALLOC) === 0) return OOM_AGAIN;
    this.log?.step('R15', 'an OOM victim that its reserves did not help: gives up');
    return NONE;
  }

  #describe(gfp: Gfp): string {
    if ((gfp & this.#kernel.gfp.bits.FS) !== 0) return 'the OOM killer kills a process';
    return 'without __GFP_FS it pretends progress and kills nobody';
  }
}
