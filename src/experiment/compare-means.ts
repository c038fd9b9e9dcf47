import {
  type Arm,
  type Difference,
  LEVEL,
  type MeanSummary,
  type Method,
} from './compare-types.ts';
import { meanVariance } from './stats/mean-variance.ts';
import { pairedT } from './stats/paired-t.ts';
import { quantile } from './stats/quantile.ts';

/** Counts, pages, times: means with Student's interval, differences taken pair by pair. */
export const compareMeans: Method = { summarise, difference };

function summarise(arm: Arm): MeanSummary | null {
  const values = [...arm.values.values()].flatMap(({ value }) => (value === null ? [] : [value]));
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return {
    kind: 'mean',
    estimate: pairedT(values, LEVEL),
    deviation: Math.sqrt(meanVariance(values).variance),
    min: sorted[0]!,
    median: quantile(sorted, 0.5),
    max: sorted.at(-1)!,
  };
}

function difference(variant: Arm, baseline: Arm): Difference | null {
  const differences: number[] = [];
  for (const [replication, { value }] of variant.values) {
    const partner = baseline.values.get(replication)?.value ?? null;
    if (value !== null && partner !== null) differences.push(value - partner);
  }
  if (differences.length === 0) return null;
  const estimate = pairedT(differences, LEVEL);
  return { estimate, method: estimate.exact === true ? 'exact' : 'paired-t' };
}
