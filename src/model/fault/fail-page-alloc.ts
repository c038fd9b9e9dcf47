import type { Gfp } from '../../kernel/kernel-profile.ts';
import type { FaultReadings } from '../machine-readings.ts';
import { isDebugRole, type TaskContext } from '../sched/task-context.ts';
import type { FaultSetting } from './failslab.ts';
import type { FailPageAllocSpec } from './fault-attr.ts';
import {
  FaultAttrState,
  SPARED_FLAG,
  SPARED_NOFAIL,
  SPARED_SCOPE,
  SPARED_WRONGLY,
} from './fault-attr-state.ts';
import type { FaultScope } from './fault-scope.ts';

/**
 * The page allocator's fault point: asked once a request, before the fast path.
 *
 * **Models:** mm/page_alloc.c, __should_fail_alloc_page, 4.17 to 6.12.
 * **Departs:** nothing known.
 */
export class FailPageAlloc {
  readonly attr: FaultAttrState;
  readonly #scope: FaultScope | null;
  readonly #minOrder: number;
  readonly #nofail: Gfp;
  readonly #newFlag: Gfp;
  readonly #sparedZone: Gfp;
  readonly #sparedReclaim: Gfp;
  readonly #quiet: Gfp;

  constructor(spec: FailPageAllocSpec, setting: FaultSetting) {
    const { bits } = setting.kernel.gfp;
    const { stackFilterFirst, quietInjection } = setting.kernel.rules;
    this.attr = new FaultAttrState(spec, setting.dice, setting.classes, stackFilterFirst);
    this.#scope = setting.exemptions.scope;
    this.#minOrder = spec.minOrder;
    this.#nofail = bits.NOFAIL;
    this.#newFlag = setting.exemptions.newFlag;
    this.#sparedZone = spec.ignoreGfpHighmem ? bits.HIGHMEM : 0;
    this.#quiet = quietInjection ? bits.NOWARN : 0;
    this.#sparedReclaim = spec.ignoreGfpWait ? bits.DIRECT_RECLAIM : 0;
  }

  shouldFail(gfp: Gfp, order: number, context: TaskContext): boolean {
    if (order < this.#minOrder) return false;
    if ((gfp & this.#nofail) !== 0) return this.#spare(SPARED_NOFAIL);
    if ((gfp & this.#newFlag) !== 0) return this.#spare(SPARED_FLAG);
    if ((gfp & this.#sparedZone) !== 0) return false;
    if ((gfp & this.#sparedReclaim) !== 0) return false;
    if (this.#scope?.spares(context) === true) return this.#spareInScope(context);
    return this.attr.shouldFail(1 << order, context, (gfp & this.#quiet) !== 0);
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
