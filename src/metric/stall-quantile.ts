import type { MachineReadings } from '../model/machine-readings.ts';
import type { Metric } from './metric.ts';

export type StallKind = 'stallsNs' | 'metadataStallsNs';

/**
 * A quantile of the run's stalls by nearest rank: always a stall that happened, never a mixture
 * of two. Null without stalls, which is not a stall of zero. 'sampled', because simulated times
 * rest on the table of costs: they are compared statistically, not digit by digit.
 */
export function stallQuantile(
  name: string,
  summary: string,
  stalls: StallKind,
  percent: number,
): Metric {
  return {
    name,
    summary,
    unit: 'ns',
    better: 'lower',
    kind: 'sampled',
    quantile: percent,
    read: (readings) => nearestRank(readings, stalls, percent),
  };
}

/** The smallest stall that at least `percent` of all stalls do not exceed; whole-number maths. */
function nearestRank(readings: MachineReadings, stalls: StallKind, percent: number): number | null {
  const sorted = readings[stalls];
  if (sorted.length === 0) return null;
  const rank = Math.floor((sorted.length * percent + 99) / 100);
  return sorted[Math.max(rank, 1) - 1]!;
}
