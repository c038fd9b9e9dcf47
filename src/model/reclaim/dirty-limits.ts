import type { DirtyRatios } from '../machine-config.ts';
import type { Zone } from '../mm/zone.ts';
import { ACTIVE_FILE, INACTIVE_FILE, type Lru } from './lru.ts';

const WMARK_HIGH = 2;

/** Those of every kernel, where nobody has written others. */
export const DEFAULT_DIRTY_RATIOS: DirtyRatios = { background: 10, limit: 20 };

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
  readonly #ratios: DirtyRatios;

  constructor(zones: readonly Zone[], lru: Lru, ratios: DirtyRatios) {
    this.#zones = zones;
    this.#lru = lru;
    this.#ratios = ratios;
  }

  /** Above it the flusher writes: half of the limit, where it would not be below that. */
  background(): number {
    const pages = Math.floor((this.#dirtyable() * this.#ratios.background) / 100);
    const limit = this.limit();
    return pages < limit ? pages : Math.floor(limit / 2);
  }

  /** Above it nobody may dirty another page. */
  limit(): number {
    return Math.floor((this.#dirtyable() * this.#ratios.limit) / 100);
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
