import { assert } from '../base/assert.ts';
import { LadderRung } from './ladder-rung.ts';
import { sortByTime } from './sort-by-time.ts';

/*
 * A ladder queue (Tang, Goh and Thng 2005) that keeps ties in order. From the far future to now:
 *
 *   top      | 7 | 2 | 9 | 4 | …                    slots as they were scheduled
 *   rung 0   | taken | taken | taken |   |   |   |  buckets of 2^20 ns
 *   rung 1                   | taken |   |   |      the one taken last, cut into finer ones
 *   run      | gone | 10 | 10 | 12 | 15 | free |    times and slots in order, the next event first
 *
 * An event is put where its time lies, and moves down when its turn has come: to the run in the
 * end, a bucket at a time. A bucket has few events or is cut again, so this is O(1) an event.
 *
 * A slot is eight words, half a cache line: whoever has fetched its time has the rest at hand.
 *
 *   words    | generation | kind | a | b |   time   | - | - |   time: in `times`, as one double
 *   links    next slot of the same bucket, the newest event first, or next free slot; or NONE
 *   heads    newest slot of each bucket, all rungs side by side; or NONE
 *
 * The generation says how often the slot was released, so that a handle, generation·2^24 + slot,
 * goes stale (after 2^29 releases of one slot it might be taken for a new one). It is negative
 * when the event was cancelled: the slot stays taken until it is found where it stands.
 *
 * This is one class because every event passes through all of it: with its parts in objects of
 * their own an event took a fifth longer. Places are slots shifted, not multiplied, because V8
 * checks a product for overflow.
 */
const GENERATION = 0;
const KIND = 1;
const A = 2;
const B = 3;
const TIME = 2;
const WORDS_SHIFT = 3;
const DOUBLES_SHIFT = 2;

/** No slot. */
const NONE = -1;
const SLOTS_AT_FIRST = 64;
const SLOTS_MAX = 2 ** 24;
const SLOT_MASK = SLOTS_MAX - 1;
const GENERATION_MASK = 2 ** 29 - 1;
const CANCELLED = 1 << 31;
const BUCKETS_AT_FIRST = 1024;

/** A run longer than this is cut into buckets instead of being sorted. */
const RUN_MAX = 48;
const RUNGS_MAX = 32;
/** Late events may cut the run only while this few rungs stand: a bucket needs up to 10 more. */
const CUT_DEPTH_MAX = 16;
/** Cancelled events are swept out when there are more of them than pending ones, and than this. */
const CANCELLED_MAX = 64;

/** A handle that no event ever has. */
export const NO_EVENT = -1;

/** The events to come, by time and, where times are equal, by when they were scheduled. */
export class EventQueue {
  /** The event that `next` took out; `time` is also the earliest time that may be scheduled. */
  time = 0;
  kind = 0;
  a = 0;
  b = 0;
  /** Events that are pending. */
  size = 0;

  #words = new Int32Array(SLOTS_AT_FIRST << WORDS_SHIFT);
  #times = new Float64Array(this.#words.buffer);
  #links = new Int32Array(SLOTS_AT_FIRST);
  #capacity = SLOTS_AT_FIRST;
  /** Slots from here on were never taken. */
  #untaken = 0;
  #firstFree = NONE;
  /** Cancelled events that have not been found yet. */
  #cancelled = 0;

  /** Twice as long as all slots: what a bucket fills in ends in the middle. */
  #runTimes = new Float64Array(2 * SLOTS_AT_FIRST);
  #runSlots = new Int32Array(2 * SLOTS_AT_FIRST);
  #runFirst = 0;
  #runEnd = 0;

  readonly #rungs = Array.from({ length: RUNGS_MAX }, () => new LadderRung());
  #depth = 0;
  #heads = new Int32Array(BUCKETS_AT_FIRST).fill(NONE);

  #top = new Int32Array(SLOTS_AT_FIRST);
  #topCount = 0;
  #topFromNs = 0;
  #topFirstNs = Number.POSITIVE_INFINITY;
  #topLastNs = 0;

