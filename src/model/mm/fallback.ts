import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import {
  MIGRATE_HIGHATOMIC,
  MIGRATE_MOVABLE,
  MIGRATE_RECLAIMABLE,
  MIGRATE_UNMOVABLE,
} from '../machine-config.ts';
import { NONE } from '../page-source.ts';
import type { Buddy } from './buddy.ts';
import { ORDERS, type Zone } from './zone.ts';

/** Whose blocks a migratetype may take when it has none itself, in order. */
const FALLBACKS: readonly (readonly [number, number])[] = [
  [MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE],
  [MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE],
  [MIGRATE_UNMOVABLE, MIGRATE_MOVABLE],
];

/**
 * Taking blocks of another migratetype, and the boost that it raises.
 *
 * Models: mm/page_alloc.c __rmqueue, __rmqueue_fallback, find_suitable_fallback,
 * steal_suitable_fallback, boost_watermark (4.17, 6.1); __rmqueue_claim, try_to_claim_block,
 * __rmqueue_steal (6.12). Departs: no CMA; mobility grouping is always on; a bulk refill of
 * 6.12 starts each page at the claim step instead of remembering where the last one ended.
 */
export class Fallback {
  readonly #buddy: Buddy;
  readonly #claims: boolean;
  readonly #noFragment: number;
  readonly #kswapd: number;
  readonly #blockOrder: number;
  /** Steals of another type's block so far. */
  steals = 0;

  constructor(buddy: Buddy, kernel: KernelProfile) {
    this.#buddy = buddy;
    this.#claims = kernel.rules.fallback === 'claim-or-steal';
    this.#noFragment = kernel.alloc.NOFRAGMENT;
    this.#kswapd = kernel.alloc.KSWAPD;
    this.#blockOrder = buddy.pageblocks.order;
  }

