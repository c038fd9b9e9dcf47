import { NONE } from '../page-source.ts';

/** Slots of one node of the swap cache's tree: RADIX_TREE_MAP_SIZE, XA_CHUNK_SIZE. */
export const SLOTS_PER_NODE = 64;

// The swap area in columns.
//
//              slot 0 │ slot 1 │ …
//   inUse      an entry or the cache refers to it            Uint8
//   cached     the page in memory that has its content       Int32, NONE: none
//              node 0 (slots 0 … 63) │ node 1 │ …
//   pages      cached pages below the node                   Uint8
//   handle     the node's own memory                         Int32, NONE: not there

/**
 * Which slots are taken, and which pages in memory they belong to.
 *
 * Models: swap_map, the swap cache's radix tree or xarray (mm/swapfile.c, mm/swap_state.c, 4.17,
 * 6.1, 6.12). Departs: one entry a slot; slots are handed out next to each other, without
 * clusters and per-CPU caches; only the tree's lowest nodes exist.
 */
export class SwapSlots {
  readonly total: number;
  free: number;
  readonly #inUse: Uint8Array;
  readonly #cached: Int32Array;
  readonly #pages: Uint8Array;
  readonly #handle: Int32Array;
  #next = 0;

  constructor(total: number) {
    this.total = total;
    this.free = total;
    this.#inUse = new Uint8Array(total);
    this.#cached = new Int32Array(total).fill(NONE);
    const nodes = Math.ceil(total / SLOTS_PER_NODE);
    this.#pages = new Uint8Array(nodes);
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

  giveBack(slot: number): void {
    this.#inUse[slot] = 0;
    this.free++;
  }

  pageOf(slot: number): number {
    return this.#cached[slot]!;
  }

  /** The node above this slot has its memory. */
  hasNode(slot: number): boolean {
    return this.#handle[(slot / SLOTS_PER_NODE) | 0] !== NONE;
  }

  setNode(slot: number, handle: number): void {
    this.#handle[(slot / SLOTS_PER_NODE) | 0] = handle;
  }

  enter(slot: number, pfn: number): void {
    this.#cached[slot] = pfn;
    this.#pages[(slot / SLOTS_PER_NODE) | 0]!++;
  }

  /** The page leaves the cache; the node's handle when it is empty now, else NONE. */
  leave(slot: number): number {
    const node = (slot / SLOTS_PER_NODE) | 0;
    this.#cached[slot] = NONE;
    this.#pages[node]!--;
    if (this.#pages[node] !== 0) return NONE;
    const handle = this.#handle[node]!;
    this.#handle[node] = NONE;
    return handle;
  }

  #advance(): void {
    this.#next = this.#next + 1 === this.total ? 0 : this.#next + 1;
  }
}
