import type { WatermarkCheck } from '../mm/watermark-check.ts';
import type { Zone } from '../mm/zone.ts';
import { WaitQueue } from '../wait-queue.ts';

/** MAX_RECLAIM_RETRIES: fruitless cycles of kswapd until the node counts as hopeless. */
export const KSWAPD_FAILURES_MAX = 16;
const WMARK_HIGH = 2;

/**
 * What reclaimers and allocators know of the node together.
 *
 * Models: struct pglist_data as far as reclaim uses it, pgdat_balanced,
 * pgdat_watermark_boosted (mm/vmscan.c, 4.17, 6.1, 6.12). Departs: memory tiering is off.
 */
export class NodeState {
  /** Ascending by index. */
  readonly zones: readonly Zone[];
  readonly kswapdWait = new WaitQueue();
  readonly pfmemallocWait = new WaitQueue();
  /** kswapd sleeps or naps: it can be woken. */
  kswapdAsleep = true;
  /** kswapd_order, kswapd_highest_zoneidx: the most that was asked for since it took over. */
  kswapdOrder = 0;
  kswapdZoneIndex = 0;
  kswapdFailures = 0;
  /** PGDAT_DIRTY, PGDAT_WRITEBACK: the cold end of the list is full of such pages. */
  dirty = false;
  writeback = false;
  readonly #check: WatermarkCheck;
  readonly #request = { mark: WMARK_HIGH, allocFlags: 0, reserveIndex: 0, boostExempt: false };

  constructor(zones: readonly Zone[], check: WatermarkCheck) {
    this.zones = zones;
    this.#check = check;
  }

  get hopeless(): boolean {
    return this.kswapdFailures >= KSWAPD_FAILURES_MAX;
  }

  /** At least one zone up to this index stands above its high mark. */
  isBalanced(order: number, zoneIndex: number): boolean {
    this.#request.reserveIndex = zoneIndex;
    return this.zones.some(
      (zone) => zone.index <= zoneIndex && this.#check.holdsSafely(zone, order, this.#request),
    );
  }

  isBoosted(zoneIndex: number): boolean {
    return this.zones.some((zone) => zone.index <= zoneIndex && zone.boost > 0);
  }

  /** Wakes kswapd, whatever the watermarks say; true when it was asleep. */
  rouseKswapd(): boolean {
    if (!this.kswapdAsleep) return false;
    this.kswapdAsleep = false;
    this.kswapdWait.wakeAll();
    return true;
  }

  freePages(): number {
    let pages = 0;
    for (const zone of this.zones) pages += zone.freeSeen;
    return pages;
  }

  highMarks(): number {
    let pages = 0;
    for (const zone of this.zones) pages += zone.watermark(WMARK_HIGH);
    return pages;
  }
}
