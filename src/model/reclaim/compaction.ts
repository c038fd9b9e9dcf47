import type { WatermarkCheck, WatermarkRequest } from '../mm/watermark-check.ts';
import { ORDERS, type Zone } from '../mm/zone.ts';
import { CompactDeferral } from './compact-deferral.ts';
import {
  COMPACT_ASYNC,
  COMPACT_COMPLETE,
  COMPACT_DEFERRED,
  COMPACT_NOT_SUITABLE,
  COMPACT_PARTIAL_SKIPPED,
  COMPACT_SKIPPED,
  COMPACT_SUCCESS,
  COMPACT_SYNC_FULL,
} from './compact-results.ts';
import type { CompactRequest, ZoneCompactor } from './compact-zone.ts';

const COSTLY_ORDER = 3;
/** sysctl_extfrag_threshold: below it lack of memory fails a request, not fragmentation. */
const EXTFRAG_THRESHOLD = 500;

/**
 * Whether compaction is tried, zone by zone, and what it answers.
 *
 * Models: mm/compaction.c try_to_compact_pages, compaction_suitable, compaction_zonelist_suitable,
 * mm/vmscan.c compaction_ready, mm/vmstat.c fragmentation_index (4.17, 6.1, 6.12).
 * Departs: kcompactd does not exist, and nobody compacts ahead of need.
 */
export class Compaction {
  /** Pages looked at and pages moved by the last compaction, for its costs. */
  scanned = 0;
  moved = 0;
  readonly #check: WatermarkCheck;
  readonly #zones: readonly Zone[];
  readonly #compactor: ZoneCompactor;
  readonly #deferral = new CompactDeferral();
  readonly #request = { mark: 0, allocFlags: 0, reserveIndex: 0, boostExempt: false };

  constructor(check: WatermarkCheck, zones: readonly Zone[], compactor: ZoneCompactor) {
    this.#check = check;
    this.#zones = zones;
    this.#compactor = compactor;
  }

  /** try_to_compact_pages(): over these zones until one has a block. */
  compact(zones: readonly Zone[], request: CompactRequest, mark: WatermarkRequest): number {
    const { order, priority } = request;
    this.scanned = 0;
    this.moved = 0;
    let best = COMPACT_NOT_SUITABLE;
    for (const zone of zones) {
      const mayDefer = priority > COMPACT_SYNC_FULL;
      const result =
        mayDefer && this.#deferral.isDeferred(zone.index, order)
          ? COMPACT_DEFERRED
          : this.#compactZone(zone, request, mark);
      best = Math.max(best, result);
      if (result === COMPACT_SUCCESS) {
        this.#deferral.succeeded(zone.index, order, false);
        break;
      }
      const failed = result === COMPACT_COMPLETE || result === COMPACT_PARTIAL_SKIPPED;
      if (failed && priority !== COMPACT_ASYNC) this.#deferral.failed(zone.index, order);
    }
    return best;
  }

  /** The block that it made was handed out. */
  taken(zone: Zone, order: number): void {
    this.#deferral.succeeded(zone.index, order, true);
  }

  /**
   * compaction_zonelist_suitable(): would it be, if reclaim freed what it can? Whether memory is
   * in pieces is not asked then.
   */
  couldBeSuitable(
    zones: readonly Zone[],
    order: number,
    request: WatermarkRequest,
    availableOf: (zone: Zone) => number,
  ): boolean {
    return zones.some(
      (zone) =>
        this.#check.holds(zone, order, request) ||
        this.#hasTargets(zone, order, request, availableOf(zone)),
    );
  }

  /** A zone up to this index has a block of the order above min, or could make one. */
  anyReady(order: number, zoneIndex: number): boolean {
    this.#request.reserveIndex = zoneIndex;
    return this.#zones.some(
      (zone) =>
        zone.index <= zoneIndex &&
        (this.#check.holds(zone, order, this.#request) ||
          this.#isSuitable(zone, order, this.#request, zone.freePages)),
    );
  }

  /** compaction_ready(): a block stands ready, or the free pages to make one above high. */
  anyReadyAboveHigh(order: number, zoneIndex: number): boolean {
    this.#request.reserveIndex = zoneIndex;
    return this.#zones.some((zone) => {
      if (zone.index > zoneIndex) return false;
      if (this.#check.holds(zone, order, this.#request)) return true;
      if (!this.#isSuitable(zone, order, this.#request, zone.freePages)) return false;
      const mark = zone.watermark(2) + 2 * (1 << order);
      return this.#check.passesPlain(zone, mark, zoneIndex, zone.freePages);
    });
  }

  #compactZone(zone: Zone, request: CompactRequest, mark: WatermarkRequest): number {
    const { order } = request;
    if (this.#check.holds(zone, order, mark)) return COMPACT_SUCCESS;
    if (!this.#isSuitable(zone, order, mark, zone.freePages)) return COMPACT_SKIPPED;
    const result = this.#compactor.run(zone, request);
    this.scanned += this.#compactor.scanned;
    this.moved += this.#compactor.moved;
    return result;
  }

  /** compaction_suitable(): it has targets, and for a costly order memory is there in pieces. */
  #isSuitable(zone: Zone, order: number, request: WatermarkRequest, available: number): boolean {
    if (!this.#hasTargets(zone, order, request, available)) return false;
    return order <= COSTLY_ORDER || !lacksMemory(fragmentationIndex(zone, order));
  }

  /** __compaction_suitable(): order-0 pages above the mark, plus twice the block. */
  #hasTargets(zone: Zone, order: number, request: WatermarkRequest, available: number): boolean {
    const base = order > COSTLY_ORDER ? zone.low : zone.min;
    const mark = base + zone.boost + 2 * (1 << order);
    return this.#check.passesPlain(zone, mark, request.reserveIndex, available);
  }
}

function lacksMemory(index: number): boolean {
  return index >= 0 && index <= EXTFRAG_THRESHOLD;
}

/** −1000: a block is there; towards 0: memory is short; towards 1000: it is in pieces. */
function fragmentationIndex(zone: Zone, order: number): number {
  let blocks = 0;
  let pages = 0;
  for (let k = 0; k < ORDERS; k++) {
    const count = zone.freeBlocks[k]!;
    if (k >= order && count > 0) return -1000;
    blocks += count;
    pages += count << k;
  }
  if (blocks === 0) return 0;
  return 1000 - Math.floor((1000 + Math.floor((pages * 1000) / (1 << order))) / blocks);
}
