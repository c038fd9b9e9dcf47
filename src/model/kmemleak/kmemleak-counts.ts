/** Everything that can be read from kmemleak when a run has ended. */
export interface KmemleakReadings {
  readonly alive: boolean;
  /** Objects asked for, those that the slab cache refused, and of these the ones from the pool. */
  readonly attempts: number;
  readonly failures: number;
  readonly fromPool: number;
  /** Objects from nowhere: the bound that never fails. */
  readonly conjured: number;
  /** Allocations that kmemleak does not know of. */
  readonly untracked: number;
  readonly live: number;
  readonly liveMax: number;
  readonly objectSize: number;
  readonly poolFree: number;
  /** null: there is no reserve. */
  readonly poolFreeMin: number | null;
  readonly poolEmptyNotices: number;
  /** Rounds in which callers waited for an object to be freed. */
  readonly waits: number;
  /** Scopes that ended for somebody else, or never did. */
  readonly brokenScopes: number;
  /** Operations of an early log that was too small; null: it was not. */
  readonly earlyExceeded: number | null;
  /** Scan areas asked for, and those that there was no memory for. */
  readonly areaAttempts: number;
  readonly areaFailures: number;
  readonly depot: {
    readonly requests: number;
    readonly failures: number;
    readonly traceless: number;
  };
  /** By gfp class of the caller; one more at the end for callers that are no class. */
  readonly classes: readonly {
    readonly attempts: number;
    readonly failures: number;
    readonly fromPool: number;
  }[];
}

/** What is not counted here but read from the parts. */
type ReadFromParts =
  | ('alive' | 'live' | 'liveMax' | 'objectSize' | 'depot')
  | ('poolFree' | 'poolFreeMin' | 'waits' | 'brokenScopes' | 'earlyExceeded');

/**
 * What kmemleak counts.
 *
 *   #attempts, #failures, #fromPool   [ class 0 | class 1 | … | other callers ]
 *
 * **Models:** no counters of the kernel's: its log lines (one warning, one pool notice).
 * **Departs:** counted from the start of the run, not from boot.
 */
export class KmemleakCounts {
  failures = 0;
  fromPool = 0;
  conjured = 0;
  untracked = 0;
  poolEmptyNotices = 0;
  areaAttempts = 0;
  areaFailures = 0;
  readonly #other: number;
  readonly #attempts: Float64Array;
  readonly #failures: Float64Array;
  readonly #fromPool: Float64Array;

  constructor(classes: number) {
    this.#other = classes;
    this.#attempts = new Float64Array(classes + 1);
    this.#failures = new Float64Array(classes + 1);
    this.#fromPool = new Float64Array(classes + 1);
  }

  attempt(gfpClass: number): void {
    this.#attempts[gfpClass < 0 ? this.#other : gfpClass]! += 1;
  }

  failure(gfpClass: number): void {
    this.failures += 1;
    this.#failures[gfpClass < 0 ? this.#other : gfpClass]! += 1;
  }

  poolUse(gfpClass: number): void {
    this.fromPool += 1;
    this.#fromPool[gfpClass < 0 ? this.#other : gfpClass]! += 1;
  }

  readings(rest: Pick<KmemleakReadings, ReadFromParts>): KmemleakReadings {
    const classes = Array.from(this.#attempts, (attempts, index) => ({
      attempts,
      failures: this.#failures[index]!,
      fromPool: this.#fromPool[index]!,
    }));
    return {
      ...rest,
      attempts: this.#attempts.reduce((sum, count) => sum + count, 0),
      failures: this.failures,
      fromPool: this.fromPool,
      conjured: this.conjured,
      untracked: this.untracked,
      poolEmptyNotices: this.poolEmptyNotices,
      areaAttempts: this.areaAttempts,
      areaFailures: this.areaFailures,
      classes,
    };
  }
}
