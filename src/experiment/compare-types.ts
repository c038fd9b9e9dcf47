import type { Estimate, MetricValue, Verdict } from './run-result.ts';

/** The share of intervals that hold the truth; one level for all that is printed. */
export const LEVEL = 0.95;

/** The mean over the runs that have a value (a stall quantile exists only where one stalled). */
export interface MeanSummary {
  readonly kind: 'mean';
  readonly estimate: Estimate;
  readonly deviation: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** A flag: in how many of n runs it was set, Wilson's interval. */
export interface ProportionSummary {
  readonly kind: 'proportion';
  readonly hits: number;
  readonly estimate: Estimate;
}

/** A point of a survival curve as a reader wants it. */
export interface CurvePoint {
  readonly time: number;
  readonly survival: number;
  readonly atRisk: number;
}

/** A time to an event: never a mean over the runs in which it happened. */
export interface SurvivalSummary {
  readonly kind: 'survival';
  readonly n: number;
  readonly died: number;
  /** Kaplan–Meier; null where fewer than half died, limits null where they do not exist. */
  readonly median: { value: number; low: number | null; high: number | null } | null;
  /** The end of the longest watch of this variant. */
  readonly horizon: number;
  /** Share alive at the horizon: log-log interval, or the exact bound where none or all died. */
  readonly survived: Estimate;
  /** Mean of min(lifetime, horizon). */
  readonly restrictedMean: Estimate;
  /** The curve at 0, ¼, ½, ¾ and all of the horizon. */
  readonly curve: readonly CurvePoint[];
  /** The whole curve with its limits, a step a distinct time. */
  readonly steps: readonly CurveLimits[];
}

/** The survival curve from `time` on; limits null where they do not exist. */
export interface CurveLimits {
  readonly time: number;
  readonly survival: number;
  readonly low: number | null;
  readonly high: number | null;
}

export type Summary = MeanSummary | ProportionSummary | SurvivalSummary;

/** Variant minus baseline, over the runs that both made with the same replication. */
export interface Difference {
  readonly estimate: Estimate;
  readonly method:
    | 'identical'
    | 'exact'
    | 'paired-t'
    | 'bootstrap'
    | 'newcombe'
    | 'restricted-mean';
  /** Two-sided p of no difference; absent where nothing was left to chance. */
  readonly p?: number;
  /** p adjusted for how many were looked at: the false discovery rate at which it counts. */
  readonly q?: number;
  /** restricted-mean: as far as both survival curves are known. */
  readonly horizon?: number;
  /** newcombe: two-sided p of McNemar's exact test on the discordant pairs. */
  readonly mcnemar?: number;
  /** restricted-mean: the log-rank test of both curves. */
  readonly logRank?: { readonly chiSquare: number; readonly p: number };
  /** means: how much likelier one run of the variant is above one of the baseline than below. */
  readonly cliffsDelta?: number;
  /** means: so many times more unpaired runs would give an interval as narrow. */
  readonly varianceReduction?: number;
  /** means: between the two sides of the pairs. */
  readonly correlation?: number;
}

/** How one variant did by one metric, and how it stands to the baseline. */
export interface Comparison {
  readonly metric: string;
  readonly variant: string;
  /** Null where no run has a value. */
  readonly summary: Summary | null;
  /** Null for the baseline, and where no pair has values on both sides. */
  readonly difference: Difference | null;
  /** Every pair has the same value, to the last digit. */
  readonly identical: boolean;
  readonly verdict: Verdict;
}

/** One metric of one variant, by replication: what the comparison methods work on. */
export interface Arm {
  readonly metric: string;
  readonly variant: string;
  readonly values: ReadonlyMap<number, MetricValue>;
  /** All runs handled the very same events (or there is one run): nothing was left to chance. */
  readonly deterministic: boolean;
}

/** Two arms to be held against each other. */
export interface Pairing {
  readonly variant: Arm;
  readonly baseline: Arm;
  /** The baseline's values are multiplied by it first: 1.05 asks for more than 5 % above. */
  readonly scale: number;
  /** The metric is a quantile of each run, whose differences have a long tail. */
  readonly tail: boolean;
}
