import { meanVariance } from './mean-variance.ts';
import { studentTail } from './student-t.ts';

/**
 * p of two one-sided t tests (Schuirmann 1987) that the mean difference lies outside `low … high`:
 * small where the paired differences show equivalence within those limits. The larger of the two.
 */
export function tost(differences: readonly number[], low: number, high: number): number {
  const { n, mean, variance } = meanVariance(differences);
  if (variance === 0) return mean > low && mean < high ? 0 : 1;
  const error = Math.sqrt(variance / n);
  const above = upperTail((mean - low) / error, n - 1);
  const below = upperTail((high - mean) / error, n - 1);
  return Math.max(above, below);
}

function upperTail(t: number, degrees: number): number {
  return t >= 0 ? studentTail(t, degrees) : 1 - studentTail(-t, degrees);
}
