/**
 * A quantile of values sorted ascending, linear between the two nearest order statistics
 * (R's type 7, the default of most tools). The values must not be empty.
 */
export function quantile(sorted: readonly number[], probability: number): number {
  const place = (sorted.length - 1) * probability;
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  const value = sorted[below]!;
  return value + (place - below) * (sorted[above]! - value);
}
