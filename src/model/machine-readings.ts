/** The state of the zones at one moment that matters. Pages. */
export interface Moment {
  /** Index of the tracked host allocation in hand, from 1; 0 before the first. */
  readonly index: number;
  readonly ns: number;
  readonly gfpClass: string;
  readonly zones: readonly {
    readonly name: string;
    readonly free: number;
    readonly boost: number;
    readonly highatomic: number;
  }[];
  readonly pcpPages: number;
}

/**
 * What a caller may do for its memory: sleep and reclaim, dig into reserves, only wake kswapd, or
 * nothing at all. GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT and 0 are one of each.
 */
export type CallerKind = 'kernel' | 'atomic' | 'nowait' | 'bare';

/** Counts of one gfp class of the load's callers. */
export interface ClassReadings {
  readonly name: string;
  readonly gfp: number;
  readonly kind: CallerKind;
  readonly attempts: number;
  readonly failures: number;
  readonly metadataAttempts: number;
  readonly metadataFailures: number;
  readonly metadataFromPool: number;
  /** Time that these callers were blocked, and how much of it for metadata. */
  readonly stallNs: number;
  readonly metadataStallNs: number;
  readonly injectedHost: number;
  readonly injectedMetadata: number;
}

/**
 * A count by whose request it was: a caller's, one for kmemleak's object, for its scan area, for
 * the stack depot, or anybody else's.
 */
export interface ByRole {
  readonly host: number;
  readonly metadata: number;
  readonly area: number;
  readonly depot: number;
  readonly other: number;
}

/** Faults of one capability by the role of the request they judged. */
export interface FaultReadings {
  /** Requests that an armed injector judged: before space, interval and dice. */
  readonly checked: ByRole;
  readonly injected: ByRole;
  /** Injections that print a report. */
  readonly reported: ByRole;
  /**
   * Requests that NOFAIL, a new flag or a scope spared while the probability is not 0; wrongly:
   * a scope that was opened for somebody else's metadata.
   */
  readonly spared: { nofail: number; flag: number; scope: number; wrongly: number };
}

/** What a machine looked like over time: columns by name, values row by row. */
export interface TimeSeriesReadings {
  readonly names: readonly string[];
  readonly rows: number;
  readonly values: Float64Array;
}

/** A request that did not end by itself: round after round without a page freed for it. */
export interface LivelockReadings {
  /** Name of its caller's gfp class; empty: no caller of the load. */
  readonly gfpClass: string;
  /** The mask that went round. */
  readonly gfp: number;
  readonly role: keyof ByRole;
  /** When it was past hope, and how long it went on then; null: to the end of the run. */
  readonly sinceNs: number;
  readonly lastedNs: number | null;
  readonly rounds: number;
}

/** What kmemleak's scans found of what the load leaked. */
export interface LeakReadings {
  readonly scans: number;
  readonly planted: number;
  readonly reported: number;
  readonly falsePositives: number;
}

/** Everything that can be read from a machine when its run has ended: plain data, read once. */
export interface MachineReadings {
  readonly simulatedNs: number;
  readonly events: number;
  /** Hash of all handled events: equal specs, equal fingerprints. */
  readonly fingerprint: string;
  /** How the run ended. */
  readonly end: 'finished' | 'horizon' | 'out-of-memory' | 'livelock';
  readonly hostAttempts: number;
  readonly hostFailures: number;
  readonly classes: readonly ClassReadings[];
  readonly kmemleakAlive: boolean;
  readonly metadataAttempts: number;
  readonly metadataFailures: number;
  readonly metadataFromPool: number;
  readonly metadataLiveMax: number;
  readonly metadataObjectSize: number;
  readonly metadataPages: number;
  readonly poolFree: number;
  /** The fewest free entries since the load started; null: there is no reserve. */
  readonly poolFreeMin: number | null;
  readonly poolEmptyNotices: number;
  readonly untracked: number;
  /** Scan areas asked for, and those that there was no memory for. */
  readonly scanAreas: { readonly attempts: number; readonly failures: number };
  /** Scopes around metadata requests that ended for somebody else, or never did. */
  readonly brokenScopes: number;
  readonly firstMetadataFailure: Moment | null;
  readonly firstPoolUse: Moment | null;
  readonly death: Moment | null;
  readonly firstHostFailure: Moment | null;
  readonly last: Moment;
  readonly failslab: FaultReadings;
  readonly failPageAlloc: FaultReadings;
  /** Lowest free pages over all zones together; deepest dip below min as a share of min. */
  readonly freeMinPages: number;
  readonly reserveDepth: number;
  /** Counts of W1…W6 and L1, by id. */
  readonly warnings: Readonly<Record<string, number>>;
  /** Kernel counters by their vmstat names. */
  readonly vmstat: Readonly<Record<string, number>>;
  /** Stalls of blocked callers, ns: all, and those for metadata; sorted ascending. */
  readonly stallsNs: readonly number[];
  readonly metadataStallsNs: readonly number[];
  /** How long accesses to user memory and files were blocked, ascending. */
  readonly accessStallsNs: readonly number[];
  readonly loopRoundsMax: number;
  readonly livelocks: readonly LivelockReadings[];
  /** null: nobody asked for it. */
  readonly series: TimeSeriesReadings | null;
  /** What the first OOM victim held, resident and in swap, when it was chosen; null: no kill. */
  readonly oomVictimPages: number | null;
  readonly leaks: LeakReadings;
}
