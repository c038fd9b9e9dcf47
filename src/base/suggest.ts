/**
 * The known name nearest to a wrong one by edit distance, ignoring case, or undefined when
 * nothing is near enough to be meant (more than a third of its letters differ).
 */
export function nearestName(wrong: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  const limit = Math.max(1, Math.floor(Math.max(wrong.length, best?.length ?? 0) / 3));
  return bestDistance <= limit ? best : undefined;
}

/** A longer list would bury the message that it ends. */
const MAX_LISTED = 16;

/** "did you mean X?" or the list of known names: the hint of an unknown-name error. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const nearest = nearestName(wrong, known);
  if (nearest !== undefined) return `did you mean '${nearest}'?`;
  const shown = known.slice(0, MAX_LISTED).join(', ');
  return known.length <= MAX_LISTED ? `known: ${shown}` : `known: ${shown} and others`;
}

/** Optimal string alignment distance: insert, delete, replace, swap neighbours; O(n·m). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