  /** Returns the handle for `cancel`. */
  schedule(timeNs: number, kind: number, a: number, b: number): number {
    const isWhole = timeNs <= Number.MAX_SAFE_INTEGER && timeNs === Math.floor(timeNs);
    if (!(isWhole && timeNs >= this.time)) this.#refuse(timeNs);
    let slot = this.#firstFree;
    if (slot === NONE) slot = this.#takeUntaken();
    this.#firstFree = this.#links[slot]!;
    const words = this.#words;
    const at = slot << WORDS_SHIFT;
    words[at + KIND] = kind;
    words[at + A] = a;
    words[at + B] = b;
    this.#times[(slot << DOUBLES_SHIFT) + TIME] = timeNs;
    this.size++;
    if (timeNs >= this.#topFromNs) this.#addToTop(timeNs, slot);
    else this.#addBelowTop(timeNs, slot);
    return words[at + GENERATION]! * SLOTS_MAX + slot;
  }

  /** False, and nothing changes, when the event already happened or was cancelled before. */
  cancel(handle: number): boolean {
    const slot = handle & SLOT_MASK;
    if (slot >= this.#untaken) return false;
    const at = (slot << WORDS_SHIFT) + GENERATION;
    if (this.#words[at]! * SLOTS_MAX + slot !== handle) return false;
    this.#words[at]! |= CANCELLED;
    this.size--;
    this.#cancelled++;
    if (this.#cancelled > CANCELLED_MAX && this.#cancelled > this.size) this.#sweep();
    return true;
  }

  /** Takes the first event out into the public fields; false when none is due up to `lastNs`. */
  next(lastNs = Number.POSITIVE_INFINITY): boolean {
    if (!this.#settle()) return false;
    const timeNs = this.#runTimes[this.#runFirst]!;
    if (timeNs > lastNs) return false;
    const slot = this.#runSlots[this.#runFirst++]!;
    const words = this.#words;
    const at = slot << WORDS_SHIFT;
    this.time = timeNs;
    this.kind = words[at + KIND]!;
    this.a = words[at + A]!;
    this.b = words[at + B]!;
    this.size--;
    this.#release(slot);
    return true;
  }

  /** When the first pending event is due; Infinity when nothing is pending. */
  firstTime(): number {
    return this.#settle() ? this.#runTimes[this.#runFirst]! : Number.POSITIVE_INFINITY;
  }

  /** Nothing is pending, the time is 0 and all handles are stale. */
  clear(): void {
    this.#firstFree = NONE;
    for (let slot = this.#untaken - 1; slot >= 0; slot--) this.#release(slot);
    this.#runFirst = this.#runEnd;
    this.#depth = 0;
    this.#heads.fill(NONE);
    this.#emptyTop(0);
    this.time = 0;
    this.size = 0;
    this.#cancelled = 0;
  }

  #refuse(timeNs: number): void {
    assert(timeNs >= this.time, 'an event was scheduled before the one that happened last');
    assert(timeNs <= Number.MAX_SAFE_INTEGER, 'an event was scheduled beyond 2^53 ns');
    assert(timeNs === Math.floor(timeNs), 'an event was scheduled at a fraction of a nanosecond');
  }

  #takeUntaken(): number {
    if (this.#untaken === this.#capacity) this.#grow();
    this.#links[this.#untaken] = NONE;
    return this.#untaken++;
  }

  #release(slot: number): void {
    const at = (slot << WORDS_SHIFT) + GENERATION;
    this.#words[at] = (this.#words[at]! + 1) & GENERATION_MASK;
    this.#links[slot] = this.#firstFree;
    this.#firstFree = slot;
  }

  #isPending(slot: number): boolean {
    return this.#words[(slot << WORDS_SHIFT) + GENERATION]! >= 0;
  }

  #timeOf(slot: number): number {
    return this.#times[(slot << DOUBLES_SHIFT) + TIME]!;
  }

  #addToTop(timeNs: number, slot: number): void {
    this.#top[this.#topCount++] = slot;
    if (timeNs < this.#topFirstNs) this.#topFirstNs = timeNs;
    if (timeNs > this.#topLastNs) this.#topLastNs = timeNs;
  }

  #addBelowTop(timeNs: number, slot: number): void {
    for (let i = 0; i < this.#depth; i++) {
      const rung = this.#rungs[i]!;
      if (timeNs < rung.openFromNs) continue;
      this.#addToBucket(rung.bucketOf(timeNs), slot);
      return;
    }
    this.#addToRun(timeNs, slot);
    if (this.#runEnd - this.#runFirst > RUN_MAX) this.#shortenRun();
  }

  #addToBucket(bucket: number, slot: number): void {
    this.#links[slot] = this.#heads[bucket]!;
    this.#heads[bucket] = slot;
  }

  /** O(events of the run that are later). */
  #addToRun(timeNs: number, slot: number): void {
    if (this.#runEnd === this.#runTimes.length) this.#moveRunDown();
    const times = this.#runTimes;
    const slots = this.#runSlots;
    let at = this.#runEnd++;
    while (at > this.#runFirst && times[at - 1]! > timeNs) {
      times[at] = times[at - 1]!;
      slots[at] = slots[at - 1]!;
      at--;
    }
    times[at] = timeNs;
    slots[at] = slot;
  }

  #moveRunDown(): void {
    this.#runTimes.copyWithin(0, this.#runFirst, this.#runEnd);
    this.#runSlots.copyWithin(0, this.#runFirst, this.#runEnd);
    this.#runEnd -= this.#runFirst;
    this.#runFirst = 0;
  }

  #shortenRun(): void {
    if (this.#depth >= CUT_DEPTH_MAX) return;
    this.#cutRun(this.#runTimes[this.#runFirst]!, this.#runTimes[this.#runEnd - 1]!);
  }

  /** Makes the first pending event the first of the run; false when nothing is pending. */
  #settle(): boolean {
    while (this.#runFirst < this.#runEnd || this.#fillRun()) {
      const slot = this.#runSlots[this.#runFirst]!;
      if (this.#isPending(slot)) return true;
      this.#runFirst++;
      this.#cancelled--;
      this.#release(slot);
    }
    return false;
  }

  /** Gets the next events into the empty run; false when there are none anywhere. */
  #fillRun(): boolean {
    while (this.#runFirst === this.#runEnd) {
      if (this.#depth > 0) this.#takeBucket();
      else if (this.#topCount > 0) this.#moveTop();
      else {
        this.#topFromNs = this.time;
        return false;
      }
    }
    return true;
  }

  /** Moves the next bucket of the lowest rung into the run, or a rung that has none out of it. */
  #takeBucket(): void {
    const rung = this.#rungs[this.#depth - 1]!;
    const heads = this.#heads;
    const { last } = rung;
    let bucket = rung.open;
    while (bucket <= last && heads[bucket] === NONE) bucket++;
    if (bucket >= last) this.#depth--;
    if (bucket > last) return;
    rung.close(bucket);
    this.#fillFrom(heads[bucket]!);
    heads[bucket] = NONE;
    if (this.#runEnd - this.#runFirst > RUN_MAX) this.#cutUnsortedRun();
    else sortByTime(this.#runTimes, this.#runSlots, this.#runFirst, this.#runEnd);
  }

  /** In the order of scheduling. Two loops, so that the times are fetched side by side. */
  #fillFrom(newest: number): void {
    const slots = this.#runSlots;
    const links = this.#links;
    const end = this.#capacity;
    let first = end;
    for (let slot = newest; slot !== NONE; slot = links[slot]!) slots[--first] = slot;
    const runTimes = this.#runTimes;
    const times = this.#times;
    for (let i = first; i < end; i++) runTimes[i] = times[(slots[i]! << DOUBLES_SHIFT) + TIME]!;
    this.#runFirst = first;
    this.#runEnd = end;
  }

  #cutUnsortedRun(): void {
    let firstNs = Number.POSITIVE_INFINITY;
    let lastNs = 0;
    for (let i = this.#runFirst; i < this.#runEnd; i++) {
      const timeNs = this.#runTimes[i]!;
      if (timeNs < firstNs) firstNs = timeNs;
      if (timeNs > lastNs) lastNs = timeNs;
    }
    this.#cutRun(firstNs, lastNs);
  }

  /** Moves the run, whose ties are in order, into a new lowest rung; one long tie stays. */
  #cutRun(firstNs: number, lastNs: number): void {
    if (firstNs === lastNs) return;
    const rung = this.#addRung(firstNs, lastNs, this.#runEnd - this.#runFirst);
    for (let i = this.#runFirst; i < this.#runEnd; i++) {
      this.#addToBucket(rung.bucketOf(this.#runTimes[i]!), this.#runSlots[i]!);
    }
    this.#runFirst = this.#runEnd;
  }

