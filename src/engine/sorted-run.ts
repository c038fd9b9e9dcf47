import { type EventRecords, NONE } from './event-records.ts';

/*
 *   times  |  free  | 10 | 10 | 12 | 15 |  free  |
 *   slots  |        | 7  | 3  | 9  | 1  |        |
 *                    ^first              ^end
 *
 * Both ends are open: events leave at the first, late ones are added at the end, and a bucket's
 * list, newest event first, is filled in from the end downwards.
 */
const FREE_AT_END = 64;
const LENGTH_AT_FIRST = 256;

/** The next events in order: by time and, where times are equal, by when they were scheduled. */
export class SortedRun {
  #times = new Float64Array(LENGTH_AT_FIRST);
  #slots = new Int32Array(LENGTH_AT_FIRST);
  #first = 0;
  #end = 0;

  get count(): number {
    return this.#end - this.#first;
  }

  firstTime(): number {
    return this.#times[this.#first]!;
  }

  lastTime(): number {
    return this.#times[this.#end - 1]!;
  }

  firstSlot(): number {
    return this.#slots[this.#first]!;
  }

  timeAt(index: number): number {
    return this.#times[this.#first + index]!;
  }

  slotAt(index: number): number {
    return this.#slots[this.#first + index]!;
  }

  /** Takes the first event out. */
  shift(): number {
    return this.#slots[this.#first++]!;
  }

  clear(): void {
    this.#first = this.#end;
  }

  /** Adds an event that was scheduled later than all others; O(events later in time). */
  insert(timeNs: number, slot: number): void {
    if (this.#end === this.#times.length) this.#moveDown();
    const times = this.#times;
    const slots = this.#slots;
    const first = this.#first;
    let at = this.#end++;
    while (at > first && times[at - 1]! > timeNs) {
      times[at] = times[at - 1]!;
      slots[at] = slots[at - 1]!;
      at--;
    }
    times[at] = timeNs;
    slots[at] = slot;
  }

  /** Becomes a bucket's list, newest event first, in the order of scheduling: sort it then. */
  fill(records: EventRecords, newest: number): void {
    this.#makeLong(records.capacity + FREE_AT_END);
    const times = this.#times;
    const slots = this.#slots;
    const end = times.length - FREE_AT_END;
    let first = end;
    for (let slot = newest; slot !== NONE; slot = records.nextOf(slot)) {
      first--;
      times[first] = records.timeOf(slot);
      slots[first] = slot;
    }
    this.#first = first;
    this.#end = end;
  }

  /** Insertion sort, stable; for short runs. */
  sort(): void {
    sortByTime(this.#times, this.#slots, this.#first, this.#end);
  }

  #makeLong(length: number): void {
    if (this.#times.length >= length) return;
    this.#times = new Float64Array(length * 2);
    this.#slots = new Int32Array(length * 2);
  }

  /** Moves the run to the beginning of its columns, or of longer ones. */
  #moveDown(): void {
    const times = this.#times.subarray(this.#first, this.#end);
    const slots = this.#slots.subarray(this.#first, this.#end);
    this.#end = times.length;
    this.#first = 0;
    this.#makeLong(times.length * 2);
    this.#times.set(times);
    this.#slots.set(slots);
  }
}

function sortByTime(times: Float64Array, slots: Int32Array, first: number, end: number): void {
  for (let i = first + 1; i < end; i++) {
    const time = times[i]!;
    if (times[i - 1]! <= time) continue;
    const slot = slots[i]!;
    let at = i;
    do {
      times[at] = times[at - 1]!;
      slots[at] = slots[at - 1]!;
      at--;
    } while (at > first && times[at - 1]! > time);
    times[at] = time;
    slots[at] = slot;
  }
}
