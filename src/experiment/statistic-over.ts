import type { MetricDeclaration } from './compare.ts';
import type { Arm, Summary } from './compare-types.ts';
import { type Contrast, exactContrast, studentContrast } from './contrast.ts';
import type { Estimate } from './run-result.ts';
import { intervalP } from './stats/interval-p.ts';
import { quantile } from './stats/quantile.ts';
import { quantileInterval } from './stats/quantile-interval.ts';
import { wilson } from './stats/wilson.ts';
import type { Statistic } from './threshold.ts';

/** The one number of a summary: the mean, the share, or the restricted mean of lifetimes. */
export function centreOf(summary: Summary): Estimate {
  return summary.kind === 'survival' ? summary.restrictedMean : summary.estimate;
}

/**
 * A number over one variant's runs, to be held against a limit. An event that did not happen
 * counts as late as its watch went: the least it can be.
 */
export function statisticOver(
  metric: MetricDeclaration,
  arm: Arm,
  statistic: Statistic,
): Contrast | null {
  const values = [...arm.values.values()]
    .map(({ value, censoredAt }) => value ?? censoredAt)
    .filter((value) => value !== undefined);
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  if (statistic === 'min') return exactContrast(sorted[0]!, n);
  if (statistic === 'max') return exactContrast(sorted.at(-1)!, n);
  if (statistic === 'mean') return meanOver(metric, arm, values);
  const { quantile: probability } = statistic;
  const value = quantile(sorted, probability);
  if (arm.deterministic) return exactContrast(value, n);
  return withIntervals(value, n, (level) => quantileInterval(sorted, probability, level));
}

function meanOver(metric: MetricDeclaration, arm: Arm, values: readonly number[]): Contrast {
  if (metric.unit !== 'flag') return studentContrast(values, 'paired-t', {});
  const hits = values.filter((value) => value === 1).length;
  const share = hits / values.length;
  if (arm.deterministic) return exactContrast(share, values.length);
  return withIntervals(share, values.length, (level) => wilson(hits, values.length, level));
}

function withIntervals(value: number, n: number, intervalAt: Contrast['intervalAt']): Contrast {
  return {
    ...{ value, n, method: 'exact', exact: false, differences: null, detail: {}, intervalAt },
    pOf: (other) => intervalP(intervalAt, other),
  };
}
