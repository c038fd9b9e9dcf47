/**
 * The clock by which refaults are judged: it ticks when a page leaves the inactive list, one way
 * or the other.
 *
 *   shadow = 2 · the clock at eviction, + 1 if the page was active once
 *   distance = the clock at the refault − the clock at eviction
 *   distance ≤ what other lists hold: the page would have stayed, had it been let in
 *
 * Models: mm/workingset.c workingset_eviction, workingset_activation, pack_shadow (4.17, 6.1,
 * 6.12). Departs: shadows keep all their bits (no bucket order) and are never reclaimed
 * themselves; one node, no cgroups.
 */
export class Workingset {
  /** inactive_age, nonresident_age. */
  #age = 0;

  /** A page is evicted: the shadow that stays behind. */
  evicted(wasActive: boolean): number {
    return 2 * this.#age++ + (wasActive ? 1 : 0);
  }

  /** An inactive page is activated. */
  activated(): void {
    this.#age++;
  }

  /** Pages that left the inactive list since this shadow was left. */
  distance(shadow: number): number {
    return this.#age - (shadow >> 1);
  }
}

/** Was the page active once, before it was evicted? */
export function wasActive(shadow: number): boolean {
  return (shadow & 1) === 1;
}
