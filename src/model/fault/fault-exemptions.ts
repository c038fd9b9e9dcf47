import type { Gfp } from '../../kernel/kernel-profile.ts';
import type { FaultScope } from './fault-scope.ts';

/**
 * Who is spared by a proposal, besides requests with NOFAIL: shared by both capabilities.
 *
 * **Models:** no kernel has it; the places are those where the 2018 proposals put their tests,
 * right after the NOFAIL test (flag) or after all others (scopes; caches that kmemleak does not
 * track).
 * **Departs:** nothing known.
 */
export class FaultExemptions {
  /** The proposal's own gfp bit; 0: none. */
  readonly newFlag: Gfp;
  /** Caches with SLAB_NOLEAKTRACE are spared by failslab. */
  readonly untrackedCaches: boolean;
  /** The scope around metadata requests; null: there is none. */
  readonly scope: FaultScope | null;

  constructor(newFlag: Gfp = 0, untrackedCaches = false, scope: FaultScope | null = null) {
    this.newFlag = newFlag;
    this.untrackedCaches = untrackedCaches;
    this.scope = scope;
  }
}
