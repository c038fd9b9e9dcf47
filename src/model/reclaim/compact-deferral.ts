import { ZONE_NAMES } from '../machine-config.ts';

/** COMPACT_MAX_DEFER_SHIFT: at most 63 requests are turned away for one that is tried. */
const DEFER_SHIFT_MAX = 6;
const ZONES = ZONE_NAMES.length;

/**
 * Zones whose compaction failed lately are left alone for a while, twice as long each time.
 *
 * Models: mm/compaction.c compaction_deferred, defer_compaction, compaction_defer_reset (4.17,
 * 6.1, 6.12). Departs: no compaction_restarting, since no pageblock is marked to be skipped.
 */
export class CompactDeferral {
  readonly #considered = new Int32Array(ZONES);
  readonly #shift = new Int32Array(ZONES);
  readonly #failedOrder = new Int32Array(ZONES);

  /** compaction_deferred(): shall this request not even try? It counts as a look. */
  isDeferred(zoneIndex: number, order: number): boolean {
    if (order < this.#failedOrder[zoneIndex]!) return false;
    const limit = 1 << this.#shift[zoneIndex]!;
    this.#considered[zoneIndex]!++;
    if (this.#considered[zoneIndex]! < limit) return true;
    this.#considered[zoneIndex] = limit;
    return false;
  }

  /** defer_compaction() */
  failed(zoneIndex: number, order: number): void {
    this.#considered[zoneIndex] = 0;
    this.#shift[zoneIndex] = Math.min(this.#shift[zoneIndex]! + 1, DEFER_SHIFT_MAX);
    this.#failedOrder[zoneIndex] = Math.min(this.#failedOrder[zoneIndex]!, order);
  }

  /** compaction_defer_reset(): a block was made, or even handed out. */
  succeeded(zoneIndex: number, order: number, wasTaken: boolean): void {
    if (wasTaken) {
      this.#considered[zoneIndex] = 0;
      this.#shift[zoneIndex] = 0;
    }
    this.#failedOrder[zoneIndex] = Math.max(this.#failedOrder[zoneIndex]!, order + 1);
  }
}
