import type { Gfp, KernelProfile } from '../kernel/kernel-profile.ts';
import { isAtomicBlockable } from './mm/gfp.ts';
import type { TaskContext } from './sched/task-context.ts';
import { W1, W2, W3, W4, W5, W6, type Warnings } from './warnings.ts';

const COSTLY_ORDER = 3;

/**
 * When a request's own mask earns it a warning.
 *
 * Models: the WARN_ON_ONCE sites of mm/page_alloc.c, and might_sleep_if of the slab and page
 * entries. W1 stands at the slow path's entry (4.17, 6.1), W2 to W4 at its end, where NOWARN
 * silences them on 6.1, or at its entry (6.12), W5 where the page is taken.
 * Departs: nothing is printed, the conditions are counted.
 */
export class MaskWarnings {
  readonly #kernel: KernelProfile;
  readonly #warnings: Warnings;
  readonly #nofail: Gfp;
  readonly #blockable: Gfp;
  readonly #atEntry: boolean;

  constructor(kernel: KernelProfile, warnings: Warnings) {
    this.#kernel = kernel;
    this.#warnings = warnings;
    this.#nofail = kernel.gfp.bits.NOFAIL;
    this.#blockable = kernel.gfp.bits.DIRECT_RECLAIM;
    this.#atEntry = kernel.rules.nofailWarnsAtEntry;
  }

  /** Asked by the slab and page layers at entry: a request that may sleep where none must. */
  check(gfp: Gfp, context: TaskContext): void {
    if ((gfp & this.#blockable) !== 0 && context.mustNotSleep) this.#warnings.raise(W6);
  }

  /** S0: the slow path is entered. */
  enter(order: number, gfp: Gfp, context: TaskContext): void {
    if (isAtomicBlockable(gfp, this.#kernel)) this.#warnings.raise(W1);
    if (!this.#atEntry || (gfp & this.#nofail) === 0) return;
    if (order > 1) this.#warnings.raise(W5);
    if ((gfp & this.#kernel.gfp.bits.DIRECT_RECLAIM) === 0) this.#warnings.raise(W2);
    if (context.memalloc) this.#warnings.raise(W3);
  }

  /** N2: NOFAIL, but it cannot reclaim: it fails. */
  cannotWait(gfp: Gfp): void {
    if (!this.#atEntry) this.#warnings.raise(W2, this.#isSilent(gfp));
  }

  /** N2: NOFAIL goes round again. */
  insists(order: number, gfp: Gfp, context: TaskContext): void {
    if (this.#atEntry) return;
    if (context.memalloc) this.#warnings.raise(W3, this.#isSilent(gfp));
    if (order > COSTLY_ORDER) this.#warnings.raise(W4, this.#isSilent(gfp));
  }

  /** A block was taken; older kernels look at its order there. */
  took(order: number, gfp: Gfp): void {
    if (order > 1 && (gfp & this.#nofail) !== 0 && !this.#atEntry) this.#warnings.raise(W5);
  }

  #isSilent(gfp: Gfp): boolean {
    const { gfp: table, rules } = this.#kernel;
    return rules.nowarnSilencesNofail && (gfp & table.bits.NOWARN) !== 0;
  }
}
