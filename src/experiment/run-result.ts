import type { TimeSeriesReadings } from '../model/machine-readings.ts';

/** One planned run: everything that makes it, by name. */
export interface RunSpec {
  readonly scenario: string;
  readonly variant: string;
  /** 0-based; runs of equal replication and different variants are paired. */
  readonly replication: number;
  readonly seed: string;
}

/** One value of a run; `censoredAt` is set where a survival metric's event did not happen. */
export interface MetricValue {
  readonly value: number | null;
  readonly censoredAt?: number;
}

export interface RunResult {
  readonly spec: RunSpec;
  readonly metrics: Readonly<Record<string, MetricValue>>;
  readonly events: number;
  readonly simulatedNs: number;
  readonly fingerprint: string;
  readonly end: string;
  /** Only where it was asked for. */
  readonly series?: TimeSeriesReadings;
}

/** A point estimate with its interval; n is the number of runs (or pairs) behind it. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Every run gave this value: low = high = value, and no interval is claimed. */
  readonly exact?: boolean;
}

/** differs: clearly not the same, of a metric that has no better direction. */
export type Verdict = 'better' | 'worse' | 'differs' | 'same' | 'unclear' | 'baseline' | 'no data';
