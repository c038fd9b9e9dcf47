import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import {
  MIGRATE_MOVABLE,
  MIGRATE_PCPTYPES,
  type PcpLimits,
  ZONE_MOVABLE,
  type ZoneConfig,
} from '../machine-config.ts';
import { NONE } from '../page-source.ts';
import type { Buddy } from './buddy.ts';
import type { Fallback } from './fallback.ts';
import type { PageFrames } from './page-frames.ts';
import type { Zone } from './zone.ts';

/** PCP_BATCH_SCALE_MAX: a refill or flush grows at most 32-fold. */
const SCALE_MAX = 5;

/** One CPU's lists of one zone, MIGRATE_PCPTYPES an order. */
class PcpList {
  readonly cpu: number;
  readonly lists: number;
  readonly limits: PcpLimits;
  /** Pages, not blocks. */
  count = 0;
  high: number;
  freeFactor = 0;
  allocFactor = 0;
  freeCount = 0;
  /** PCPF_PREV_FREE_HIGH_ORDER: the last block that was freed had an order of 1 to 3. */
  freedHighOrder = false;

  constructor(cpu: number, lists: number, limits: PcpLimits) {
    this.cpu = cpu;
    this.lists = lists;
    this.limits = limits;
    this.high = limits.high;
  }
}

/**
 * Per-CPU page lists in front of the buddy lists.
 *
 * Models: mm/page_alloc.c rmqueue_pcplist, rmqueue_bulk, free_unref_page_commit, nr_pcp_free,
 * nr_pcp_high, nr_pcp_alloc, free_pcppages_bulk, drain_all_pages (4.17, 6.1, 6.12).
 * Departs: no huge-page lists; the periodic decay of 6.12's high is absent, because no run here
 * idles; a CPU's share of the data caches holds more than three batches (6.12).
 */
export class PerCpuPages {
  readonly maxOrder: number;
  readonly #buddy: Buddy;
  readonly #frames: PageFrames;
  readonly #fallback: Fallback;
  readonly #mode: 'six-batches' | 'low-watermark' | 'auto-tuned';
  readonly #byPageblock: boolean;
  readonly #types: number;
  /** [cpu × zones + zone slot] */
  readonly #pcps: PcpList[] = [];
  readonly #slotOfZone = new Int32Array(8);
  readonly #zones: readonly Zone[];

  constructor(
    zones: readonly Zone[],
    configs: readonly ZoneConfig[],
    parts: { buddy: Buddy; fallback: Fallback; kernel: KernelProfile; cpus: number },
  ) {
    this.#zones = zones;
    this.#buddy = parts.buddy;
    this.#frames = parts.buddy.frames;
    this.#fallback = parts.fallback;
    this.maxOrder = parts.kernel.rules.pcpMaxOrder;
    this.#mode = parts.kernel.rules.pcpHigh;
    // The release that brought claiming asks the pageblock anew when a page leaves the list.
    this.#byPageblock = parts.kernel.rules.fallback === 'claim-or-steal';
    this.#types = MIGRATE_PCPTYPES * (this.maxOrder + 1);
    zones.forEach((zone, slot) => {
      this.#slotOfZone[zone.index] = slot;
    });
    for (let cpu = 0; cpu < parts.cpus; cpu++) {
      for (const config of configs) {
        this.#pcps.push(new PcpList(cpu, this.#frames.addLists(this.#types), config.pcp));
      }
    }
  }

  /** Lists needed for this many CPUs and zones. */
  static listsNeeded(cpus: number, zones: number, kernel: KernelProfile): number {
    return cpus * zones * MIGRATE_PCPTYPES * (kernel.rules.pcpMaxOrder + 1);
  }

