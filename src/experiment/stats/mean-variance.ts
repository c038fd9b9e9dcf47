export interface MeanVariance {
  readonly n: number;
  readonly mean: number;
  /** Sample variance, divisor n − 1; 0 for fewer than two values. */
  readonly variance: number;
}

/**
 * Mean and variance in two passes. Sums of whole numbers are exact, so that a mean of counts is
 * correctly rounded (a running mean is not), and deviations from it lose no digits when the spread
 * is small against the mean; the last term takes back what rounding the mean left over. O(n).
 * The mean of nothing is 0.
 */
export function meanVariance(values: readonly number[]): MeanVariance {
  const n = values.length;
  const mean = n === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / n;
  let squares = 0;
  let rest = 0;
  for (const value of values) {
    squares += (value - mean) * (value - mean);
    rest += value - mean;
  }
  const variance = n < 2 ? 0 : (squares - (rest * rest) / n) / (n - 1);
  return { n, mean, variance };
}
