import { incompleteBeta } from './incomplete-beta.ts';

/**
 * Limits of a quantile by order statistics alone (Conover), whatever the distribution: how many of
 * n values lie below the quantile is binomial. Infinite where the sample is too small to bound it
 * on that side. The values are sorted ascending.
 */
export function quantileInterval(
  sorted: readonly number[],
  probability: number,
  level: number,
): { low: number; high: number } {
  const n = sorted.length;
  const tail = (1 - level) / 2;
  // The k-th value lies above the quantile with the chance that fewer than k lie below it.
  let low = Number.NEGATIVE_INFINITY;
  for (let k = 1; k <= n && atMost(k - 1, n, probability) <= tail; k++) low = sorted[k - 1]!;
  let high = Number.POSITIVE_INFINITY;
  for (let k = n; k >= 1 && 1 - atMost(k - 1, n, probability) <= tail; k--) high = sorted[k - 1]!;
  return { low, high };
}

/** P(Binomial(n, p) ≤ k). */
function atMost(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  if (p <= 0) return 1;
  if (p >= 1) return 0;
  return incompleteBeta(1 - p, p, n - k, k + 1);
}
