import type { Estimate } from '../run-result.ts';
import { meanVariance } from './mean-variance.ts';
import { studentQuantile } from './student-t.ts';

/**
 * The mean of differences between pairs with Student's interval. Pairs that share their random
 * streams differ little, which is why the interval is taken of the differences and not of the
 * two means. Equal differences (or a single one) are exact: no interval is claimed for them.
 */
export function pairedT(differences: readonly number[], level: number): Estimate {
  const { n, mean, variance } = meanVariance(differences);
  const first = differences[0] ?? 0;
  if (differences.every((difference) => difference === first)) {
    return { value: first, low: first, high: first, n, exact: true };
  }
  const half = studentQuantile(0.5 + level / 2, n - 1) * Math.sqrt(variance / n);
  return { value: mean, low: mean - half, high: mean + half, n };
}
