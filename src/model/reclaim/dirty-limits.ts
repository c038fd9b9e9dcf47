import type { Zone } from '../mm/zone.ts';
import { ACTIVE_FILE, INACTIVE_FILE, type Lru } from './lru.ts';

/** vm.dirty_background_ratio, vm.dirty_ratio: shares of what may become dirty, in percent. */
const BACKGROUND_RATIO = 10;
const DIRTY_RATIO = 20;
const WMARK_HIGH = 2;

/**
 * How many pages may be dirty before the flusher starts, and before writers wait.
 *
 * Models: mm/page-writeback.c global_dirtyable_memory, domain_dirty_limits, dirty_freerun_ceiling,
 * mm/page_alloc.c calculate_totalreserve_pages (4.17, 6.1, 6.12). Departs: one backing device; no
 * dirty_bytes; real-time tasks get no more.
 */
export class DirtyLimits {
  readonly #zones: readonly Zone[];
  readonly #lru: Lru;

  constructor(zones: readonly Zone[], lru: Lru) {
    this.#zones = zones;
    this.#lru = lru;
  }

  /** Above it the flusher writes. */
  background(): number {
    return Math.floor((this.#dirtyable() * BACKGROUND_RATIO) / 100);
  }

  /** Above it nobody may dirty another page. */
  limit(): number {
    return Math.floor((this.#dirtyable() * DIRTY_RATIO) / 100);
  }

  /** Halfway between both: writers above it go at the pace of the device. */
  freerun(): number {
    return Math.floor((this.background() + this.limit()) / 2);
  }

  #dirtyable(): number {
    let free = 0;
    for (const zone of this.#zones) free += zone.freePages - reserveOf(zone);
    return Math.max(0, free) + this.#lru.sizeOf(INACTIVE_FILE) + this.#lru.sizeOf(ACTIVE_FILE);
  }
}

/** The zone's part of totalreserve_pages. */
function reserveOf(zone: Zone): number {
  const most = Math.max(...zone.lowmemReserve);
  return Math.min(zone.managed, most + zone.watermark(WMARK_HIGH));
}
