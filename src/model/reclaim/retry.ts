import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { WatermarkRequest } from '../mm/watermark-check.ts';
import type { Zone } from '../mm/zone.ts';
import type { MemoryParts } from '../mm/zonelist-walk.ts';
import {
  COMPACT_SKIPPED,
  COMPACT_SYNC_FULL,
  COMPACT_SYNC_LIGHT,
  type Compaction,
} from './compaction.ts';
import type { PageCache } from './page-cache.ts';

/** MAX_RECLAIM_RETRIES: the 17th fruitless round in a row gives up. */
export const RECLAIM_RETRIES_MAX = 16;
const COSTLY_ORDER = 3;

/** What one request remembers between the rounds of its slow path. */
export interface RetryState {
  fruitlessRounds: number;
  compactPriority: number;
}

/**
 * Is another round worth while?
 *
 * Models: mm/page_alloc.c should_reclaim_retry, should_compact_retry, mm/vmscan.c
 * zone_reclaimable_pages (4.17, 6.1.192, 6.12.117).
 * Departs: no anonymous memory, so reclaimable means page cache; nothing is under writeback, so
 * that 4.17 never waits for I/O here; compaction never makes progress (see there).
 */
export class Retry {
  readonly #parts: MemoryParts;
  readonly #cache: PageCache;
  readonly #compaction: Compaction;
  readonly #kernel: KernelProfile;

  constructor(parts: MemoryParts, cache: PageCache, compaction: Compaction) {
    this.#parts = parts;
    this.#cache = cache;
    this.#compaction = compaction;
    this.#kernel = parts.kernel;
  }

  /** should_reclaim_retry(); `migratetype` is what a released highatomic block would become. */
  afterReclaim(
    zones: readonly Zone[],
    order: number,
    round: { state: RetryState; progress: number; request: WatermarkRequest; migratetype: number },
  ): boolean {
    const { state, request } = round;
    if (round.progress > 0 && order <= COSTLY_ORDER) state.fruitlessRounds = 0;
    else state.fruitlessRounds++;
    if (state.fruitlessRounds > RECLAIM_RETRIES_MAX) return this.#release(zones, round.migratetype);
    const min = { ...request, mark: 0 };
    for (const zone of zones) {
      const available = this.#reclaimable(zone) + zone.freePages;
      if (this.#parts.check.allowsWith(zone, order, min, available)) return true;
    }
    return this.#kernel.rules.unreserveOnEveryGiveUp && this.#release(zones, round.migratetype);
  }

  /** should_compact_retry() */
  afterCompaction(
    zones: readonly Zone[],
    order: number,
    round: { state: RetryState; result: number; request: WatermarkRequest },
  ): boolean {
    if (order === 0) return false;
    if (round.result === COMPACT_SKIPPED) {
      return this.#compaction.couldBeSuitable(
        zones,
        order,
        round.request,
        (zone) => Math.floor(this.#reclaimable(zone) / order) + zone.freePages,
      );
    }
    const hardest = order > COSTLY_ORDER ? COMPACT_SYNC_LIGHT : COMPACT_SYNC_FULL;
    if (round.state.compactPriority <= hardest) return false;
    round.state.compactPriority--;
    return true;
  }

  #reclaimable(zone: Zone): number {
    const pages = this.#cache.pagesOf(zone);
    if (pages > 0 || !this.#kernel.rules.reclaimableFallsBackToFree) return pages;
    return zone.freePages;
  }

  #release(zones: readonly Zone[], migratetype: number): boolean {
    return this.#parts.highatomic.unreserve(zones, migratetype, true);
  }
}
