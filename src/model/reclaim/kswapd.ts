import type { WatermarkCheck, WatermarkRequest } from '../mm/watermark-check.ts';
import type { Zone } from '../mm/zone.ts';
import type { KswapdWaker } from '../mm/zonelist-walk.ts';
import { KSWAPD_WAKE, KSWAPD_WAKE_REQUEST, type VmStat } from '../vmstat.ts';

const WMARK_HIGH = 2;

/**
 * Who wakes kswapd, and when it would have to run.
 *
 * Models: mm/vmscan.c wakeup_kswapd, pgdat_balanced (4.17, 6.1, 6.12).
 * Departs: it is woken and recorded, but does not run: no page is reclaimed in the background
 * and a boost is never taken back. Right for loads that keep the CPU with interrupts off.
 */
export class Kswapd implements KswapdWaker {
  readonly #zones: readonly Zone[];
  readonly #check: WatermarkCheck;
  readonly #vmstat: VmStat;
  readonly #request: WatermarkRequest = {
    mark: WMARK_HIGH,
    allocFlags: WMARK_HIGH,
    reserveIndex: 0,
    boostExempt: false,
  };
  /** Woken and not yet asleep again. */
  awake = false;
  /** Largest order and zone index asked for since it was woken. */
  order = 0;
  zoneIndex = 0;

  constructor(zones: readonly Zone[], check: WatermarkCheck, vmstat: VmStat) {
    this.#zones = zones;
    this.#check = check;
    this.#vmstat = vmstat;
  }

  wake(order: number, zoneIndex: number): void {
    this.#vmstat.add(KSWAPD_WAKE_REQUEST, 1);
    if (this.awake) {
      this.order = Math.max(this.order, order);
      this.zoneIndex = Math.max(this.zoneIndex, zoneIndex);
      return;
    }
    if (this.#isBalanced(order, zoneIndex) && !this.#isBoosted(zoneIndex)) return;
    this.awake = true;
    this.order = order;
    this.zoneIndex = zoneIndex;
    this.#vmstat.add(KSWAPD_WAKE, 1);
  }

  /** At least one zone that the request may use stands above its high mark. */
  #isBalanced(order: number, zoneIndex: number): boolean {
    this.#request.reserveIndex = zoneIndex;
    return this.#zones.some(
      (zone) => zone.index <= zoneIndex && this.#check.allows(zone, order, this.#request),
    );
  }

  #isBoosted(zoneIndex: number): boolean {
    return this.#zones.some((zone) => zone.index <= zoneIndex && zone.boost > 0);
  }
}
