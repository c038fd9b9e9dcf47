import { HOME_POOL } from './objects.ts';
import type { ReserveSpec } from './variant.ts';

/** No entry left. */
export const POOL_EMPTY = -1;

/**
 * The reserve behind the slab cache.
 *
 *   entries   0 … #neverUsed−1 | taken or returned …     never-used ones go from the high end
 *   #returned [ entry, entry, … ]  ← top                 returned ones go first, last in first out
 *
 * **Models:** mm/kmemleak.c, mem_pool_alloc and mem_pool_free, 5.4 to 6.12 ('own-objects': only
 * entries of the array come back). 'any-free' is the emergency list of the 2019 proposals: any
 * freed object fills it up to its size.
 * **Departs:** with 'any-free' a slab object becomes an entry by its place in the list alone; its
 * slab page stays allocated for as long as it is one.
 */
export class MetadataPool {
  readonly entries: number;
  readonly #anyFree: boolean;
  #neverUsed: number;
  /** Homes and kinds of the returned objects, in the order of their return. */
  readonly #returnedHome: Int32Array;
  readonly #returnedKind: Uint8Array;
  #returned = 0;
  #takenKind = HOME_POOL;

  /** `free`: entries that boot has left; a smaller pool starts full. */
  constructor(spec: ReserveSpec, kernelEntries: number, free: number) {
    this.entries = spec.entries === 'kernel' ? kernelEntries : spec.entries;
    this.#anyFree = spec.refill === 'any-free';
    this.#neverUsed = Math.min(free, this.entries);
    this.#returnedHome = new Int32Array(this.entries);
    this.#returnedKind = new Uint8Array(this.entries);
  }

  get free(): number {
    return this.#neverUsed + this.#returned;
  }

  /** The home of a ready object, or POOL_EMPTY; its kind is then in `takenKind`. */
  take(): number {
    if (this.#returned > 0) {
      this.#returned -= 1;
      this.#takenKind = this.#returnedKind[this.#returned]!;
      return this.#returnedHome[this.#returned]!;
    }
    if (this.#neverUsed === 0) return POOL_EMPTY;
    this.#neverUsed -= 1;
    this.#takenKind = HOME_POOL;
    return this.#neverUsed;
  }

  /** Kind of what `take` gave last. */
  get takenKind(): number {
    return this.#takenKind;
  }

  /** Offers a freed object; false: it is not for this pool and goes back where it came from. */
  give(kind: number, home: number): boolean {
    if (kind !== HOME_POOL && !this.#anyFree) return false;
    if (this.free >= this.entries) return false;
    this.#returnedHome[this.#returned] = home;
    this.#returnedKind[this.#returned] = kind;
    this.#returned += 1;
    return true;
  }
}