  /** A block of `order` for `migratetype`, its own or another's; its pfn or NONE. */
  take(zone: Zone, order: number, migratetype: number, allocFlags: number): number {
    const pfn = this.#buddy.takeSmallest(zone, order, migratetype);
    if (pfn !== NONE) return pfn;
    if (this.#claims) return this.#claimOrSteal(zone, order, migratetype, allocFlags);
    return this.#convert(zone, order, migratetype, allocFlags)
      ? this.#buddy.takeSmallest(zone, order, migratetype)
      : NONE;
  }

  /** find_suitable_fallback(): a block of another type, whose pageblock could be taken over. */
  couldTake(zone: Zone, order: number, migratetype: number): boolean {
    return (
      this.#mayTakeWhole(order, migratetype) && this.#sourceOf(zone, order, migratetype) !== NONE
    );
  }

  /** 4.17, 6.1: moves one block to the wanted type, the largest first; false when none is left. */
  #convert(zone: Zone, order: number, type: number, allocFlags: number): boolean {
    let k = ORDERS - 1;
    const lowest = this.#lowestOrder(order, allocFlags);
    while (k >= lowest && this.#sourceOf(zone, k, type) === NONE) k--;
    if (k < lowest) return false;
    if (!this.#mayTakeWhole(k, type) && type === MIGRATE_MOVABLE && k > order) {
      // A movable page pollutes least in the smallest block that holds it.
      k = order;
      while (this.#sourceOf(zone, k, type) === NONE) k++;
    }
    const source = this.#sourceOf(zone, k, type);
    const pfn = this.#buddy.frames.first(zone.list(source, k));
    if (!this.#stealWhole(zone, pfn, type, allocFlags)) {
      this.#buddy.moveBlock(zone, pfn, source, type);
    }
    return true;
  }

  /** steal_suitable_fallback(): false when only this block is to change its list. */
  #stealWhole(zone: Zone, pfn: number, type: number, allocFlags: number): boolean {
    const { frames, pageblocks } = this.#buddy;
    const order = frames.freeOrder(pfn);
    this.steals++;
    if (pageblocks.typeOf(pfn) !== MIGRATE_HIGHATOMIC) {
      if (order >= this.#blockOrder) pageblocks.setRange(pfn, order, type);
      else {
        this.#boost(zone, allocFlags);
        return this.#mayTakeWhole(order, type) && this.#takePageblock(zone, pfn, type);
      }
    }
    return false;
  }

  /** Moves the free pages of the whole pageblock; its type follows when most of it is alike. */
  #takePageblock(zone: Zone, pfn: number, type: number): boolean {
    const alike = this.#alikePages(zone, pfn, type);
    const moved = this.#buddy.movePageblock(zone, pfn, type);
    if (moved === 0) return false;
    if (moved + alike >= zone.pageblockPages >> 1) this.#buddy.pageblocks.setType(pfn, type);
    return true;
  }

  /** 6.12: claims whole pageblocks from large to small, then splits another type's smallest. */
  #claimOrSteal(zone: Zone, order: number, type: number, allocFlags: number): number {
    const lowest = this.#lowestOrder(order, allocFlags);
    for (let k = ORDERS - 1; k >= lowest && this.#mayTakeWhole(k, type); k--) {
      const source = this.#sourceOf(zone, k, type);
      if (source === NONE) continue;
      const head = this.#buddy.frames.first(zone.list(source, k));
      if (!this.#claim(zone, head, type, allocFlags)) continue;
      const pfn = this.#buddy.takeSmallest(zone, order, type);
      if (pfn !== NONE) return pfn;
    }
    return (allocFlags & this.#noFragment) === 0 ? this.#stealOne(zone, order, type) : NONE;
  }

  /** try_to_claim_block(): false when the pageblock holds too much of something else. */
  #claim(zone: Zone, pfn: number, type: number, allocFlags: number): boolean {
    const { frames, pageblocks } = this.#buddy;
    const order = frames.freeOrder(pfn);
    if (order >= this.#blockOrder) {
      const from = pageblocks.typeOf(pfn);
      pageblocks.setRange(pfn, order, type);
      this.#buddy.moveBlock(zone, pfn, from, type);
      this.steals++;
      return true;
    }
    this.#boost(zone, allocFlags);
    if (!zone.spansPageblock(pfn)) return false;
    const free = this.#freePagesOfPageblock(zone, pfn);
    if (free + this.#alikePages(zone, pfn, type) < zone.pageblockPages >> 1) return false;
    this.steals++;
    this.#buddy.movePageblock(zone, pfn, type);
    pageblocks.setType(pfn, type);
    return true;
  }

  /** __rmqueue_steal(): the remainder stays with its own type. */
  #stealOne(zone: Zone, order: number, type: number): number {
    for (let k = order; k < ORDERS; k++) {
      const source = this.#sourceOf(zone, k, type);
      if (source === NONE) continue;
      const pfn = this.#buddy.frames.first(zone.list(source, k));
      this.#buddy.takeBlock(zone, pfn, order, source);
      this.steals++;
      return pfn;
    }
    return NONE;
  }

  #boost(zone: Zone, allocFlags: number): void {
    if (zone.raiseBoost() && (allocFlags & this.#kswapd) !== 0) zone.boosted = true;
  }

  #lowestOrder(order: number, allocFlags: number): number {
    const avoid = (allocFlags & this.#noFragment) !== 0;
    return avoid ? Math.max(order, this.#blockOrder) : order;
  }

  /** The first fallback type with a block of this order, or NONE. */
  #sourceOf(zone: Zone, order: number, type: number): number {
    if (zone.freeBlocks[order] === 0) return NONE;
    const [first, second] = FALLBACKS[type]!;
    if (this.#buddy.hasBlock(zone, order, first)) return first;
    return this.#buddy.hasBlock(zone, order, second) ? second : NONE;
  }

  /** can_steal_fallback() */
  #mayTakeWhole(order: number, type: number): boolean {
    return order >= this.#blockOrder >> 1 || type !== MIGRATE_MOVABLE;
  }

  /** Used pages of the pageblock that suit the new type: known movable ones, or all the others. */
  #alikePages(zone: Zone, pfn: number, type: number): number {
    const from = this.#buddy.pageblocks.typeOf(pfn);
    const movable = this.#movablePagesOfPageblock(zone, pfn);
    if (type === MIGRATE_MOVABLE) return movable;
    if (from !== MIGRATE_MOVABLE) return 0;
    return zone.pageblockPages - this.#freePagesOfPageblock(zone, pfn) - movable;
  }

  #freePagesOfPageblock(zone: Zone, pfn: number): number {
    const start = pfn - (pfn % zone.pageblockPages);
    const end = start + zone.pageblockPages;
    if (!zone.spans(end - 1)) return 0;
    let free = 0;
    for (let at = zone.spans(start) ? start : pfn; at < end; ) {
      const order = this.#buddy.frames.freeOrder(at);
      if (order >= 0) free += 1 << order;
      at += order >= 0 ? 1 << order : 1;
    }
    return free;
  }

  #movablePagesOfPageblock(zone: Zone, pfn: number): number {
    const start = Math.max(pfn - (pfn % zone.pageblockPages), zone.startPfn);
    const end = Math.min(pfn - (pfn % zone.pageblockPages) + zone.pageblockPages, zone.endPfn);
    let movable = 0;
    for (let at = start; at < end; at++) if (this.#buddy.frames.isMovable(at)) movable++;
    return movable;
  }
}
