import { MIGRATE_TYPES, type ZoneConfig, type ZoneName } from '../machine-config.ts';
import type { PageFrames } from './page-frames.ts';

/** Orders 0…10 in every profile. */
export const ORDERS = 11;

/**
 * One zone: few, so a plain class of numbers.
 *
 * Models: struct zone (6.1) as far as the allocator reads it, and NR_FREE_PAGES as it reads it:
 * __mod_zone_page_state keeps up to calculate_normal_threshold pages a CPU out of the sum.
 * Departs: the deltas are not folded once a second.
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
  /** Pages of free-page change that a CPU keeps to itself. */
  statThreshold: number;
  /** percpu_drift_mark: below it who asks safely adds the CPUs' parts up; 0: nowhere. */
  readonly driftMark: number;
  readonly pageblockPages: number;
  /** Free blocks by order, all migratetypes together. */
  readonly freeBlocks = new Int32Array(ORDERS);
  /** First of MIGRATE_TYPES × ORDERS lists. */
  readonly lists: number;
  /** NR_FREE_PAGES: pages on buddy lists; pages on per-CPU lists are not free. */
  freePages = 0;
  /** The same as watermark checks see it: without what the CPUs have not yet added. */
  freeSeen = 0;
  /** Lowest freePages since the start. */
  freePagesLowest = Number.POSITIVE_INFINITY;
  boost: number;
  /** ZONE_BOOSTED_WATERMARK: the next taker wakes kswapd. */
  boosted = false;
  /** ZONE_BELOW_HIGH, where the kernel has it. */
  belowHigh = false;
  /** ZONE_RECLAIM_ACTIVE: kswapd is at work, per-CPU lists stay short. */
  reclaimActive = false;
  /** NR_ZONE_WRITE_PENDING: dirty pages and pages under writeback. */
  writePending = 0;
  /** nr_reserved_highatomic: size of the reserve, used pages included. */
  reservedHighatomic = 0;
  /** nr_free_highatomic: its free pages. */
  freeHighatomic = 0;

  readonly #calmThreshold: number;
  readonly #pressureThreshold: number;
  /** Free pages accounted for so far, and each CPU's part that is not in the sum. */
  #accounted = 0;
  readonly #deltas: Int32Array;

  constructor(config: ZoneConfig, frames: PageFrames, machine: ZoneSetting) {
    const { pageblockOrder, boostFactor, cpus } = machine;
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
    this.#calmThreshold = statThreshold(config.managed, cpus);
    this.#pressureThreshold = pressureThreshold(this, cpus);
    this.statThreshold = this.#calmThreshold;
    this.driftMark = driftMark(this, this.#calmThreshold * cpus);
    this.#deltas = new Int32Array(cpus);
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

  /** One change of the counter by this CPU is complete: past the threshold, others see it. */
  account(cpu: number): void {
    const delta = this.#deltas[cpu]! + this.freePages - this.#accounted;
    this.#accounted = this.freePages;
    if (delta > this.statThreshold || -delta > this.statThreshold) {
      this.freeSeen += delta;
      this.#deltas[cpu] = 0;
    } else {
      this.#deltas[cpu] = delta;
    }
  }

  /**
   * set_pgdat_percpu_threshold(): while kswapd is awake, what the gap above min allows; a zone
   * without percpu_drift_mark, whose CPUs cannot hide that gap anyhow, keeps its own.
   */
  setThreshold(kswapdAwake: boolean): void {
    this.statThreshold = kswapdAwake ? this.#pressureThreshold : this.#calmThreshold;
  }

  /** All deltas are in the sum: the state in which a run starts. */
  settle(): void {
    this.#accounted = this.freePages;
    this.freeSeen = this.freePages;
    this.freePagesLowest = this.freePages;
    this.#deltas.fill(0);
  }

  spans(pfn: number): boolean {
    return pfn >= this.startPfn && pfn < this.endPfn;
  }

  /** Neither end of the zone cuts the page's pageblock short. */
  spansPageblock(pfn: number): boolean {
    const start = pfn - (pfn % this.pageblockPages);
    return this.spans(start) && this.spans(start + this.pageblockPages - 1);
  }

  /** boost_watermark(): true when the zone can be boosted at all. */
  raiseBoost(): boolean {
    if (this.maxBoost === 0) return false;
    this.boost = Math.min(this.boost + this.pageblockPages, this.maxBoost);
    return true;
  }
}

/** What of the machine a zone depends on. */
export interface ZoneSetting {
  readonly pageblockOrder: number;
  readonly boostFactor: number;
  readonly cpus: number;
}

/** calculate_normal_threshold(): larger for more CPUs and for more memory, in 128 MiB steps. */
function statThreshold(managed: number, cpus: number): number {
  return Math.min(125, 2 * bitLength(cpus) * (1 + bitLength(managed >> 15)));
}

/** calculate_pressure_threshold(): all CPUs together may not hide the gap from min to low. */
function pressureThreshold(zone: Zone, cpus: number): number {
  const normal = statThreshold(zone.managed, cpus);
  if (normal * cpus <= zone.low - zone.min) return normal;
  return Math.max(1, Math.min(125, Math.floor((zone.low - zone.min) / cpus)));
}

/** refresh_zone_stat_thresholds(): only where the CPUs can hide the gap from min to low. */
function driftMark(zone: Zone, hidden: number): number {
  return hidden > zone.low - zone.min ? zone.high + hidden : 0;
}

/** fls() */
function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

/** 0 where boosting is off or the zone is smaller than four pageblocks. */
function maxBoost(zone: Zone, boostFactor: number): number {
  if (boostFactor === 0 || zone.pageblockPages * 4 > zone.managed) return 0;
  const share = Math.floor((zone.high * boostFactor) / 10_000);
  return share === 0 ? 0 : Math.max(zone.pageblockPages, share);
}
