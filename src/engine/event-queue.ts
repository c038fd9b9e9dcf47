import { assert } from '../base/assert.ts';
import { EventRecords, NONE } from './event-records.ts';
import { LadderRungs } from './ladder-rungs.ts';
import { SortedRun } from './sorted-run.ts';

/** A handle that no event ever has. */
export const NO_EVENT = -1;

/** A run longer than this is cut into buckets instead of being sorted. */
const RUN_MAX = 48;
/** Late events may cut the run only while this few rungs stand: a bucket needs up to 12 more. */
const CUT_DEPTH_MAX = 16;
/** Cancelled events are swept out when there are more of them than pending ones, and than this. */
const CANCELLED_MAX = 64;

export class EventQueue {
  /** The event that `next` took out; `time` is also the earliest time that may be scheduled. */
  time = 0;
  kind = 0;
  a = 0;
  b = 0;
  /** Events that are pending. */
  size = 0;

  readonly #records = new EventRecords();
  readonly #rungs = new LadderRungs(this.#records);
  readonly #run = new SortedRun();
  /** Slots in the order of their scheduling, all at or after topFrom. */
  #top = new Int32Array(this.#records.capacity);
  #topCount = 0;
  #topFrom = 0;
  #topFirstTime = Number.POSITIVE_INFINITY;
  #topLastTime = 0;
  #cancelled = 0;

