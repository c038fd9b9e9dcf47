import type { FaultReadings } from '../machine-readings.ts';
import type { TaskContext } from '../sched/task-context.ts';
import {
  isDebugRole,
  ROLE_AREA,
  ROLE_DEPOT,
  ROLE_HOST,
  ROLE_METADATA,
  ROLE_OTHER,
  ROLES,
} from '../sched/task-context.ts';
import type { FaultAttr } from './fault-attr.ts';

/** A coin keyed by what it judges, so that runs of different variants stay in step. */
export interface FaultDice {
  /** Uniform in 0…99; the same three numbers always give the same answer. */
  percent(allocation: number, role: number, check: number): number;
}

/** Indexes of the reasons why a request never reached the algorithm. */
export const SPARED_NOFAIL = 0;
export const SPARED_FLAG = 1;
export const SPARED_SCOPE = 2;
/** In a scope that was opened for another request. */
export const SPARED_WRONGLY = 3;

/**
 * One fault_attr: its knobs, what they have counted down to, and who was hit.
 *
 *   injectedByClass   [ class 0: host metadata depot other area | class 1: … ]   row = ROLES
 *
 * **Models:** lib/fault-inject.c, should_fail, 4.17 to 6.12: the order of its tests decides which
 * calls move `space` and `count`, hence which call an interval hits.
 * **Departs:** the uniform number is keyed by (allocation, role, check) and not drawn from one
 * stream. A printed report is only counted; its rate limit is off, as it is by default. The
 * fields are not raced over by CPUs.
 */
export class FaultAttrState {
  readonly #attr: FaultAttr;
  readonly #dice: FaultDice;
  readonly #stackFilterFirst: boolean;
  /** debugfs's probability: 0 until boot is over. */
  #probability: number;
  #times: number;
  #space: number;
  #count = 0;
  readonly #checked = new Float64Array(ROLES);
  readonly #injected = new Float64Array(ROLES);
  readonly #reported = new Float64Array(ROLES);
  readonly #spared = new Float64Array(4);
  readonly #injectedByClass: Float64Array;

  /** `classes`: how many gfp classes the load has. */
  constructor(attr: FaultAttr, dice: FaultDice, classes: number, stackFilterFirst: boolean) {
    this.#attr = attr;
    this.#dice = dice;
    this.#stackFilterFirst = stackFilterFirst;
    this.#probability = attr.probability;
    this.#times = attr.times;
    this.#space = attr.space;
    this.#injectedByClass = new Float64Array(Math.max(1, classes) * ROLES);
  }

  /** Injections left; −1: for ever. */
  get times(): number {
    return this.#times;
  }

  get space(): number {
    return this.#space;
  }

  /** Nothing is injected, and nothing counts. */
  disarm(): void {
    this.#probability = 0;
  }

  arm(): void {
    this.#probability = this.#attr.probability;
  }

  /**
   * Whether the request is failed; `size` in bytes (failslab) or pages (fail_page_alloc).
   * `quiet`: it asked not to be warned about.
   */
  shouldFail(size: number, context: TaskContext, quiet = false): boolean {
    if (this.#stackFilterFirst && !this.#stackAccepts(context)) return false;
    if (context.failNth > 0 && !context.inInterrupt) {
      this.#checked[context.role]! += 1;
      context.failNth -= 1;
      return context.failNth === 0 && this.#inject(context, quiet);
    }
    if (this.#probability === 0) return false;
    if (this.#attr.taskFilter && (context.inInterrupt || !context.makeItFail)) return false;
    if (this.#times === 0) return false;
    this.#checked[context.role]! += 1;
    if (this.#space > size) {
      this.#space -= size;
      return false;
    }
    if (this.#attr.interval > 1) {
      this.#count += 1;
      if (this.#count % this.#attr.interval !== 0) return false;
    }
    return this.#diceFalls(context) && this.#inject(context, quiet);
  }

  /** Counts a request that was let pass before the algorithm, while there is any to be feared. */
  spare(reason: number): void {
    if (this.#probability > 0) this.#spared[reason]! += 1;
  }

  /** Faults that hit requests of this role made for callers of this class. */
  injectedIn(gfpClass: number, role: number): number {
    return this.#injectedByClass[gfpClass * ROLES + role] ?? 0;
  }

  readings(): FaultReadings {
    return {
      checked: byRole(this.#checked),
      injected: byRole(this.#injected),
      reported: byRole(this.#reported),
      spared: {
        nofail: this.#spared[SPARED_NOFAIL]!,
        flag: this.#spared[SPARED_FLAG]!,
        scope: this.#spared[SPARED_SCOPE]!,
        wrongly: this.#spared[SPARED_WRONGLY]!,
      },
    };
  }

  #diceFalls(context: TaskContext): boolean {
    const check = context.faultChecks;
    context.faultChecks = check + 1;
    const roll = this.#dice.percent(context.allocationIndex, context.role, check);
    if (this.#probability <= roll) return false;
    return this.#stackFilterFirst || this.#stackAccepts(context);
  }

  #stackAccepts(context: TaskContext): boolean {
    const filter = this.#attr.stackFilter;
    if (filter === undefined) return true;
    return isDebugRole(context.role) === (filter === 'require-metadata');
  }

  /** `times` runs down only here, so that it counts injections and not tries. */
  #inject(context: TaskContext, quiet: boolean): true {
    if (this.#times > 0) this.#times -= 1;
    this.#injected[context.role]! += 1;
    if (this.#attr.verbose > 0 && !quiet) this.#reported[context.role]! += 1;
    const cell = context.gfpClass * ROLES + context.role;
    if (cell >= 0 && cell < this.#injectedByClass.length) this.#injectedByClass[cell]! += 1;
    return true;
  }
}

function byRole(counts: Float64Array): FaultReadings['checked'] {
  return {
    host: counts[ROLE_HOST]!,
    metadata: counts[ROLE_METADATA]!,
    area: counts[ROLE_AREA]!,
    depot: counts[ROLE_DEPOT]!,
    other: counts[ROLE_OTHER]!,
  };
}
