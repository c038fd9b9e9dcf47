import type { Named } from '../base/catalog.ts';
import type { MachineReadings } from '../model/machine-readings.ts';

export type Unit = 'count' | 'pages' | 'bytes' | 'ns' | 'ratio' | 'index' | 'flag';

/** A declaration: tables, CSV, JSON, plots and thresholds all derive from it. */
export interface Metric extends Named {
  readonly unit: Unit;
  readonly better: 'lower' | 'higher' | 'neither';
  /** exact: the same seed and code must give the same number; sampled: compare statistically. */
  readonly kind: 'exact' | 'sampled';
  /** A quantile of what happened within the run, in percent: its own tail is long. */
  readonly quantile?: number;
  /**
   * 'survival' metrics are times to an event: null means it had not happened when the run ended,
   * and `censoredAt` says how far the run had come.
   */
  readonly survival?: { censoredAt(readings: MachineReadings): number };
  /** The value, or null where there is none (a stall quantile of a run without stalls). */
  read(readings: MachineReadings): number | null;
}
