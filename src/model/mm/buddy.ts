import { assert } from '../../base/assert.ts';
import type { KernelRules } from '../../kernel/kernel-profile.ts';
import { MIGRATE_HIGHATOMIC, MIGRATE_TYPES } from '../machine-config.ts';
import { NONE } from '../page-source.ts';
import type { PageFrames } from './page-frames.ts';
import type { Pageblocks } from './pageblocks.ts';
import { ORDERS, type Zone } from './zone.ts';

const ORDER_MAX = ORDERS - 1;

export type BuddyRules = Pick<KernelRules, 'highatomicMerges' | 'movedBlocksGoFirst'>;

/**
 * Free lists by zone, migratetype and order: smallest fit, split and merge.
 *
 * Models: mm/page_alloc.c __rmqueue_smallest, expand, __free_one_page, buddy_merge_likely,
 * move_freepages_block (4.17, 6.1, 6.12). Departs: no isolated pageblocks, no guard pages.
 */
export class Buddy {
  readonly frames: PageFrames;
  readonly pageblocks: Pageblocks;
  readonly #rules: BuddyRules;

  constructor(frames: PageFrames, pageblocks: Pageblocks, rules: BuddyRules) {
    this.frames = frames;
    this.pageblocks = pageblocks;
    this.#rules = rules;
  }

  /** First block of the smallest order that fits, split down to `order`; its pfn or NONE. */
  takeSmallest(zone: Zone, order: number, migratetype: number): number {
    const frames = this.frames;
    for (let k = order; k <= ORDER_MAX; k++) {
      const list = zone.list(migratetype, k);
      const pfn = frames.first(list);
      if (pfn === list) continue;
      this.#remove(zone, pfn, k);
      this.#split(zone, pfn, list, order);
      zone.addFree(-(1 << order));
      if (migratetype === MIGRATE_HIGHATOMIC) zone.freeHighatomic -= 1 << order;
      return pfn;
    }
    return NONE;
  }

  /** Takes this very block off its list (of `migratetype`) and splits it there. */
  takeBlock(zone: Zone, pfn: number, order: number, migratetype: number): void {
    const high = this.frames.freeOrder(pfn);
    assert(high >= order, 'taking a block that is not free');
    this.#remove(zone, pfn, high);
    this.#split(zone, pfn, zone.list(migratetype, high), order);
    zone.addFree(-(1 << order));
    if (migratetype === MIGRATE_HIGHATOMIC) zone.freeHighatomic -= 1 << order;
  }

