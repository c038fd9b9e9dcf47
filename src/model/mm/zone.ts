import { MIGRATE_TYPES, type ZoneConfig, type ZoneName } from '../machine-config.ts';
import type { PageFrames } from './page-frames.ts';

/** Orders 0…10 in every profile. */
export const ORDERS = 11;

/**
 * One zone: few, so a plain class of numbers.
 *
 * Models: struct zone (6.1) as far as the allocator reads it.
 * Departs: counters are exact, without per-CPU deltas, so that the drift mark is not needed.
 */
export class Zone {
  readonly name: ZoneName;
  readonly index: number;
  readonly startPfn: number;
  readonly endPfn: number;
  readonly managed: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly lowmemReserve: Int32Array;
  readonly maxBoost: number;
  readonly pageblockPages: number;
  /** Free blocks by order, all migratetypes together. */
  readonly freeBlocks = new Int32Array(ORDERS);
  /** First of MIGRATE_TYPES × ORDERS lists. */
  readonly lists: number;
  /** NR_FREE_PAGES: pages on buddy lists; pages on per-CPU lists are not free. */
  freePages = 0;
  /** Lowest freePages since the start. */
  freePagesLowest = Number.POSITIVE_INFINITY;
  boost: number;
  /** ZONE_BOOSTED_WATERMARK: the next taker wakes kswapd. */
  boosted = false;
  /** ZONE_BELOW_HIGH, where the kernel has it. */
  belowHigh = false;
  /** nr_reserved_highatomic: size of the reserve, used pages included. */
  reservedHighatomic = 0;
  /** nr_free_highatomic: its free pages. */
  freeHighatomic = 0;

  constructor(config: ZoneConfig, frames: PageFrames, pageblockOrder: number, boostFactor: number) {
    this.name = config.name;
    this.index = config.index;
    this.startPfn = config.startPfn;
    this.endPfn = config.startPfn + config.spanned;
    this.managed = config.managed;
    this.min = config.watermarks.min;
    this.low = config.watermarks.low;
    this.high = config.watermarks.high;
    this.lowmemReserve = Int32Array.from({ length: 4 }, (_, i) => config.lowmemReserve[i] ?? 0);
    this.pageblockPages = 1 << pageblockOrder;
    this.maxBoost = maxBoost(this, boostFactor);
    this.boost = config.boost;
    this.lists = frames.addLists(MIGRATE_TYPES * ORDERS);
  }

  list(migratetype: number, order: number): number {
    return this.lists + migratetype * ORDERS + order;
  }

  /** wmark_pages(): mark 0 min, 1 low, 2 high, each with the boost. */
  watermark(mark: number): number {
    return (mark === 0 ? this.min : mark === 1 ? this.low : this.high) + this.boost;
  }

  /** Counts pages on or off the buddy lists. */
  addFree(pages: number): void {
    this.freePages += pages;
    if (this.freePages < this.freePagesLowest) this.freePagesLowest = this.freePages;
  }

  spans(pfn: number): boolean {
    return pfn >= this.startPfn && pfn < this.endPfn;
  }

  /** boost_watermark(): true when the zone can be boosted at all. */
  raiseBoost(): boolean {
    if (this.maxBoost === 0) return false;
    this.boost = Math.min(this.boost + this.pageblockPages, this.maxBoost);
    return true;
  }
}

/** 0 where boosting is off or the zone is smaller than four pageblocks. */
function maxBoost(zone: Zone, boostFactor: number): number {
  if (boostFactor === 0 || zone.pageblockPages * 4 > zone.managed) return 0;
  const share = Math.floor((zone.high * boostFactor) / 10_000);
  return share === 0 ? 0 : Math.max(zone.pageblockPages, share);
}
