import { assert } from '../base/assert.ts';
import { type EventRecords, NONE } from './event-records.ts';

/*
 * A rung is a row of buckets of one width; a lower rung is one bucket of the rung above it, cut
 * finer. Their buckets stand one after another in `heads`:
 *
 *   rung 0   |  done  |  done  |  taken  |    5    |    6    |  …       buckets of 2^20 ns
 *   rung 1                     | d | 1 | 2 | 3 | 4 |                    of 2^14 ns
 *   earlier than the first bucket of the lowest rung that is not taken: the sorted run
 *
 * A bucket is a list of slots, newest first: to add one is two writes. Widths are powers of two
 * and times are whole, so the bucket of a time is exact: an event can never fall on the wrong
 * side of an edge.
 */
const RUNGS_MAX = 32;
const BUCKETS_AT_FIRST = 1024;

/** The middle of the ladder: events by bucket, unsorted within one. */
export class LadderRungs {
  readonly #records: EventRecords;
  #heads = new Int32Array(BUCKETS_AT_FIRST).fill(NONE);
  #depth = 0;
  readonly #starts = new Float64Array(RUNGS_MAX);
  readonly #widths = new Float64Array(RUNGS_MAX);
  readonly #perWidth = new Float64Array(RUNGS_MAX);
  /** Start of the first bucket that is not taken. */
  readonly #openFrom = new Float64Array(RUNGS_MAX);
  /** Where in `heads` the rung's first bucket, its first open one, and its last one stand. */
  readonly #firsts = new Int32Array(RUNGS_MAX);
  readonly #opens = new Int32Array(RUNGS_MAX);
  readonly #lasts = new Int32Array(RUNGS_MAX);

  constructor(records: EventRecords) {
    this.#records = records;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Adds an event to the bucket of its time; false when that is earlier than every bucket. */
  add(timeNs: number, slot: number): boolean {
    for (let rung = 0; rung < this.#depth; rung++) {
      if (timeNs < this.#openFrom[rung]!) continue;
      this.#push(rung, timeNs, slot);
      return true;
    }
    return false;
  }

  /** Takes the earliest bucket's list; NONE, and no rung is left, when there is none. */
  takeBucket(): number {
    while (this.#depth > 0) {
      const rung = this.#depth - 1;
      const last = this.#lasts[rung]!;
      const bucket = firstUsed(this.#heads, this.#opens[rung]!, last);
      if (bucket >= last) this.#depth--;
      if (bucket > last) continue;
      const head = this.#heads[bucket]!;
      this.#heads[bucket] = NONE;
      this.#opens[rung] = bucket + 1;
      const taken = bucket + 1 - this.#firsts[rung]!;
      this.#openFrom[rung] = this.#starts[rung]! + taken * this.#widths[rung]!;
      return head;
    }
    return NONE;
  }

  /**
   * Makes the lowest rung, to be filled with `count` events of these times: about a bucket for
   * each. Later ones up to the end of the bucket that it divides go into its last bucket.
   */
  addRung(firstNs: number, lastNs: number, count: number): void {
    assert(this.#depth < RUNGS_MAX, 'a ladder of events is deeper than its bound');
    const width = widthOf((lastNs - firstNs) / count);
    const buckets = Math.floor((lastNs - firstNs) / width) + 1;
    const rung = this.#depth++;
    const first = rung === 0 ? 0 : this.#lasts[rung - 1]! + 1;
    if (first + buckets > this.#heads.length) this.#grow(first + buckets);
    this.#starts[rung] = firstNs;
    this.#openFrom[rung] = firstNs;
    this.#widths[rung] = width;
    this.#perWidth[rung] = 1 / width;
    this.#firsts[rung] = first;
    this.#opens[rung] = first;
    this.#lasts[rung] = first + buckets - 1;
  }

  /** To the lowest rung. */
  addLowest(timeNs: number, slot: number): void {
    this.#push(this.#depth - 1, timeNs, slot);
  }

  clear(): void {
    this.#depth = 0;
    this.#heads.fill(NONE);
  }

  #push(rung: number, timeNs: number, slot: number): void {
    const index = Math.floor((timeNs - this.#starts[rung]!) * this.#perWidth[rung]!);
    const bucket = Math.min(this.#firsts[rung]! + index, this.#lasts[rung]!);
    this.#records.linkNext(slot, this.#heads[bucket]!);
    this.#heads[bucket] = slot;
  }

  #grow(buckets: number): void {
    const heads = new Int32Array(buckets * 2).fill(NONE);
    heads.set(this.#heads);
    this.#heads = heads;
  }
}

/** The first bucket of `from` … `last` with an event, or last + 1. */
function firstUsed(heads: Int32Array, from: number, last: number): number {
  let bucket = from;
  while (bucket <= last && heads[bucket] === NONE) bucket++;
  return bucket;
}

/** The smallest power of two that is at least `span`, and at least 1. */
function widthOf(span: number): number {
  let width = 1;
  while (width < span) width *= 2;
  return width;
}
