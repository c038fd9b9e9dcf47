interface Interval {
  readonly low: number;
  readonly high: number;
}

const STEPS = 60;

/**
 * Two-sided p of a value, from any family of nested intervals: one minus the largest level whose
 * interval does not hold it. So one rule adjusts all kinds of comparison for their number, and
 * p ≤ α says exactly that the interval of level 1 − α excludes the value.
 */
export function intervalP(intervalAt: (level: number) => Interval, value: number): number {
  const excludes = (p: number) => {
    const { low, high } = intervalAt(1 - p);
    return value < low || value > high;
  };
  let low = 1e-15;
  if (excludes(low)) return low;
  let high = 1 - 1e-9;
  if (!excludes(high)) return 1;
  // Halves in the logarithm: small p values matter in their digits, not in their distance.
  for (let step = 0; step < STEPS; step++) {
    const middle = high > 2 * low ? Math.sqrt(low * high) : (low + high) / 2;
    if (excludes(middle)) high = middle;
    else low = middle;
  }
  return high;
}
