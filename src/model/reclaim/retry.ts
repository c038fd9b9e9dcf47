import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { WatermarkRequest } from '../mm/watermark-check.ts';
import type { Zone } from '../mm/zone.ts';
import type { MemoryParts } from '../mm/zonelist-walk.ts';
import {
  COMPACT_COMPLETE,
  COMPACT_SKIPPED,
  COMPACT_SUCCESS,
  COMPACT_SYNC_FULL,
  COMPACT_SYNC_LIGHT,
} from './compact-results.ts';
import type { Compaction } from './compaction.ts';
import type { Reclaimable } from './reclaimable.ts';

/** MAX_RECLAIM_RETRIES: the 17th fruitless round in a row gives up. */
export const RECLAIM_RETRIES_MAX = 16;
/** MAX_COMPACT_RETRIES; costly orders get a fourth. */
const COMPACTIONS_MAX = 16;
const COSTLY_ORDER = 3;

/** What one request remembers between the rounds of its slow path. */
export interface RetryState {
  fruitlessRounds: number;
  compactPriority: number;
  /** The last compaction's result. */
  compacted: number;
  /** Compactions in a row that made a block which somebody else took. */
  compactions: number;
  /** It must sleep so long before it goes round again, ns. */
  waitNs: number;
}

/**
 * Is another round worth while?
 *
 * Models: mm/page_alloc.c should_reclaim_retry, should_compact_retry, mm/vmscan.c
 * zone_reclaimable_pages (4.17, 6.1.192, 6.12.117).
 * Departs: the wait of 4.17 lasts its whole time, whether or not a write ends meanwhile; tasks
 * are no workqueue workers.
 */
export class Retry {
  readonly #parts: MemoryParts;
  readonly #reclaimable: Reclaimable;
  readonly #compaction: Compaction;
  readonly #kernel: KernelProfile;

  constructor(
    parts: MemoryParts,
    reclaim: { readonly reclaimable: Reclaimable; readonly compaction: Compaction },
  ) {
    this.#parts = parts;
    this.#reclaimable = reclaim.reclaimable;
    this.#compaction = reclaim.compaction;
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
      const available = this.#reclaimable.pagesOf(zone) + zone.freePages;
      if (!this.#parts.check.allowsWith(zone, order, min, available)) continue;
      if (round.progress === 0) this.#noteWriteback(state, zone);
      return true;
    }
    return this.#kernel.rules.unreserveOnEveryGiveUp && this.#release(zones, round.migratetype);
  }

  /** should_compact_retry() */
  afterCompaction(
    zones: readonly Zone[],
    order: number,
    round: { state: RetryState; request: WatermarkRequest; killed: boolean },
  ): boolean {
    if (order === 0) return false;
    if (round.killed && this.#kernel.rules.killedStopCompacting) return false;
    const { state } = round;
    const result = state.compacted;
    if (result === COMPACT_SUCCESS) {
      state.compactions++;
      const most = order > COSTLY_ORDER ? COMPACTIONS_MAX >> 2 : COMPACTIONS_MAX;
      if (state.compactions <= most) return true;
    } else if (result === COMPACT_SKIPPED || this.#isWithdrawn(result)) {
      return this.#compaction.couldBeSuitable(
        zones,
        order,
        round.request,
        (zone) => Math.floor(this.#reclaimable.pagesOf(zone) / order) + zone.freePages,
      );
    }
    const hardest = order > COSTLY_ORDER ? COMPACT_SYNC_LIGHT : COMPACT_SYNC_FULL;
    if (state.compactPriority <= hardest) return false;
    state.compactPriority--;
    state.compactions = 0;
    return true;
  }

  /** compaction_withdrawn(): 4.17 takes a compaction that did not see all as one skipped. */
  #isWithdrawn(result: number): boolean {
    return this.#kernel.rules.partialCompactionIsSkipped && result !== COMPACT_COMPLETE;
  }

  /** 4.17: nothing was freed and most of the zone is being written: the caller shall wait. */
  #noteWriteback(state: RetryState, zone: Zone): void {
    if (2 * zone.writePending <= this.#reclaimable.pagesOf(zone)) return;
    state.waitNs = this.#kernel.rules.reclaimRetryWaitNs;
  }

  #release(zones: readonly Zone[], migratetype: number): boolean {
    return this.#parts.highatomic.unreserve(zones, migratetype, true);
  }
}
