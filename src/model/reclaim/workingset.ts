/**
 * The clock by which refaults are judged: it ticks when a page leaves the inactive list, one way
 * or the other.
 *
 *   shadow = the clock at eviction          distance = the clock at the refault − shadow
 *   distance ≤ what the active list holds: the page would have stayed, had it been let in
 *
 * Models: mm/workingset.c workingset_eviction, workingset_activation, workingset_refault (4.17,
 * 6.1, 6.12). Departs: shadows keep all their bits (no bucket order) and are never reclaimed
 * themselves; one node, no cgroups.
 */
export class Workingset {
  /** inactive_age, nonresident_age. */
  #age = 0;

  /** A page is evicted: the shadow that stays behind. */
  evicted(): number {
    return this.#age++;
  }

  /** An inactive page is activated. */
  activated(): void {
    this.#age++;
  }

  /** Pages that left the inactive list since this shadow was left. */
  distance(shadow: number): number {
    return this.#age - shadow;
  }
}