  schedule(timeNs: number, kind: number, a: number, b: number): number {
    assert(timeNs >= this.time, 'an event was scheduled before the one that happened last');
    assert(timeNs <= Number.MAX_SAFE_INTEGER, 'an event was scheduled beyond 2^53 ns');
    assert(timeNs === Math.floor(timeNs), 'an event was scheduled at a fraction of a nanosecond');
    const slot = this.#records.take(timeNs, kind, a, b);
    this.size++;
    if (timeNs >= this.#topFrom) this.#addToTop(timeNs, slot);
    else if (!this.#rungs.add(timeNs, slot)) this.#addToRun(timeNs, slot);
    return this.#records.handleOf(slot);
  }

  /** False, and nothing changes, when the event already happened or was cancelled before. */
  cancel(handle: number): boolean {
    const slot = this.#records.slotOf(handle);
    if (slot === NONE) return false;
    this.#records.cancel(slot);
    this.size--;
    this.#cancelled++;
    if (this.#cancelled > CANCELLED_MAX && this.#cancelled > this.size) this.#sweep();
    return true;
  }

  /** Takes the first event out into the public fields; false when none is due up to `lastNs`. */
  next(lastNs = Number.POSITIVE_INFINITY): boolean {
    if (!this.#settle()) return false;
    const run = this.#run;
    const timeNs = run.firstTime();
    if (timeNs > lastNs) return false;
    const records = this.#records;
    const slot = run.shift();
    this.time = timeNs;
    this.kind = records.kindOf(slot);
    this.a = records.aOf(slot);
    this.b = records.bOf(slot);
    this.size--;
    records.release(slot);
    return true;
  }

  /** When the first pending event is due; Infinity when nothing is pending. */
  firstTime(): number {
    return this.#settle() ? this.#run.firstTime() : Number.POSITIVE_INFINITY;
  }

  /** Nothing is pending, the time is 0 and all handles are stale. */
  clear(): void {
    this.#records.releaseAll();
    this.#rungs.clear();
    this.#run.clear();
    this.#emptyTop(0);
    this.time = 0;
    this.size = 0;
    this.#cancelled = 0;
  }

  #addToTop(timeNs: number, slot: number): void {
    if (this.#topCount === this.#top.length) this.#growTop();
    this.#top[this.#topCount++] = slot;
    if (timeNs < this.#topFirstTime) this.#topFirstTime = timeNs;
    if (timeNs > this.#topLastTime) this.#topLastTime = timeNs;
  }

  #growTop(): void {
    const top = new Int32Array(this.#records.capacity);
    top.set(this.#top);
    this.#top = top;
  }

  #emptyTop(fromNs: number): void {
    this.#topCount = 0;
    this.#topFrom = fromNs;
    this.#topFirstTime = Number.POSITIVE_INFINITY;
    this.#topLastTime = 0;
  }

  #addToRun(timeNs: number, slot: number): void {
    const run = this.#run;
    run.insert(timeNs, slot);
    if (run.count <= RUN_MAX || this.#rungs.depth >= CUT_DEPTH_MAX) return;
    if (run.firstTime() < run.lastTime()) this.#cutRun(run.firstTime(), run.lastTime());
  }

  /** Makes the first pending event the first of the run; false when nothing is pending. */
  #settle(): boolean {
    const run = this.#run;
    const records = this.#records;
    while (run.count > 0 || this.#fillRun()) {
      if (records.isPending(run.firstSlot())) return true;
      records.release(run.shift());
      this.#cancelled--;
    }
    return false;
  }

  /** Gets the next events into the empty run; false when there are none anywhere. */
  #fillRun(): boolean {
    for (;;) {
      const newest = this.#rungs.takeBucket();
      if (newest !== NONE) this.#moveBucket(newest);
      else if (this.#topCount > 0) this.#moveTop();
      else {
        this.#topFrom = this.time;
        return false;
      }
      if (this.#run.count > 0) return true;
    }
  }

  #moveBucket(newest: number): void {
    const run = this.#run;
    run.fill(this.#records, newest);
    if (run.count <= RUN_MAX) run.sort();
    else this.#cutUnsortedRun();
  }

  #cutUnsortedRun(): void {
    const run = this.#run;
    let firstNs = run.timeAt(0);
    let lastNs = firstNs;
    for (let i = 1; i < run.count; i++) {
      const timeNs = run.timeAt(i);
      if (timeNs < firstNs) firstNs = timeNs;
      if (timeNs > lastNs) lastNs = timeNs;
    }
    // Equal times are in order as they are.
    if (firstNs < lastNs) this.#cutRun(firstNs, lastNs);
  }

  /** Moves the run, whose ties are in order, into a new lowest rung. */
  #cutRun(firstNs: number, lastNs: number): void {
    const run = this.#run;
    const rungs = this.#rungs;
    rungs.addRung(firstNs, lastNs, run.count);
    for (let i = 0; i < run.count; i++) rungs.addLowest(run.timeAt(i), run.slotAt(i));
    run.clear();
  }

  /** Moves the top, whose ties are in order, to the run or to the highest rung. */
  #moveTop(): void {
    const firstNs = this.#topFirstTime;
    const lastNs = this.#topLastTime;
    const count = this.#topCount;
    this.#emptyTop(lastNs);
    if (count <= RUN_MAX || firstNs === lastNs) {
      for (let i = 0; i < count; i++) this.#run.insert(this.#topTime(i), this.#top[i]!);
    } else {
      this.#rungs.addRung(firstNs, lastNs, count);
      for (let i = 0; i < count; i++) this.#rungs.addLowest(this.#topTime(i), this.#top[i]!);
    }
  }

  #topTime(index: number): number {
    return this.#records.timeOf(this.#top[index]!);
  }

  /** Drops the cancelled events. All others go back to the top, what stood below it first. */
  #sweep(): void {
    const run = this.#run;
    const all = this.size + this.#cancelled;
    const below = all - this.#topCount;
    while (this.#top.length < all) this.#growTop();
    this.#top.copyWithin(below, 0, this.#topCount);
    this.#emptyTop(this.time);
    let newest = NONE;
    do {
      for (let i = 0; i < run.count; i++) this.#keepOrRelease(run.slotAt(i));
      run.clear();
      newest = this.#rungs.takeBucket();
      if (newest !== NONE) run.fill(this.#records, newest);
    } while (newest !== NONE);
    for (let i = below; i < all; i++) this.#keepOrRelease(this.#top[i]!);
    this.#cancelled = 0;
  }

  #keepOrRelease(slot: number): void {
    if (this.#records.isPending(slot)) this.#addToTop(this.#records.timeOf(slot), slot);
    else this.#records.release(slot);
  }
}
