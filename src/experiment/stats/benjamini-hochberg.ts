/**
 * Adjusted p values of Benjamini and Hochberg (1995), in the order given: of all that are called
 * different at q, a share of q is so by chance. For exploration. O(n log n).
 */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((a, b) => ps[b]! - ps[a]!);
  const adjusted = new Array<number>(ps.length);
  let smallest = 1;
  for (const [rank, i] of order.entries()) {
    smallest = Math.min(smallest, (ps.length / (ps.length - rank)) * ps[i]!);
    adjusted[i] = smallest;
  }
  return adjusted;
}
