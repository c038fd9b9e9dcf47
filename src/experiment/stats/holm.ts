/**
 * Holm's adjusted p values (1979), in the order given: at most one false alarm in 1/α families,
 * however the tests depend on one another. For gates. O(n log n).
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, (ps.length - rank) * ps[i]!);
    adjusted[i] = Math.min(1, largest);
  }
  return adjusted;
}
