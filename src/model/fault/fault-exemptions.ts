import type { Gfp } from '../../kernel/kernel-profile.ts';

/**
 * Who is spared by a proposal, besides requests with NOFAIL: shared by both capabilities.
 *
 * **Models:** no kernel has it; the places are those where the 2018 proposals put their tests,
 * right after the NOFAIL test (flag, per-task and global scope) or after the cache filter (caches
 * that kmemleak does not track).
 * **Departs:** nothing known.
 */
export class FaultExemptions {
  /** The proposal's own gfp bit; 0: none. */
  readonly newFlag: Gfp;
  /** Caches with SLAB_NOLEAKTRACE are spared by failslab. */
  readonly untrackedCaches: boolean;
  /** Depth of the machine-wide scope: it spares every CPU's requests, wanted or not. */
  globalDepth = 0;

  constructor(newFlag: Gfp = 0, untrackedCaches = false) {
    this.newFlag = newFlag;
    this.untrackedCaches = untrackedCaches;
  }
}
