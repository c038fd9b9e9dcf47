// Dirty pages in the order in which they became dirty, as a ring in columns.
//
//   pfn      │ … head ── tail … │   Int32
//   sinceNs  │                  │   Float64
//
// A page that was cleaned meanwhile stays in line until its turn; whoever takes it looks.

const FIRST_CAPACITY = 256;

/**
 * The line of dirty pages.
 *
 * Models: wb->b_dirty with dirtied_when (fs/fs-writeback.c). Departs: pages, not inodes.
 */
export class DirtyPages {
  #pfns = new Int32Array(FIRST_CAPACITY);
  #since = new Float64Array(FIRST_CAPACITY);
  #head = 0;
  #count = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  add(pfn: number, nowNs: number): void {
    if (this.#count === this.#pfns.length) this.#grow();
    const at = (this.#head + this.#count) % this.#pfns.length;
    this.#pfns[at] = pfn;
    this.#since[at] = nowNs;
    this.#count++;
  }

  /** The one that stands first. */
  take(): number {
    const pfn = this.#pfns[this.#head]!;
    this.#head = (this.#head + 1) % this.#pfns.length;
    this.#count--;
    return pfn;
  }

  /** Since when the first one stands; infinite: nobody does. */
  oldestNs(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#since[this.#head]!;
  }

  #grow(): void {
    const capacity = this.#pfns.length;
    const pfns = new Int32Array(2 * capacity);
    const since = new Float64Array(2 * capacity);
    for (let i = 0; i < this.#count; i++) {
      pfns[i] = this.#pfns[(this.#head + i) % capacity]!;
      since[i] = this.#since[(this.#head + i) % capacity]!;
    }
    this.#pfns = pfns;
    this.#since = since;
    this.#head = 0;
  }
}
