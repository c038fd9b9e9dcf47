import { NONE } from '../page-source.ts';

const FIRST_CAPACITY = 1024;

const LIVE = 1;
/** Nothing was ever written to it. */
const ZEROED = 2;
/** A scan has seen its checksum. */
const CHECKED = 4;
const REPORTED = 8;
/** Its last pointer is lost. */
const LEAKED = 16;

/** min_count of an object that is never reported, nor scanned. */
export const BLACK = -1;

/**
 * What a scan knows of tracked objects, in columns by metadata slot.
 *
 *   slot        0     1     2    …
 *   #created    ns    ns    –         when it was allocated
 *   #flags      LIVE │ ZEROED │ CHECKED │ REPORTED │ LEAKED
 *   #minCount   1     2     –         pointers that it needs to be gray
 *   #roots      1     0     –         pointers to it from memory that is always scanned
 *   #holds      –     0     –         the object that it points to, NONE
 *   #count      1     1     –         pointers found by the scan in hand
 *
 * **Models:** mm/kmemleak.c, struct kmemleak_object's count, min_count, jiffies, checksum and
 * flags, 4.17 to 6.12. **Departs:** an object points to one other at most; contents are all
 * zero or written once.
 */
export class ScanObjects {
  #created = new Float64Array(FIRST_CAPACITY);
  #flags = new Uint8Array(FIRST_CAPACITY);
  #minCount = new Int8Array(FIRST_CAPACITY);
  #roots = new Uint8Array(FIRST_CAPACITY);
  #holds = new Int32Array(FIRST_CAPACITY);
  #count = new Uint8Array(FIRST_CAPACITY);
  #slots = 0;

  /** One more than the largest slot ever used. */
  get slots(): number {
    return this.#slots;
  }

  add(slot: number, nowNs: number, about: { isZeroed: boolean; minCount: number }): void {
    while (slot >= this.#flags.length) this.#grow();
    if (slot >= this.#slots) this.#slots = slot + 1;
    this.#created[slot] = nowNs;
    this.#flags[slot] = about.isZeroed ? LIVE | ZEROED : LIVE;
    this.#minCount[slot] = about.minCount;
    this.#roots[slot] = 1;
    this.#holds[slot] = NONE;
  }

  remove(slot: number): void {
    this.#flags[slot] = 0;
  }

  isLive(slot: number): boolean {
    return (this.#flags[slot]! & LIVE) !== 0;
  }

  /** A pointer from scanned memory appears or is gone. */
  addRoot(slot: number, pointers: number): void {
    this.#roots[slot]! += pointers;
  }

  leak(slot: number): void {
    this.#roots[slot]!--;
    this.#flags[slot]! |= LEAKED;
  }

  isLeaked(slot: number): boolean {
    return (this.#flags[slot]! & LEAKED) !== 0;
  }

  setHeld(slot: number, held: number): void {
    this.#holds[slot] = held;
  }

  heldBy(slot: number): number {
    return this.#holds[slot]!;
  }

  createdNs(slot: number): number {
    return this.#created[slot]!;
  }

  /** The scan starts: what points to the objects from outside. */
  resetCount(slot: number): void {
    this.#count[slot] = this.#roots[slot]!;
  }

  /** update_refs(): a pointer was found; true when it turned the object gray. */
  countPointer(slot: number): boolean {
    const was = this.isGray(slot);
    this.#count[slot]!++;
    return !was && this.isGray(slot);
  }

  /** It is read, and not reported, by this scan alone. */
  paintGray(slot: number): void {
    this.#count[slot] = this.#minCount[slot]!;
  }

  /** color_gray(): also what is never reported, but scanned. */
  isGray(slot: number): boolean {
    const least = this.#minCount[slot]!;
    return least !== BLACK && this.#count[slot]! >= least;
  }

  isWhite(slot: number): boolean {
    return this.#minCount[slot] !== BLACK && !this.isGray(slot);
  }

  /** update_checksum(): has it changed since the last scan? The first value is `initial`. */
  checksumChanged(slot: number, initial: number): boolean {
    const isFirst = (this.#flags[slot]! & CHECKED) === 0;
    this.#flags[slot]! |= CHECKED;
    // The CRC of zeroes, without inversion, is 0; that of other contents neither 0 nor all ones.
    return isFirst && ((this.#flags[slot]! & ZEROED) === 0 || initial !== 0);
  }

  /** True the first time. */
  report(slot: number): boolean {
    if ((this.#flags[slot]! & REPORTED) !== 0) return false;
    this.#flags[slot]! |= REPORTED;
    return true;
  }

  #grow(): void {
    const capacity = this.#flags.length * 2;
    this.#created = widened(this.#created, new Float64Array(capacity));
    this.#flags = widened(this.#flags, new Uint8Array(capacity));
    this.#minCount = widened(this.#minCount, new Int8Array(capacity));
    this.#roots = widened(this.#roots, new Uint8Array(capacity));
    this.#holds = widened(this.#holds, new Int32Array(capacity));
    this.#count = widened(this.#count, new Uint8Array(capacity));
  }
}

function widened<T extends Float64Array | Uint8Array | Int8Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
