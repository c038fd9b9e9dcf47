import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { WatermarkSet } from '../machine-config.ts';
import { multFrac, multiplyDivide } from './exact-integers.ts';

// Models: __setup_per_zone_wmarks (mm/page_alloc.c), 4.17, 6.1.192 and 6.12.117.
// Departs: nothing. The caller says which moment's managed pages it hands over: the kernel
// computes once (boot, sysctl write, huge-page start) and never follows later growth.
//
//   free pages ──────────────────────────────────────────────►
//   0          min        low        high       promo (6.x)
//   |           |←── gap ──|←── gap ──|←── gap ──|

/** A zone as the reserve arithmetic sees it. Zones of all nodes go into one computation. */
export interface ZonePages {
  /** The kernel's zone name: DMA, DMA32, Normal, HighMem, Movable … */
  readonly name: string;
  /** Managed pages at the moment of the computation. */
  readonly managed: number;
}

/** Which arithmetic a zone falls under. */
export function isHighmem(zone: ZonePages): boolean {
  return zone.name === 'HighMem';
}

/** Whether a zone is left out of the total that shares min_free_kbytes. */
export function leftOutOfTotal(zone: ZonePages, kernel: KernelProfile): boolean {
  return isHighmem(zone) || (zone.name === 'Movable' && kernel.rules.movableWatermarkClamped);
}

/** _watermark[] of every zone, in the zones' order, without boost. */
export function zoneWatermarks(
  zones: readonly ZonePages[],
  minFreeKbytes: number,
  watermarkScaleFactor: number,
  kernel: KernelProfile,
): WatermarkSet[] {
  const pagesMin = Math.floor(minFreeKbytes / 4);
  let total = 0;
  for (const zone of zones) if (!leftOutOfTotal(zone, kernel)) total += zone.managed;
  return zones.map((zone) => {
    const share = total === 0 ? 0 : multiplyDivide(pagesMin, zone.managed, total);
    const scaled = multFrac(zone.managed, watermarkScaleFactor, 10000);
    const gap = Math.max(Math.floor(share / 4), scaled);
    const min = leftOutOfTotal(zone, kernel) ? clampedMin(zone.managed) : share;
    const marks = { min, low: min + gap, high: min + 2 * gap };
    return kernel.rules.promoWatermark ? { ...marks, promo: min + 3 * gap } : marks;
  });
}

/** Zones that GFP_KERNEL never uses need no reserve for it: 32 to 128 pages by their size. */
function clampedMin(managed: number): number {
  return Math.min(128, Math.max(32, Math.floor(managed / 1024)));
}
