import { assert } from '../../base/assert.ts';

/** Where the memory of a metadata object comes from. */
export const HOME_NONE = 0;
/** The slab cache; `home` is what the cache gave. */
export const HOME_SLAB = 1;
/** The reserve's own storage; `home` is the entry. */
export const HOME_POOL = 2;
/** Nowhere: the bound that never fails. */
export const HOME_NOWHERE = 3;

/** No area, and the object says so: it is scanned whole. */
const FULL_SCAN = 4;

const FIRST_CAPACITY = 1024;
const END = -1;

/**
 * The metadata objects that exist, in columns.
 *
 *   slot     0    1    2    3   …      a slot is what the tracked object remembers
 *   #kind    SLAB POOL NONE SLAB       HOME_NONE: the slot is free
 *   #home    pfn  7    –    pfn
 *   #size    64   256  –    64         bytes of the tracked object
 *   #areaKind, #areaHome              memory of its scan area, likewise; HOME_NONE: it has none
 *   #freed   0    1    –    0          1: the tracked object is gone, the memory not yet
 *   #link    –    →    →    –          next free slot, or next in a queue of freed objects
 *
 * **Models:** mm/kmemleak.c, struct kmemleak_object, 4.17 to 6.12: that it exists, and where.
 * **Departs:** address, colour, counts and checksum are not kept; slots take the tree's place.
 */
export class MetadataObjects {
  #kind = new Uint8Array(FIRST_CAPACITY);
  #home = new Int32Array(FIRST_CAPACITY);
  #size = new Int32Array(FIRST_CAPACITY);
  #areaKind = new Uint8Array(FIRST_CAPACITY);
  #areaHome = new Int32Array(FIRST_CAPACITY);
  #freed = new Uint8Array(FIRST_CAPACITY);
  #link = new Int32Array(FIRST_CAPACITY);
  #firstFree = END;
  /** Slots ever used; those above are fresh. */
  #used = 0;
  #held = 0;
  #heldMax = 0;

  /** Objects that hold memory now: tracked ones and those waiting for a grace period. */
  get held(): number {
    return this.#held;
  }

  get heldMax(): number {
    return this.#heldMax;
  }

  /** One more than the largest slot that may be in use. */
  get slots(): number {
    return this.#used;
  }

  add(kind: number, home: number, sizeBytes: number): number {
    const slot = this.#takeSlot();
    this.#kind[slot] = kind;
    this.#home[slot] = home;
    this.#size[slot] = sizeBytes;
    this.#areaKind[slot] = HOME_NONE;
    this.#freed[slot] = 0;
    this.#link[slot] = END;
    this.#held += 1;
    if (this.#held > this.#heldMax) this.#heldMax = this.#held;
    return slot;
  }

  /** The memory has gone back; the slot may be used again. */
  remove(slot: number): void {
    assert(this.#kind[slot] !== HOME_NONE, 'a metadata object is removed twice');
    this.#kind[slot] = HOME_NONE;
    this.#link[slot] = this.#firstFree;
    this.#firstFree = slot;
    this.#held -= 1;
  }

  /** The tracked object is gone: the slot only waits for its memory to return. */
  markFreed(slot: number): void {
    assert(this.isTracked(slot), 'a tracked object is freed twice');
    this.#freed[slot] = 1;
  }

  isTracked(slot: number): boolean {
    return this.#kind[slot] !== HOME_NONE && this.#freed[slot] === 0;
  }

  kindOf(slot: number): number {
    return this.#kind[slot]!;
  }

  homeOf(slot: number): number {
    return this.#home[slot]!;
  }

  sizeOf(slot: number): number {
    return this.#size[slot]!;
  }

  /** The part of it that is scanned has memory of its own. */
  setArea(slot: number, kind: number, home: number): void {
    this.#areaKind[slot] = kind;
    this.#areaHome[slot] = home;
  }

  hasArea(slot: number): boolean {
    const kind = this.#areaKind[slot]!;
    return kind !== HOME_NONE && kind !== FULL_SCAN;
  }

  setFullScan(slot: number): void {
    this.#areaKind[slot] = FULL_SCAN;
  }

  isFullScan(slot: number): boolean {
    return this.#areaKind[slot] === FULL_SCAN;
  }

  areaKindOf(slot: number): number {
    return this.#areaKind[slot]!;
  }

  areaHomeOf(slot: number): number {
    return this.#areaHome[slot]!;
  }

  /** The object after this one in the queue it stands in; −1 at the end. */
  nextOf(slot: number): number {
    return this.#link[slot]!;
  }

  setNext(slot: number, next: number): void {
    this.#link[slot] = next;
  }

  #takeSlot(): number {
    const slot = this.#firstFree;
    if (slot !== END) {
      this.#firstFree = this.#link[slot]!;
      return slot;
    }
    if (this.#used === this.#kind.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #grow(): void {
    const capacity = this.#kind.length * 2;
    this.#kind = widened(this.#kind, new Uint8Array(capacity));
    this.#home = widened(this.#home, new Int32Array(capacity));
    this.#size = widened(this.#size, new Int32Array(capacity));
    this.#areaKind = widened(this.#areaKind, new Uint8Array(capacity));
    this.#areaHome = widened(this.#areaHome, new Int32Array(capacity));
    this.#freed = widened(this.#freed, new Uint8Array(capacity));
    this.#link = widened(this.#link, new Int32Array(capacity));
  }
}

function widened<T extends Uint8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
