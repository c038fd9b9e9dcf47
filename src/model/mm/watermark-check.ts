import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import {
  MIGRATE_HIGHATOMIC,
  MIGRATE_MOVABLE,
  MIGRATE_RECLAIMABLE,
  MIGRATE_UNMOVABLE,
} from '../machine-config.ts';
import { discountedMark } from './alloc-flags.ts';
import type { Buddy } from './buddy.ts';
import { ORDERS, type Zone } from './zone.ts';

/** Why a check ended as it did: what `decide` shows. */
export interface WatermarkVerdict {
  readonly passed: boolean;
  readonly free: number;
  /** The mark after discounts (and with boost), without the reserve. */
  readonly mark: number;
  readonly reserve: number;
  /** Smallest free count that would have passed the arithmetic. */
  readonly needed: number;
  readonly note: string;
}

/**
 * May this request take from this zone?
 *
 * Models: mm/page_alloc.c zone_watermark_fast, zone_watermark_ok_safe, __zone_watermark_ok,
 * __zone_watermark_unusable_free (4.17, 6.1.192, 6.12.117). Departs: no CMA pages.
 */
export class WatermarkCheck {
  readonly #buddy: Buddy;
  readonly #kernel: KernelProfile;
  readonly #spared: number;
  readonly #highatomicTakers: number;
  readonly #countsFree: boolean;
  readonly #shortcutCounts: boolean;

  constructor(buddy: Buddy, kernel: KernelProfile) {
    const { alloc, rules } = kernel;
    this.#buddy = buddy;
    this.#kernel = kernel;
    this.#spared = rules.highatomicSparesHigh
      ? alloc.HARDER | alloc.HIGH | alloc.HIGHATOMIC | alloc.OOM
      : alloc.HARDER | alloc.OOM;
    this.#highatomicTakers =
      (rules.highatomicLastResort ? alloc.HIGHATOMIC : alloc.HARDER) | alloc.OOM;
    this.#countsFree = rules.highatomicSubtracts === 'free';
    this.#shortcutCounts = rules.shortcutCountsHighatomic;
  }

  /**
   * zone_watermark_fast(). `mark` 0 min, 1 low, 2 high; `reserveIndex` is the column of
   * lowmem_reserve; `exempt`: this request is rechecked against the unboosted min.
   */
  allows(zone: Zone, order: number, request: WatermarkRequest): boolean {
    const mark = zone.watermark(request.mark);
    const reserve = zone.lowmemReserve[request.reserveIndex]!;
    if (order === 0) {
      const hidden = this.#shortcutCounts ? this.#unusable(zone, request.allocFlags) : 0;
      if (zone.freeSeen - Math.min(zone.freeSeen, hidden) > mark + reserve) return true;
    }
    if (this.#check(zone, order, mark, request)) return true;
    const recheck = order === 0 && zone.boost > 0 && request.mark === 0 && request.boostExempt;
    return recheck && this.#check(zone, order, zone.min, request);
  }

  /** zone_watermark_ok_safe(): as kswapd asks, who must not be misled when memory is short. */
  holdsSafely(zone: Zone, order: number, request: WatermarkRequest): boolean {
    if (zone.freeSeen >= zone.driftMark) return this.holds(zone, order, request);
    return this.allowsWith(zone, order, request, zone.freePages);
  }

  /** zone_watermark_ok(): __zone_watermark_ok() without the order-0 shortcut. */
  holds(zone: Zone, order: number, request: WatermarkRequest): boolean {
    return this.#check(zone, order, zone.watermark(request.mark), request);
  }

  /** The check with `available` pages in place of the free ones, lists as they are. */
  allowsWith(zone: Zone, order: number, request: WatermarkRequest, available: number): boolean {
    const free = zone.freeSeen;
    zone.freeSeen = available;
    const allowed = this.#check(zone, order, zone.watermark(request.mark), request);
    zone.freeSeen = free;
    return allowed;
  }

  /** An order-0 test of `available` pages against a given mark, without any discount. */
  passesPlain(zone: Zone, mark: number, reserveIndex: number, available: number): boolean {
    return available - this.#unusable(zone, 0) > mark + zone.lowmemReserve[reserveIndex]!;
  }

  /** The same decision with its numbers. Cold. */
  explain(zone: Zone, order: number, request: WatermarkRequest): WatermarkVerdict {
    const passed = this.allows(zone, order, request);
    const reserve = zone.lowmemReserve[request.reserveIndex]!;
    const full = zone.watermark(request.mark);
    const exempt = order === 0 && zone.boost > 0 && request.mark === 0 && request.boostExempt;
    const discounted = discountedMark(exempt ? zone.min : full, request.allocFlags, this.#kernel);
    const hidden = this.#unusable(zone, request.allocFlags);
    const checked = discounted + reserve + hidden + (1 << order);
    const shortcut = full + reserve + (this.#shortcutCounts ? hidden : 0) + 1;
    const needed = order === 0 ? Math.min(checked, shortcut) : checked;
    const notes: string[] = [];
    const short = order === 0 && !this.#shortcutCounts && zone.freeSeen > full + reserve;
    if (hidden > 0 && short) notes.push(`${hidden} highatomic pages count as free at order 0`);
    else if (hidden > 0) notes.push(`${hidden} highatomic pages do not count for it`);
    if (exempt) notes.push(`the boost of ${zone.boost} does not hold for it`);
    else if (zone.boost > 0) notes.push(`with a boost of ${zone.boost}`);
    if (!passed && zone.freeSeen >= needed) notes.push(`no block of order ${order} for it`);
    const { freeSeen: free } = zone;
    return { passed, free, mark: discounted, reserve, needed, note: notes.join('; ') };
  }

  /** __zone_watermark_ok() */
  #check(zone: Zone, order: number, mark: number, request: WatermarkRequest): boolean {
    const { allocFlags } = request;
    const usable = zone.freeSeen - (1 << order) + 1 - this.#unusable(zone, allocFlags);
    const floor = discountedMark(mark, allocFlags, this.#kernel);
    if (usable <= floor + zone.lowmemReserve[request.reserveIndex]!) return false;
    return order === 0 || this.#hasBlock(zone, order, allocFlags);
  }

  /** Highatomic pages that this request may not count on. */
  #unusable(zone: Zone, allocFlags: number): number {
    if ((allocFlags & this.#spared) !== 0) return 0;
    return this.#countsFree ? zone.freeHighatomic : zone.reservedHighatomic;
  }

  #hasBlock(zone: Zone, order: number, allocFlags: number): boolean {
    const buddy = this.#buddy;
    for (let k = order; k < ORDERS; k++) {
      if (zone.freeBlocks[k] === 0) continue;
      if (buddy.hasBlock(zone, k, MIGRATE_UNMOVABLE)) return true;
      if (buddy.hasBlock(zone, k, MIGRATE_MOVABLE)) return true;
      if (buddy.hasBlock(zone, k, MIGRATE_RECLAIMABLE)) return true;
      const takes = (allocFlags & this.#highatomicTakers) !== 0;
      if (takes && buddy.hasBlock(zone, k, MIGRATE_HIGHATOMIC)) return true;
    }
    return false;
  }
}

/** What a watermark check needs to know of a request. */
export interface WatermarkRequest {
  /** 0 min, 1 low, 2 high. */
  mark: number;
  allocFlags: number;
  /** Column of lowmem_reserve. */
  reserveIndex: number;
  /** At min and order 0, rechecked without the boost. */
  boostExempt: boolean;
}
