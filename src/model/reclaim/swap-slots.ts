import { NONE } from '../page-source.ts';

// The swap area in columns.
//
//              slot 0 │ slot 1 │ …
//   inUse      an entry or the cache refers to it            Uint8
//   cached     the page in memory that has its content       Int32, NONE: none
//   shadow     of the page that was evicted                  Int32, NONE: none
//              node 0 (its slots) │ node 1 │ …
//   entries    cached pages and shadows below the node       Uint8
//   handle     the node's own memory                         Int32, NONE: not there

/**
 * Which slots are taken, and which pages in memory they belong to.
 *
 * Models: swap_map, the swap cache's radix tree or xarray with its shadows (mm/swapfile.c,
 * mm/swap_state.c, 4.17, 6.1, 6.12). Departs: one entry a slot; slots are handed out next to each
 * other, without clusters and per-CPU caches; only the tree's lowest nodes exist.
 */
export class SwapSlots {
  readonly total: number;
  free: number;
  /** RADIX_TREE_MAP_SIZE, XA_CHUNK_SIZE. */
  readonly #slotsPerNode: number;
  readonly #inUse: Uint8Array;
  readonly #cached: Int32Array;
  readonly #shadow: Int32Array;
  readonly #entries: Uint8Array;
  readonly #handle: Int32Array;
  #next = 0;

  constructor(total: number, slotsPerNode: number) {
    this.total = total;
    this.free = total;
    this.#slotsPerNode = slotsPerNode;
    this.#inUse = new Uint8Array(total);
    this.#cached = new Int32Array(total).fill(NONE);
    this.#shadow = new Int32Array(total).fill(NONE);
    const nodes = Math.ceil(total / slotsPerNode);
    this.#entries = new Uint8Array(nodes);
    this.#handle = new Int32Array(nodes).fill(NONE);
  }

  /** get_swap_page(): the next free slot behind the last one handed out, or NONE. */
  take(): number {
    if (this.free === 0) return NONE;
    while (this.#inUse[this.#next] === 1) this.#advance();
    const slot = this.#next;
    this.#advance();
    this.#inUse[slot] = 1;
    this.free--;
    return slot;
  }

  /** swap_range_free(), with its shadow; the handle of a node that is empty now, or NONE. */
  giveBack(slot: number): number {
    this.#inUse[slot] = 0;
    this.free++;
    if (this.#shadow[slot] === NONE) return NONE;
    this.#shadow[slot] = NONE;
    return this.#drop(slot);
  }

  pageOf(slot: number): number {
    return this.#cached[slot]!;
  }

  /** The node above this slot has its memory. */
  hasNode(slot: number): boolean {
    return this.#handle[(slot / this.#slotsPerNode) | 0] !== NONE;
  }

  setNode(slot: number, handle: number): void {
    this.#handle[(slot / this.#slotsPerNode) | 0] = handle;
  }

  enter(slot: number, pfn: number): void {
    this.#cached[slot] = pfn;
    this.#entries[(slot / this.#slotsPerNode) | 0]!++;
  }

  /** The page leaves the cache; the handle of a node that is empty now, or NONE. */
  leave(slot: number): number {
    this.#cached[slot] = NONE;
    return this.#drop(slot);
  }

  /** workingset_eviction(): the page leaves the cache, and its shadow stays. */
  evict(slot: number, shadow: number): void {
    this.#cached[slot] = NONE;
    this.#shadow[slot] = shadow;
  }

  /** What the page that was evicted has left, or NONE. */
  shadowOf(slot: number): number {
    return this.#shadow[slot]!;
  }

  #drop(slot: number): number {
    const node = (slot / this.#slotsPerNode) | 0;
    this.#entries[node]!--;
    if (this.#entries[node] !== 0) return NONE;
    const handle = this.#handle[node]!;
    this.#handle[node] = NONE;
    return handle;
  }

  #advance(): void {
    this.#next = this.#next + 1 === this.total ? 0 : this.#next + 1;
  }
}
