import { assert } from '../base/assert.ts';

/*
 * One slot of eight words an event; `times` sees the last two words of each slot as one double.
 *
 *   words  | next | generation | pending | kind | a | b |  time  |
 *   index  8·slot + 0    1          2        3    4   5     6  7
 *   times                                              4·slot + 3
 *
 * A whole slot fits in half a cache line: whoever has read the time has the rest at hand.
 * `next` links the free slots, and the slots of a bucket.
 */
const NEXT = 0;
const GENERATION = 1;
const PENDING = 2;
const KIND = 3;
const A = 4;
const B = 5;
const WORDS = 8;
const TIME = 3;
const DOUBLES = 4;

/** A handle is generation·2^24 + slot and must stay a whole double. */
const SLOT_BITS = 24;
const SLOTS_MAX = 2 ** SLOT_BITS;
const SLOT_MASK = SLOTS_MAX - 1;
const GENERATION_MASK = 2 ** 29 - 1;
const SLOTS_AT_FIRST = 64;

/** No slot; also the end of a list of slots. */
export const NONE = -1;

/**
 * The events in columns. A slot's generation says how often it was released: a handle is stale
 * once it differs (or, after 2^29 releases of one slot, might be taken for a new one).
 * When all slots are taken twice as many are made; none are ever given back.
 */
export class EventRecords {
  #words = new Int32Array(SLOTS_AT_FIRST * WORDS);
  #times = new Float64Array(this.#words.buffer);
  #capacity = SLOTS_AT_FIRST;
  /** Slots from here on were never taken. */
  #untaken = 0;
  #firstFree = NONE;

  get capacity(): number {
    return this.#capacity;
  }

  take(timeNs: number, kind: number, a: number, b: number): number {
    let slot = this.#firstFree;
    if (slot === NONE) slot = this.#takeUntaken();
    else this.#firstFree = this.#words[slot * WORDS + NEXT]!;
    const words = this.#words;
    const at = slot * WORDS;
    words[at + PENDING] = 1;
    words[at + KIND] = kind;
    words[at + A] = a;
    words[at + B] = b;
    this.#times[slot * DOUBLES + TIME] = timeNs;
    return slot;
  }

  release(slot: number): void {
    const words = this.#words;
    const at = slot * WORDS;
    words[at + GENERATION] = (words[at + GENERATION]! + 1) & GENERATION_MASK;
    words[at + PENDING] = 0;
    words[at + NEXT] = this.#firstFree;
    this.#firstFree = slot;
  }

  /** Its slot stays taken until whoever keeps it finds it no longer pending. */
  cancel(slot: number): void {
    this.#words[slot * WORDS + PENDING] = 0;
  }

  /** Every slot is free again; all handles are stale. */
  releaseAll(): void {
    this.#firstFree = NONE;
    for (let slot = this.#untaken - 1; slot >= 0; slot--) this.release(slot);
  }

  handleOf(slot: number): number {
    return this.#words[slot * WORDS + GENERATION]! * SLOTS_MAX + slot;
  }

  /** The slot of a pending event, or NONE when the handle is stale or was never given out. */
  slotOf(handle: number): number {
    const slot = handle & SLOT_MASK;
    if (slot >= this.#untaken || !this.isPending(slot)) return NONE;
    return this.handleOf(slot) === handle ? slot : NONE;
  }

  isPending(slot: number): boolean {
    return this.#words[slot * WORDS + PENDING] === 1;
  }

  timeOf(slot: number): number {
    return this.#times[slot * DOUBLES + TIME]!;
  }

  kindOf(slot: number): number {
    return this.#words[slot * WORDS + KIND]!;
  }

  aOf(slot: number): number {
    return this.#words[slot * WORDS + A]!;
  }

  bOf(slot: number): number {
    return this.#words[slot * WORDS + B]!;
  }

  nextOf(slot: number): number {
    return this.#words[slot * WORDS + NEXT]!;
  }

  linkNext(slot: number, next: number): void {
    this.#words[slot * WORDS + NEXT] = next;
  }

  #takeUntaken(): number {
    if (this.#untaken === this.#capacity) this.#grow();
    return this.#untaken++;
  }

  #grow(): void {
    assert(this.#capacity < SLOTS_MAX, 'more pending events than an event queue can hold');
    const words = new Int32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#times = new Float64Array(words.buffer);
    this.#capacity *= 2;
  }
}
