import type { WatermarkCheck, WatermarkRequest } from '../mm/watermark-check.ts';
import type { Zone } from '../mm/zone.ts';
import { COMPACT_FAIL, COMPACT_STALL, type VmStat } from '../vmstat.ts';

/** Priorities: the lower, the harder it tries. */
export const COMPACT_SYNC_FULL = 0;
export const COMPACT_SYNC_LIGHT = 1;
export const COMPACT_ASYNC = 2;

/** compact_result, as far as it steers the slow path. */
export const COMPACT_NOT_SUITABLE = 0;
export const COMPACT_SKIPPED = 1;
export const COMPACT_COMPLETE = 2;

const COSTLY_ORDER = 3;

/**
 * Whether compaction would be tried, and what it answers.
 *
 * Models: mm/compaction.c compaction_suitable, try_to_compact_pages' result (4.17, 6.1, 6.12).
 * Departs: nothing migrates: a suitable zone is scanned to its end in vain (COMPLETE). So an
 * order that only compaction could give is refused here; no deferral is kept.
 */
export class Compaction {
  readonly #check: WatermarkCheck;
  readonly #zones: readonly Zone[];
  readonly #vmstat: VmStat;
  readonly #request = { mark: 0, allocFlags: 0, reserveIndex: 0, boostExempt: false };

  constructor(check: WatermarkCheck, zones: readonly Zone[], vmstat: VmStat) {
    this.#check = check;
    this.#zones = zones;
    this.#vmstat = vmstat;
  }

  /** One direct compaction over these zones. */
  compact(zones: readonly Zone[], order: number, request: WatermarkRequest): number {
    this.#vmstat.add(COMPACT_STALL, 1);
    const suitable = zones.some((zone) => this.#isSuitable(zone, order, request, zone.freePages));
    this.#vmstat.add(COMPACT_FAIL, 1);
    return suitable ? COMPACT_COMPLETE : COMPACT_SKIPPED;
  }

  /** compaction_zonelist_suitable(): would it be, if reclaim freed what it can? */
  couldBeSuitable(
    zones: readonly Zone[],
    order: number,
    request: WatermarkRequest,
    availableOf: (zone: Zone) => number,
  ): boolean {
    return zones.some((zone) => this.#isSuitable(zone, order, request, availableOf(zone)));
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

  /** Order-0 pages above the mark plus twice the block, so that migration has targets. */
  #isSuitable(zone: Zone, order: number, request: WatermarkRequest, available: number): boolean {
    const base = order > COSTLY_ORDER ? zone.low : zone.min;
    const mark = base + zone.boost + 2 * (1 << order);
    return this.#check.passesPlain(zone, mark, request.reserveIndex, available);
  }
}

/** For decision logs. */
export function compactText(result: number): string {
  return result === COMPACT_SKIPPED ? 'no zone is suitable' : 'complete, nothing gained';
}
