import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { FaultReadings } from '../machine-readings.ts';
import { isDebugRole, type TaskContext } from '../sched/task-context.ts';
import type { FailslabSpec } from './fault-attr.ts';
import type { FaultDice } from './fault-attr-state.ts';
import {
  FaultAttrState,
  SPARED_FLAG,
  SPARED_NOFAIL,
  SPARED_SCOPE,
  SPARED_WRONGLY,
} from './fault-attr-state.ts';
import type { FaultExemptions } from './fault-exemptions.ts';
import type { FaultScope } from './fault-scope.ts';

/** What failslab reads of a slab cache. */
export interface FailslabCache {
  readonly objectSize: number;
  /** The cache of caches, which is never failed. */
  readonly isBootstrap: boolean;
  /** SLAB_FAILSLAB, set through the cache's sysfs file. */
  readonly failslabMarked: boolean;
  /** SLAB_NOLEAKTRACE. */
  readonly noLeakTrace: boolean;
}

/** What both capabilities are made from, besides their knobs. */
export interface FaultSetting {
  readonly kernel: KernelProfile;
  readonly exemptions: FaultExemptions;
  readonly dice: FaultDice;
  /** Number of gfp classes of the load. */
  readonly classes: number;
}

/**
 * The slab layer's fault point: asked once an object, before any free list is looked at.
 *
 * **Models:** mm/failslab.c, __should_failslab, 4.17 to 6.12. Which requests ignore-gfp-wait
 * spares is the profile's rule: any reclaim bit (4.17), or only DIRECT_RECLAIM.
 * **Departs:** nothing known. `gfp` must have passed gfp_allowed_mask, as the slab hook sees to.
 */
export class Failslab {
  readonly attr: FaultAttrState;
  readonly #scope: FaultScope | null;
  readonly #sparesUntracked: boolean;
  readonly #cacheFilter: boolean;
  readonly #nofail: Gfp;
  readonly #newFlag: Gfp;
  readonly #sparedReclaim: Gfp;
  readonly #quiet: Gfp;

  constructor(spec: FailslabSpec, setting: FaultSetting) {
    const { bits } = setting.kernel.gfp;
    const rules = setting.kernel.rules;
    this.attr = new FaultAttrState(spec, setting.dice, setting.classes, rules.stackFilterFirst);
    this.#scope = setting.exemptions.scope;
    this.#sparesUntracked = setting.exemptions.untrackedCaches;
    this.#cacheFilter = spec.cacheFilter;
    this.#nofail = bits.NOFAIL;
    this.#newFlag = setting.exemptions.newFlag;
    this.#quiet = rules.quietInjection ? bits.NOWARN : 0;
    const kswapd = rules.failslabSpares === 'any-reclaim' ? bits.KSWAPD_RECLAIM : 0;
    this.#sparedReclaim = spec.ignoreGfpWait ? bits.DIRECT_RECLAIM | kswapd : 0;
  }

  shouldFail(cache: FailslabCache, gfp: Gfp, context: TaskContext): boolean {
    if (cache.isBootstrap) return false;
    if ((gfp & this.#nofail) !== 0) return this.#spare(SPARED_NOFAIL);
    if ((gfp & this.#newFlag) !== 0) return this.#spare(SPARED_FLAG);
    if ((gfp & this.#sparedReclaim) !== 0) return false;
    if (this.#cacheFilter && !cache.failslabMarked) return false;
    if (this.#sparesUntracked && cache.noLeakTrace) return this.#spare(SPARED_FLAG);
    if (this.#scope?.spares(context) === true) return this.#spareInScope(context);
    return this.attr.shouldFail(cache.objectSize, context, (gfp & this.#quiet) !== 0);
  }

  readings(): FaultReadings {
    return this.attr.readings();
  }

  /** Whoever is not metadata is inside somebody else's scope. */
  #spareInScope(context: TaskContext): false {
    return this.#spare(isDebugRole(context.role) ? SPARED_SCOPE : SPARED_WRONGLY);
  }

  #spare(reason: number): false {
    this.attr.spare(reason);
    return false;
  }
}