  /** A block from this CPU's list `index`, refilled from the buddy when empty; pfn or NONE. */
  take(cpu: number, zone: Zone, index: number, allocFlags: number): number {
    const pcp = this.#pcpOf(cpu, zone);
    const list = pcp.lists + index;
    pcp.freeFactor >>= 1;
    pcp.freeCount >>= 1;
    if (this.#frames.isEmpty(list)) {
      this.#refill(pcp, zone, index, allocFlags);
      zone.account(cpu);
      if (this.#frames.isEmpty(list)) return NONE;
    }
    const pfn = this.#frames.first(list);
    this.#frames.unlink(pfn);
    this.#frames.markInUse(pfn);
    pcp.count -= 1 << orderOf(index);
    return pfn;
  }

  /** Frees a block to this CPU's list; past the limit, blocks go back to the buddy. */
  free(cpu: number, zone: Zone, pfn: number, order: number): void {
    const pcp = this.#pcpOf(cpu, zone);
    const type = this.#buddy.pageblocks.typeOf(pfn);
    const listType = type < MIGRATE_PCPTYPES ? type : MIGRATE_MOVABLE;
    const index = pcpIndex(order, listType);
    this.#put(pcp, pfn, index, type);
    const highOrder = this.#freesHighOrder(pcp, order);
    pcp.allocFactor >>= 1;
    if (this.#mode === 'auto-tuned' && pcp.freeCount < pcp.limits.batch << SCALE_MAX) {
      pcp.freeCount += 1 << order;
    }
    const high = pcp.high === 0 ? 0 : this.#highOf(pcp, zone, highOrder);
    if (pcp.count < high) return;
    if (this.#mode === 'six-batches') this.#flushRoundRobin(pcp, zone, pcp.limits.batch);
    else this.#flush(pcp, zone, this.#flushSize(pcp, high, highOrder), index);
    if (zone.belowHigh && isAboveHigh(zone)) zone.belowHigh = false;
  }

  /** Puts a block of boot's on a list without a flush: how a snapshot is laid out. */
  place(cpu: number, zone: Zone, pfn: number, type: number): void {
    this.#put(this.#pcpOf(cpu, zone), pfn, pcpIndex(0, type), type);
  }

  /** drain_all_pages(): empties every list of every CPU. */
  drainAll(): void {
    const zones = this.#zones.length;
    this.#pcps.forEach((pcp, i) => {
      const zone = this.#zones[i % zones]!;
      if (pcp.count > 0) this.#flush(pcp, zone, pcp.count, 0);
    });
  }

  /** Pages on all lists of all CPUs. */
  pages(): number {
    let pages = 0;
    for (const pcp of this.#pcps) pages += pcp.count;
    return pages;
  }

  pagesOf(zone: Zone): number {
    const slot = this.#slotOfZone[zone.index]!;
    let pages = 0;
    for (let i = slot; i < this.#pcps.length; i += this.#zones.length)
      pages += this.#pcps[i]!.count;
    return pages;
  }

  #pcpOf(cpu: number, zone: Zone): PcpList {
    return this.#pcps[cpu * this.#zones.length + this.#slotOfZone[zone.index]!]!;
  }

  #put(pcp: PcpList, pfn: number, index: number, type: number): void {
    this.#frames.pushFront(pcp.lists + index, pfn);
    this.#frames.markPcp(pfn, type);
    pcp.count += 1 << orderOf(index);
  }

