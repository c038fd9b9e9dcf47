// Warnings that a mask can trigger. Each prints once a boot; the condition is counted every time.

/** __GFP_ATOMIC and DIRECT_RECLAIM together. */
export const W1 = 0;
/** __GFP_NOFAIL without DIRECT_RECLAIM: fails all the same. */
export const W2 = 1;
/** __GFP_NOFAIL by a PF_MEMALLOC task: loops without reclaim. */
export const W3 = 2;
/** __GFP_NOFAIL above order 3. */
export const W4 = 3;
/** __GFP_NOFAIL above order 1. */
export const W5 = 4;
/** A blockable mask where sleeping is not allowed. */
export const W6 = 5;
/** __GFP_NOLOCKDEP was dropped: a lockdep false positive. */
export const L1 = 6;

export interface WarningText {
  readonly id: string;
  readonly summary: string;
  /** Where which kernel prints it. */
  readonly where: string;
}

export const WARNINGS: readonly WarningText[] = [
  {
    id: 'W1',
    summary: '__GFP_ATOMIC together with __GFP_DIRECT_RECLAIM: ATOMIC is dropped',
    where: 'at the entry of the slow path, 4.17 and 6.1; 6.12 has no such bit',
  },
  {
    id: 'W2',
    summary: '__GFP_NOFAIL without __GFP_DIRECT_RECLAIM: the request fails all the same',
    where:
      'at the end of the slow path, 4.17 and 6.1, which is silent with __GFP_NOWARN; at its ' +
      'entry, 6.12',
  },
  {
    id: 'W3',
    summary: '__GFP_NOFAIL by a PF_MEMALLOC task: it loops and cannot reclaim',
    where:
      'when it goes round again, 4.17 and 6.1, which is silent with __GFP_NOWARN; at the entry ' +
      'of the slow path, 6.12',
  },
  {
    id: 'W4',
    summary: '__GFP_NOFAIL above order 3: it loops for memory that may never come',
    where: 'when it goes round again, 4.17 and 6.1, which is silent with __GFP_NOWARN',
  },
  {
    id: 'W5',
    summary: '__GFP_NOFAIL above order 1: more than the allocator promises',
    where: 'when a block is taken, 4.17 and 6.1; at the entry of the slow path, 6.12',
  },
  {
    id: 'W6',
    summary: 'a blockable mask in a context that must not sleep',
    where: 'in the slab hook and at the page allocator, all kernels; the request may really sleep',
  },
  {
    id: 'L1',
    summary: '__GFP_NOLOCKDEP was dropped: lockdep may report a false deadlock',
    where:
      'where lockdep is built in (machine.lockdep, or --lockdep); the masks since 5.15 keep the ' +
      'bit; a report switches lockdep off',
  },
];

/**
 * Models: the WARN_ON_ONCE sites that facts list as W1…W6, L1 (4.17, 6.1, 6.12).
 * Departs: the condition is counted every time, a kernel prints once a boot; no tainting.
 * `printed` says which the kernel would have shown; NOWARN may silence one that is counted.
 */
export class Warnings {
  readonly #counts = new Float64Array(WARNINGS.length);
  readonly #printed = new Uint8Array(WARNINGS.length);

  /** Counts the condition; `silent`: this kernel prints nothing for it. */
  raise(warning: number, silent = false): void {
    this.#counts[warning]!++;
    if (!silent) this.#printed[warning] = 1;
  }

  count(warning: number): number {
    return this.#counts[warning]!;
  }

  wasPrinted(warning: number): boolean {
    return this.#printed[warning] === 1;
  }

  /** How many times each fired in the log: 1 or 0, by id. Cold. */
  byId(): Record<string, number> {
    return Object.fromEntries(WARNINGS.map(({ id }, i) => [id, this.#printed[i]!]));
  }

  /** How often each condition was met, by id. Cold. */
  conditionsById(): Record<string, number> {
    return Object.fromEntries(WARNINGS.map(({ id }, i) => [id, this.#counts[i]!]));
  }
}
