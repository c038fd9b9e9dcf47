import { WaitQueue } from '../wait-queue.ts';
import { HOME_NOWHERE, HOME_POOL, HOME_SLAB } from './objects.ts';
import type { ReserveSpec } from './reserve-spec.ts';

/** No entry left. */
export const POOL_EMPTY = -1;

/** How big a reserve is, and what of an array of its own boot has left. */
export interface PoolSize {
  readonly entries: number;
  readonly free: number;
}

/**
 * The reserve behind the slab cache.
 *
 *   entries   0 … #neverUsed−1 | taken or returned …     never-used ones go from the high end
 *   #returned [ entry, entry, … ]  ← top                 returned ones go first, last in first out
 *
 * **Models:** mm/kmemleak.c, mem_pool_alloc and mem_pool_free, 5.4 to 6.12 ('own-objects': only
 * entries of the array come back). 'any-free' is the emergency list of the 2019 proposals and
 * mm/mempool.c, mempool_free: any freed object fills it up to its size, and those who wait for
 * one are woken. 'no-free': what is freed goes back to slab.
 * **Departs:** with 'any-free' a slab object becomes an entry by its place in the list alone; its
 * slab page stays allocated for as long as it is one.
 */
export class MetadataPool {
  readonly entries: number;
  /** Who waits for an object. */
  readonly back = new WaitQueue();
  readonly #takesPool: boolean;
  readonly #takesSlab: boolean;
  #neverUsed: number;
  /** Homes and kinds of the returned objects, in the order of their return. */
  readonly #returnedHome: Int32Array;
  readonly #returnedKind: Uint8Array;
  #returned = 0;
  #takenKind = HOME_POOL;
  #freeMin: number;

  constructor(spec: ReserveSpec, { entries, free }: PoolSize) {
    this.entries = entries;
    this.#takesPool = spec.refill !== 'no-free';
    this.#takesSlab = spec.refill === 'any-free';
    this.#neverUsed = spec.filledBy === undefined ? Math.min(free, entries) : 0;
    this.#freeMin = this.#neverUsed;
    this.#returnedHome = new Int32Array(entries);
    this.#returnedKind = new Uint8Array(entries);
  }

  get free(): number {
    return this.#neverUsed + this.#returned;
  }

  /** The fewest that there have been since the load started. */
  get freeMin(): number {
    return this.#freeMin;
  }

  /** The home of a ready object, or POOL_EMPTY; its kind is then in `takenKind`. */
  take(): number {
    if (this.#returned > 0) {
      this.#returned -= 1;
      this.#takenKind = this.#returnedKind[this.#returned]!;
      this.#noteFree();
      return this.#returnedHome[this.#returned]!;
    }
    if (this.#neverUsed === 0) return POOL_EMPTY;
    this.#neverUsed -= 1;
    this.#takenKind = HOME_POOL;
    this.#noteFree();
    return this.#neverUsed;
  }

  /** Kind of what `take` gave last. */
  get takenKind(): number {
    return this.#takenKind;
  }

  /** Offers a freed object; false: it is not for this pool and goes back where it came from. */
  give(kind: number, home: number): boolean {
    if (!(kind === HOME_POOL ? this.#takesPool : this.#takesSlab)) return false;
    if (kind === HOME_NOWHERE || this.free >= this.entries) return false;
    this.#put(kind, home);
    return true;
  }

  /** Adds a slab object that was allocated for this; false: there is no room. */
  stock(home: number): boolean {
    if (this.free >= this.entries) return false;
    this.#put(HOME_SLAB, home);
    return true;
  }

  /** From here on `freeMin` counts: the load starts. */
  startCounting(): void {
    this.#freeMin = this.free;
  }

  #put(kind: number, home: number): void {
    this.#returnedHome[this.#returned] = home;
    this.#returnedKind[this.#returned] = kind;
    this.#returned += 1;
    this.back.wakeAll();
  }

  #noteFree(): void {
    if (this.free < this.#freeMin) this.#freeMin = this.free;
  }
}
