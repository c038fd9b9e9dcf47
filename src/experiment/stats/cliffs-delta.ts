/**
 * Cliff's delta (1993): how much likelier a value of `one` is the larger of two than the smaller,
 * over all pairs across the groups; −1 … 1, 0 for no dominance. Needs no distribution and no
 * pairing. O(n log n). Empty groups give 0.
 */
export function cliffsDelta(one: readonly number[], two: readonly number[]): number {
  if (one.length === 0 || two.length === 0) return 0;
  const sorted = [...two].sort((a, b) => a - b);
  let dominance = 0;
  for (const value of one) {
    const below = countBelow(sorted, (other) => other < value);
    const above = sorted.length - countBelow(sorted, (other) => other <= value);
    dominance += below - above;
  }
  return dominance / (one.length * two.length);
}

/** How many of the sorted values pass; those that pass come first. */
function countBelow(sorted: readonly number[], passes: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