  /** Moves the top, whose ties are in order, to the run or to the highest rung. */
  #moveTop(): void {
    const firstNs = this.#topFirstNs;
    const lastNs = this.#topLastNs;
    const slots = this.#top;
    const count = this.#topCount;
    this.#emptyTop(lastNs);
    if (count <= RUN_MAX || firstNs === lastNs) {
      for (let i = 0; i < count; i++) this.#addToRun(this.#timeOf(slots[i]!), slots[i]!);
      return;
    }
    const rung = this.#addRung(firstNs, lastNs, count);
    for (let i = 0; i < count; i++) {
      this.#addToBucket(rung.bucketOf(this.#timeOf(slots[i]!)), slots[i]!);
    }
  }

  #emptyTop(fromNs: number): void {
    this.#topCount = 0;
    this.#topFromNs = fromNs;
    this.#topFirstNs = Number.POSITIVE_INFINITY;
    this.#topLastNs = 0;
  }

  #addRung(firstNs: number, lastNs: number, count: number): LadderRung {
    assert(this.#depth < RUNGS_MAX, 'a ladder of events is deeper than its bound');
    const first = this.#depth === 0 ? 0 : this.#rungs[this.#depth - 1]!.last + 1;
    const rung = this.#rungs[this.#depth++]!;
    rung.layOut(firstNs, lastNs, count, first);
    if (rung.last >= this.#heads.length) {
      this.#heads = widened(this.#heads, new Int32Array((rung.last + 1) * 2).fill(NONE));
    }
    return rung;
  }

  /** Drops the cancelled events. All others go back to the top, what stood below it first. */
  #sweep(): void {
    const top = this.#top.slice(0, this.#topCount);
    this.#emptyTop(this.time);
    while (this.#runFirst < this.#runEnd || this.#depth > 0) {
      if (this.#runFirst === this.#runEnd) this.#takeBucket();
      else this.#keepOrRelease(this.#runSlots[this.#runFirst++]!);
    }
    for (const slot of top) this.#keepOrRelease(slot);
    this.#cancelled = 0;
  }

  #keepOrRelease(slot: number): void {
    if (this.#isPending(slot)) this.#addToTop(this.#timeOf(slot), slot);
    else this.#release(slot);
  }

  /** Twice as many slots; none are ever given back. */
  #grow(): void {
    assert(this.#capacity < SLOTS_MAX, 'more pending events than an event queue can hold');
    const capacity = this.#capacity * 2;
    this.#words = widened(this.#words, new Int32Array(capacity << WORDS_SHIFT));
    this.#times = new Float64Array(this.#words.buffer);
    this.#links = widened(this.#links, new Int32Array(capacity));
    this.#runTimes = widened(this.#runTimes, new Float64Array(2 * capacity));
    this.#runSlots = widened(this.#runSlots, new Int32Array(2 * capacity));
    this.#top = widened(this.#top, new Int32Array(capacity));
    this.#capacity = capacity;
  }
}

function widened<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