  /** Frees a block as `migratetype`, merging with its free buddies. */
  free(zone: Zone, pfn: number, order: number, migratetype: number): void {
    zone.addFree(1 << order);
    if (migratetype === MIGRATE_HIGHATOMIC) zone.freeHighatomic += 1 << order;
    let head = pfn;
    let k = order;
    while (k < ORDER_MAX) {
      const buddy = head ^ (1 << k);
      if (!this.#mayMerge(zone, buddy, k, migratetype)) break;
      this.#remove(zone, buddy, k);
      if (1 << k >= zone.pageblockPages) this.#countMerged(zone, buddy, k, migratetype);
      head &= buddy;
      k++;
    }
    this.#insert(zone, head, k, migratetype, this.#mergeLikely(zone, head, k));
  }

  /** Puts a free block on a list's tail without merging: how a snapshot is laid out. */
  place(zone: Zone, pfn: number, order: number, migratetype: number): void {
    zone.addFree(1 << order);
    if (migratetype === MIGRATE_HIGHATOMIC) zone.freeHighatomic += 1 << order;
    this.#insert(zone, pfn, order, migratetype, true);
  }

  /** move_to_free_list(): one free block goes to another type's list. */
  moveBlock(zone: Zone, pfn: number, from: number, to: number): void {
    const order = this.frames.freeOrder(pfn);
    this.frames.unlink(pfn);
    if (this.#rules.movedBlocksGoFirst) this.frames.pushFront(zone.list(to, order), pfn);
    else this.frames.pushBack(zone.list(to, order), pfn);
    if (from === MIGRATE_HIGHATOMIC) zone.freeHighatomic -= 1 << order;
    if (to === MIGRATE_HIGHATOMIC) zone.freeHighatomic += 1 << order;
  }

  /**
   * move_freepages_block(): moves every free page of the block's pageblock to `to`.
   * Returns the pages moved; 0 when the pageblock reaches beyond the zone's end.
   */
  movePageblock(zone: Zone, pfn: number, to: number): number {
    const start = pfn - (pfn % zone.pageblockPages);
    const end = start + zone.pageblockPages;
    if (!zone.spans(end - 1)) return 0;
    const from = this.pageblocks.typeOf(pfn);
    let moved = 0;
    for (let at = zone.spans(start) ? start : pfn; at < end; ) {
      const order = this.frames.freeOrder(at);
      if (order < 0) {
        at++;
        continue;
      }
      this.moveBlock(zone, at, from, to);
      moved += 1 << order;
      at += 1 << order;
    }
    return moved;
  }

  hasBlock(zone: Zone, order: number, migratetype: number): boolean {
    return !this.frames.isEmpty(zone.list(migratetype, order));
  }

  /** Pages free as each migratetype and order: for tests and snapshots. Cold. */
  census(zone: Zone): number[][] {
    return Array.from({ length: MIGRATE_TYPES }, (_, type) =>
      Array.from({ length: ORDERS }, (_, order) => this.#count(zone.list(type, order))),
    );
  }

  #count(list: number): number {
    let blocks = 0;
    for (let pfn = this.frames.first(list); pfn !== list; pfn = this.frames.after(pfn)) blocks++;
    return blocks;
  }

  #remove(zone: Zone, pfn: number, order: number): void {
    this.frames.unlink(pfn);
    this.frames.markInUse(pfn);
    zone.freeBlocks[order]!--;
  }

  #insert(zone: Zone, pfn: number, order: number, migratetype: number, toTail: boolean): void {
    const list = zone.list(migratetype, order);
    if (toTail) this.frames.pushBack(list, pfn);
    else this.frames.pushFront(list, pfn);
    this.frames.markFree(pfn, order);
    zone.freeBlocks[order]!++;
  }

  /**
   * Upper halves of a block that came from `list` go to the heads of the lists of lower order
   * (which stand just before it); the lowest part is handed out.
   */
  #split(zone: Zone, pfn: number, list: number, order: number): void {
    const frames = this.frames;
    const high = (list - zone.lists) % ORDERS;
    for (let k = high - 1; k >= order; k--) {
      const upper = pfn + (1 << k);
      frames.pushFront(list - (high - k), upper);
      frames.markFree(upper, k);
      zone.freeBlocks[k]!++;
    }
  }

  /** Since 5.19 a pageblock that is free merges with no highatomic one, nor the other way round. */
  #mayMerge(zone: Zone, buddy: number, order: number, migratetype: number): boolean {
    if (!zone.spans(buddy) || !this.frames.isFreeBlock(buddy, order)) return false;
    if (1 << order < zone.pageblockPages || this.#rules.highatomicMerges) return true;
    const buddyType = this.pageblocks.typeOf(buddy);
    return (
      migratetype === buddyType ||
      (migratetype !== MIGRATE_HIGHATOMIC && buddyType !== MIGRATE_HIGHATOMIC)
    );
  }

  /** A whole pageblock goes over to another type's list. */
  #countMerged(zone: Zone, buddy: number, order: number, migratetype: number): void {
    const buddyType = this.pageblocks.typeOf(buddy);
    if (buddyType === migratetype) return;
    if (buddyType === MIGRATE_HIGHATOMIC) zone.freeHighatomic -= 1 << order;
    if (migratetype === MIGRATE_HIGHATOMIC) zone.freeHighatomic += 1 << order;
  }

  /** The next larger buddy is free: likely to merge soon, so the block goes to the tail. */
  #mergeLikely(zone: Zone, head: number, order: number): boolean {
    if (order >= ORDER_MAX - 1) return false;
    const parent = head & ~(1 << order);
    const higher = parent ^ (1 << (order + 1));
    return zone.spans(higher) && this.frames.isFreeBlock(higher, order + 1);
  }
}
