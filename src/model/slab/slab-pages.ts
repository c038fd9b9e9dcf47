import { assert } from '../../base/assert.ts';
import { NONE } from '../page-source.ts';

// Slabs in columns, by slot; a list of slabs is closed by a slot of its own, its sentinel.
//
//   handle   │ head pfn, or FRAMELESS_HANDLES + slot │  Int32   what the callers hold
//   cache    │ id of its cache                       │  Uint16
//   order    │ log2 of its pages                     │  Uint8
//   objects  │ objects it has                        │  Int32
//   inUse    │ objects not on the slab's own freelist│  Int32   those of the CPU freelist count
//   place    │ where it is, PLACE_*                  │  Uint8
//   reserves │ 1: its page was taken from reserves   │  Uint8
//   next     │ slot of the next one, sentinel, NONE  │  Int32   also the chain of free slots
//   prev     │ slot of the one before, sentinel      │  Int32
//   setSize  │ of the per-CPU partial set below it   │  Int32   objects (4.17) or slabs (6.x)

/** A freed slot, or a list's sentinel. */
const PLACE_NONE = 0;
/** The slab from which a CPU allocates. */
export const PLACE_CPU = 1;
/** On a CPU's partial list. */
export const PLACE_CPU_PARTIAL = 2;
/** On its node's partial list. */
export const PLACE_NODE_PARTIAL = 3;
/** Every object handed out; on no list, known to nobody but the frees that will come. */
export const PLACE_FULL = 4;

/**
 * Handles from here on name slabs that were there before the run began, whose frames nobody
 * knows. Above every pfn: 2 TiB of memory lie below.
 */
export const FRAMELESS_HANDLES = 2 ** 29;

const FIRST_CAPACITY = 256;

/**
 * Column store of slabs and of the lists they are on.
 *
 * **Models:** the slab fields of struct page (4.17) or struct slab (6.x).
 * **Departs:** objects within a slab are interchangeable, so freelists are counts.
 */
export class SlabPages {
  #handle = new Int32Array(FIRST_CAPACITY);
  #cache = new Uint16Array(FIRST_CAPACITY);
  #order = new Uint8Array(FIRST_CAPACITY);
  #objects = new Int32Array(FIRST_CAPACITY);
  #inUse = new Int32Array(FIRST_CAPACITY);
  #place = new Uint8Array(FIRST_CAPACITY);
  #reserves = new Uint8Array(FIRST_CAPACITY);
  #next = new Int32Array(FIRST_CAPACITY);
  #prev = new Int32Array(FIRST_CAPACITY);
  #setSize = new Int32Array(FIRST_CAPACITY);
  /** Slots handed out so far; above it nothing was ever used. */
  #used = 0;
  #freeSlot = NONE;

  /** A new slab with all its objects in use; `pfn` NONE makes one without a frame. */
  add(pfn: number, cacheId: number, order: number, objects: number): number {
    const slot = this.#takeSlot();
    this.#handle[slot] = pfn === NONE ? FRAMELESS_HANDLES + slot : pfn;
    this.#cache[slot] = cacheId;
    this.#order[slot] = order;
    this.#objects[slot] = objects;
    this.#inUse[slot] = objects;
    this.#place[slot] = PLACE_FULL;
    this.#reserves[slot] = 0;
    this.#setSize[slot] = 0;
    return slot;
  }

  remove(slot: number): void {
    this.#place[slot] = PLACE_NONE;
    this.#next[slot] = this.#freeSlot;
    this.#freeSlot = slot;
  }

  /** An empty list: its number is the sentinel that first() and after() return at the end. */
  addList(): number {
    const list = this.#takeSlot();
    this.#place[list] = PLACE_NONE;
    this.#next[list] = list;
    this.#prev[list] = list;
    return list;
  }

  handleOf(slot: number): number {
    return this.#handle[slot]!;
  }

  isFrameless(slot: number): boolean {
    return this.#handle[slot]! >= FRAMELESS_HANDLES;
  }

  cacheOf(slot: number): number {
    return this.#cache[slot]!;
  }

  orderOf(slot: number): number {
    return this.#order[slot]!;
  }

  objectsOf(slot: number): number {
    return this.#objects[slot]!;
  }

  inUseOf(slot: number): number {
    return this.#inUse[slot]!;
  }

  /** Objects on the slab's own freelist. */
  freeOf(slot: number): number {
    return this.#objects[slot]! - this.#inUse[slot]!;
  }

  placeOf(slot: number): number {
    return this.#place[slot]!;
  }

  setPlace(slot: number, place: number): void {
    this.#place[slot] = place;
  }

  isFromReserves(slot: number): boolean {
    return this.#reserves[slot] === 1;
  }

  markFromReserves(slot: number): void {
    this.#reserves[slot] = 1;
  }

  setSizeOf(slot: number): number {
    return this.#setSize[slot]!;
  }

  /** Takes the slab's whole freelist; returns how many objects it had. */
  takeFreelist(slot: number): number {
    const free = this.#objects[slot]! - this.#inUse[slot]!;
    this.#inUse[slot] = this.#objects[slot]!;
    return free;
  }

  /** Puts objects on the slab's own freelist; returns how many are still in use. */
  giveBack(slot: number, count: number): number {
    const inUse = this.#inUse[slot]! - count;
    assert(inUse >= 0, 'more objects freed than a slab has');
    this.#inUse[slot] = inUse;
    return inUse;
  }

  first(list: number): number {
    return this.#next[list]!;
  }

  after(slot: number): number {
    return this.#next[slot]!;
  }

  pushFront(list: number, slot: number): void {
    const first = this.#next[list]!;
    this.#next[slot] = first;
    this.#prev[slot] = list;
    this.#prev[first] = slot;
    this.#next[list] = slot;
  }

  pushBack(list: number, slot: number): void {
    const last = this.#prev[list]!;
    this.#prev[slot] = last;
    this.#next[slot] = list;
    this.#next[last] = slot;
    this.#prev[list] = slot;
  }

  unlink(slot: number): void {
    const next = this.#next[slot]!;
    const prev = this.#prev[slot]!;
    this.#next[prev] = next;
    this.#prev[next] = prev;
  }

  /** Puts a slab on top of a chain (NONE: an empty one) and notes the size of the set so made. */
  chain(slot: number, top: number, setSize: number): void {
    this.#next[slot] = top;
    this.#setSize[slot] = setSize;
  }

  #takeSlot(): number {
    const slot = this.#freeSlot;
    if (slot !== NONE) {
      this.#freeSlot = this.#next[slot]!;
      return slot;
    }
    if (this.#used === this.#handle.length) this.#grow(2 * this.#used);
    return this.#used++;
  }

  #grow(capacity: number): void {
    this.#handle = copied(new Int32Array(capacity), this.#handle);
    this.#cache = copied(new Uint16Array(capacity), this.#cache);
    this.#order = copied(new Uint8Array(capacity), this.#order);
    this.#objects = copied(new Int32Array(capacity), this.#objects);
    this.#inUse = copied(new Int32Array(capacity), this.#inUse);
    this.#place = copied(new Uint8Array(capacity), this.#place);
    this.#reserves = copied(new Uint8Array(capacity), this.#reserves);
    this.#next = copied(new Int32Array(capacity), this.#next);
    this.#prev = copied(new Int32Array(capacity), this.#prev);
    this.#setSize = copied(new Int32Array(capacity), this.#setSize);
  }
}

function copied<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from);
  return to;
}
