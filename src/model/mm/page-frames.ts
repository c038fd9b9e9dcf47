import { assert } from '../../base/assert.ts';

// Page frames in columns, by pfn; one sentinel row a list behind the last frame.
//
//            0 ─────────────── frames ─ frames + lists
//   next     │ pfn or sentinel │ first pfn of the list │   Int32  4 B
//   prev     │ pfn or sentinel │ last pfn of the list  │   Int32  4 B
//   owner    │ see ownerOf     │                           Int32  4 B
//   state    │ what it is doing│                           Uint8  1 B
//   flags    │ PAGE_… bits     │                           Uint8  1 B   14 B a frame
//
//   state:  0          in use (or kept by boot)
//           1 … 11     head of a free buddy block of order state − 1
//           16 + t     on a per-CPU list, freed as migratetype t (head of a pcp block)
//           32         on an LRU list
//           33         in use and movable, by somebody outside the model (user memory of boot)
//
// Lists are circular through their sentinel, so that a page leaves its list in O(1) without
// anybody knowing which list it is on, as in the kernel.

/** Frame states other than a free block's. */
export const FRAME_IN_USE = 0;
export const FRAME_LRU = 32;
export const FRAME_MOVABLE = 33;
const FRAME_PCP = 16;
const ORDERS_MAX = 11;

export const NO_OWNER = -1;

/** What is true of a page on the LRU lists: bits of its flags. */
export const PAGE_REFERENCED = 1;
export const PAGE_DIRTY = 2;
export const PAGE_WRITEBACK = 4;
export const PAGE_ACTIVE = 8;
/** It shall be freed as soon as its write is done. */
export const PAGE_RECLAIM = 16;
export const PAGE_ANON = 32;
/** A page-table entry that maps it was accessed since somebody looked. */
export const PAGE_YOUNG = 64;
/** It was active, or its refault distance said that it should be. */
export const PAGE_WORKINGSET = 128;

/**
 * Every page frame of the machine and the lists that thread them.
 *
 * Models: struct page's list links, PageBuddy with its order, the stored pcp migratetype, the
 * slab pointer or the mapping, and the flags that reclaim reads (6.1).
 * Departs: 14 bytes a frame; flags and counts nobody reads are absent.
 */
export class PageFrames {
  readonly frames: number;
  readonly #next: Int32Array;
  readonly #prev: Int32Array;
  readonly #owner: Int32Array;
  readonly #state: Uint8Array;
  readonly #flags: Uint8Array;
  #lists = 0;

  constructor(frames: number, lists: number) {
    this.frames = frames;
    this.#next = new Int32Array(frames + lists);
    this.#prev = new Int32Array(frames + lists);
    this.#owner = new Int32Array(frames).fill(NO_OWNER);
    this.#state = new Uint8Array(frames);
    this.#flags = new Uint8Array(frames);
  }

  /** Makes `count` empty lists; returns the first one's number. */
  addLists(count: number): number {
    const first = this.frames + this.#lists;
    assert(first + count <= this.#next.length, 'more page lists than planned');
    for (let list = first; list < first + count; list++) {
      this.#next[list] = list;
      this.#prev[list] = list;
    }
    this.#lists += count;
    return first;
  }

  isEmpty(list: number): boolean {
    return this.#next[list] === list;
  }

  /** The first pfn of a list, or the list's own number when it is empty. */
  first(list: number): number {
    return this.#next[list]!;
  }

  last(list: number): number {
    return this.#prev[list]!;
  }

  /** The pfn behind this one, or the list's number at its end. */
  after(pfn: number): number {
    return this.#next[pfn]!;
  }

  /** The pfn before this one, or the list's number at its beginning. */
  before(pfn: number): number {
    return this.#prev[pfn]!;
  }

  pushFront(list: number, pfn: number): void {
    const first = this.#next[list]!;
    this.#next[pfn] = first;
    this.#prev[pfn] = list;
    this.#prev[first] = pfn;
    this.#next[list] = pfn;
  }

  pushBack(list: number, pfn: number): void {
    const last = this.#prev[list]!;
    this.#prev[pfn] = last;
    this.#next[pfn] = list;
    this.#next[last] = pfn;
    this.#prev[list] = pfn;
  }

  unlink(pfn: number): void {
    const next = this.#next[pfn]!;
    const prev = this.#prev[pfn]!;
    this.#next[prev] = next;
    this.#prev[next] = prev;
  }

  /** Off its list and threaded through itself: on no list, and that can be seen. */
  isolate(pfn: number): void {
    this.#next[pfn] = pfn;
    this.#prev[pfn] = pfn;
  }

  /** Order of the free block that starts here, or −1 when none does. */
  freeOrder(pfn: number): number {
    const state = this.#state[pfn]!;
    return state >= 1 && state <= ORDERS_MAX ? state - 1 : -1;
  }

  /** True when a free block of exactly this order starts here. */
  isFreeBlock(pfn: number, order: number): boolean {
    return this.#state[pfn] === order + 1;
  }

  isOnPcp(pfn: number): boolean {
    const state = this.#state[pfn]!;
    return state >= FRAME_PCP && state < FRAME_LRU;
  }

  isOnLru(pfn: number): boolean {
    return this.#state[pfn] === FRAME_LRU;
  }

  /** In use, and reclaim or compaction could move it away. */
  isMovable(pfn: number): boolean {
    return this.#state[pfn]! >= FRAME_LRU;
  }

  /** The migratetype as which a pcp page was freed. */
  pcpMigratetype(pfn: number): number {
    return this.#state[pfn]! - FRAME_PCP;
  }

  markFree(pfn: number, order: number): void {
    this.#state[pfn] = order + 1;
  }

  markPcp(pfn: number, migratetype: number): void {
    this.#state[pfn] = FRAME_PCP + migratetype;
  }

  markLru(pfn: number): void {
    this.#state[pfn] = FRAME_LRU;
  }

  markMovable(pfn: number): void {
    this.#state[pfn] = FRAME_MOVABLE;
  }

  markInUse(pfn: number): void {
    this.#state[pfn] = FRAME_IN_USE;
  }

  flagsOf(pfn: number): number {
    return this.#flags[pfn]!;
  }

  /** Any of these flags is set. */
  hasFlag(pfn: number, flags: number): boolean {
    return (this.#flags[pfn]! & flags) !== 0;
  }

  setFlag(pfn: number, flags: number): void {
    this.#flags[pfn]! |= flags;
  }

  clearFlag(pfn: number, flags: number): void {
    this.#flags[pfn]! &= ~flags;
  }

  /** All flags but these are gone. */
  resetFlags(pfn: number, flags: number): void {
    this.#flags[pfn] = flags;
  }

  /**
   * Who owns this head frame: a slab slot, a virtual page, a page of a file; −2 − slot while only
   * the swap cache does; NO_OWNER.
   */
  ownerOf(pfn: number): number {
    return this.#owner[pfn]!;
  }

  setOwner(pfn: number, owner: number): void {
    this.#owner[pfn] = owner;
  }
}