  /** rmqueue_bulk(): the watermark was checked for one block, yet a whole batch is taken. */
  #refill(pcp: PcpList, zone: Zone, index: number, allocFlags: number): void {
    const list = pcp.lists + index;
    const order = orderOf(index);
    const type = index - order * MIGRATE_PCPTYPES;
    for (let left = this.#refillSize(pcp, zone, order); left > 0; left--) {
      const pfn = this.#fallback.take(zone, order, type, allocFlags);
      if (pfn === NONE) return;
      this.#frames.pushBack(list, pfn);
      this.#frames.markPcp(pfn, type);
      pcp.count += 1 << order;
    }
  }

  /** Blocks of one refill. */
  #refillSize(pcp: PcpList, zone: Zone, order: number): number {
    const { batch } = pcp.limits;
    if (this.#mode === 'six-batches') return batch;
    const blocks = this.#mode === 'auto-tuned' ? this.#tunedRefill(pcp, zone, order) : batch;
    return blocks > 1 ? Math.max(blocks >> order, 2) : blocks;
  }

  /** nr_pcp_alloc(): consecutive refills double, and raise high while the zone is above its own. */
  #tunedRefill(pcp: PcpList, zone: Zone, order: number): number {
    const { batch, highMin, highMax } = pcp.limits;
    pcp.high = Math.min(Math.max(pcp.high, highMin), highMax);
    if (pcp.high < batch) return 1;
    const blocks = order > 0 ? batch : batch << pcp.allocFactor;
    if (highMin !== highMax && !zone.belowHigh) pcp.high = Math.min(pcp.high + blocks, highMax);
    if (order > 0) return blocks;
    const most = Math.max(pcp.high - pcp.count - batch, batch);
    if (blocks <= most && pcp.allocFactor < SCALE_MAX) pcp.allocFactor++;
    return Math.min(blocks, most);
  }

  /** free_high: blocks are freed one after another that pieces of would be kept in vain. */
  #freesHighOrder(pcp: PcpList, order: number): boolean {
    if (this.#mode !== 'auto-tuned') return pcp.freeFactor > 0 && order > 0;
    const { batch } = pcp.limits;
    const again = order > 0 && pcp.freedHighOrder;
    pcp.freedHighOrder = order > 0;
    return again && pcp.freeCount >= batch && pcp.count >= batch;
  }

  /** nr_pcp_high() */
  #highOf(pcp: PcpList, zone: Zone, highOrder: boolean): number {
    if (this.#mode === 'six-batches') return pcp.high;
    if (this.#mode === 'auto-tuned') return this.#tunedHigh(pcp, zone, highOrder);
    if (highOrder) return 0;
    return zone.reclaimActive ? Math.min(pcp.limits.batch << 2, pcp.high) : pcp.high;
  }

  /** nr_pcp_high() of 6.12: whoever frees a lot while memory is short may keep less. */
  #tunedHigh(pcp: PcpList, zone: Zone, highOrder: boolean): number {
    const { batch, highMin, highMax } = pcp.limits;
    const high = clamp(pcp.high, highMin, highMax);
    const freed = Math.max(pcp.freeCount, batch);
    pcp.high = high;
    if (highOrder) {
      pcp.high = Math.max(high - (batch << SCALE_MAX), highMin);
      return 0;
    }
    if (zone.reclaimActive) {
      pcp.high = Math.max(high - freed, highMin);
      return Math.min(batch << 2, pcp.high);
    }
    if (highMin === highMax) return high;
    if (zone.belowHigh) {
      pcp.high = Math.max(high - freed, highMin);
      return Math.max(pcp.count, highMin);
    }
    if (pcp.count >= high)
      pcp.high = clamp(Math.max(high, pcp.freeCount + batch), highMin, highMax);
    return high;
  }

  /** nr_pcp_free(): pages of one flush. */
  #flushSize(pcp: PcpList, high: number, highOrder: boolean): number {
    const { batch } = pcp.limits;
    if (highOrder) {
      return this.#mode === 'auto-tuned' ? Math.min(pcp.count, batch << SCALE_MAX) : pcp.count;
    }
    if (high < batch) return 1;
    const most = high - batch;
    if (this.#mode === 'auto-tuned') return clamp(pcp.freeCount, batch, most);
    const pages = batch << pcp.freeFactor;
    if (pages < most && pcp.freeFactor < SCALE_MAX) pcp.freeFactor++;
    return clamp(pages, batch, most);
  }

  /** 6.x free_pcppages_bulk(): oldest first, list by list from the one just freed to. */
  #flush(pcp: PcpList, zone: Zone, pages: number, fromIndex: number): void {
    let left = Math.min(pages, pcp.count);
    let index = fromIndex;
    while (left > 0) {
      const list = pcp.lists + index;
      const order = orderOf(index);
      while (left > 0 && !this.#frames.isEmpty(list)) {
        this.#giveBack(pcp, zone, list, order);
        left -= 1 << order;
      }
      index = index + 1 === this.#types ? 0 : index + 1;
    }
  }

  /** 4.17 free_pcppages_bulk(): round robin, taking one more page a list each time round. */
  #flushRoundRobin(pcp: PcpList, zone: Zone, pages: number): void {
    let left = Math.min(pages, pcp.count);
    let type = 0;
    let perList = 0;
    while (left > 0) {
      do {
        perList++;
        type = type + 1 === MIGRATE_PCPTYPES ? 0 : type + 1;
      } while (this.#frames.isEmpty(pcp.lists + type));
      if (perList === MIGRATE_PCPTYPES) perList = left;
      do {
        this.#giveBack(pcp, zone, pcp.lists + type, 0);
        left--;
        perList--;
      } while (left > 0 && perList > 0 && !this.#frames.isEmpty(pcp.lists + type));
    }
  }

  #giveBack(pcp: PcpList, zone: Zone, list: number, order: number): void {
    const pfn = this.#frames.last(list);
    const type = this.#byPageblock
      ? this.#buddy.pageblocks.typeOf(pfn)
      : this.#frames.pcpMigratetype(pfn);
    this.#frames.unlink(pfn);
    this.#frames.markInUse(pfn);
    pcp.count -= 1 << order;
    this.#buddy.free(zone, pfn, order, type);
    zone.account(pcp.cpu);
  }
}

/** order_to_pindex(): which of a CPU's lists holds blocks of this order and migratetype. */
export function pcpIndex(order: number, migratetype: number): number {
  return order * MIGRATE_PCPTYPES + migratetype;
}

function orderOf(index: number): number {
  return (index / MIGRATE_PCPTYPES) | 0;
}

/** zone_watermark_ok() of an order-0 page at high, as the highest zone would ask. */
function isAboveHigh(zone: Zone): boolean {
  const usable = zone.freeSeen - zone.freeHighatomic;
  return usable > zone.watermark(2) + zone.lowmemReserve[ZONE_MOVABLE]!;
}

/** The kernel's clamp: the upper bound wins when the bounds cross. */
function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
