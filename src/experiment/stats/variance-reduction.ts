import { meanVariance } from './mean-variance.ts';

/** What pairing by common random numbers has gained. */
export interface VarianceReduction {
  /** Variance of a difference of unpaired runs over that of the paired ones: so many times fewer
   * runs give the same width. Infinite where the paired differences do not vary. */
  readonly factor: number;
  /** Pearson's, between the two sides of a pair; 0 where a side does not vary. */
  readonly correlation: number;
}

/** Of equally long lists whose values at one place are a pair. O(n). */
export function varianceReduction(
  one: readonly number[],
  two: readonly number[],
): VarianceReduction {
  const first = meanVariance(one);
  const second = meanVariance(two);
  const paired = meanVariance(one.map((value, i) => value - two[i]!)).variance;
  const unpaired = first.variance + second.variance;
  const scale = Math.sqrt(first.variance * second.variance);
  const correlation = scale === 0 ? 0 : covariance(one, two, first.mean, second.mean) / scale;
  return { factor: unpaired / paired, correlation };
}

function covariance(
  one: readonly number[],
  two: readonly number[],
  firstMean: number,
  secondMean: number,
): number {
  let sum = 0;
  for (const [i, value] of one.entries()) sum += (value - firstMean) * (two[i]! - secondMean);
  return sum / (one.length - 1);
}
