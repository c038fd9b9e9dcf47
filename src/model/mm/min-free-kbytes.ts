import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { isqrt } from './exact-integers.ts';
import { isHighmem, type ZonePages } from './watermarks.ts';

// Models: calculate_min_free_kbytes (init_per_zone_wmark_min in 4.17) and
// set_recommended_min_free_kbytes (mm/khugepaged.c), 4.17, 6.1.192 and 6.12.117.
// Departs: nothing.

/** Lower clamp of min_free_kbytes, kB, in every kernel. */
const MIN_FREE_KBYTES_MIN = 128;

/** Migratetypes with per-CPU lists: what the huge-page reserve keeps apart. */
const PCP_TYPES = 3;

/**
 * nr_free_buffer_pages: pages above the high watermark in the zones that GFP_USER may use.
 * At the first computation of a boot all high watermarks are still 0.
 */
export function freeBufferPages(
  zones: readonly ZonePages[],
  highMarks?: readonly number[],
): number {
  let pages = 0;
  zones.forEach((zone, index) => {
    if (!isUpToNormal(zone)) return;
    pages += Math.max(0, zone.managed - (highMarks?.[index] ?? 0));
  });
  return pages;
}

/** A zone that GFP_USER may use: its index is at most that of Normal. */
export function isUpToNormal(zone: ZonePages): boolean {
  return !isHighmem(zone) && zone.name !== 'Movable' && zone.name !== 'Device';
}

/** vm.min_free_kbytes as boot sets it, kB: 4 × the square root of the low memory in kB. */
export function minFreeKbytes(lowmemPages: number, kernel: KernelProfile): number {
  const raw = isqrt(lowmemPages * 4 * 16);
  return Math.min(kernel.rules.minFreeKbytesMax, Math.max(MIN_FREE_KBYTES_MIN, raw));
}

export interface HugePageReserve {
  /** Populated zones up to Normal. */
  readonly zones: number;
  /** freeBufferPages with the watermarks of that moment. */
  readonly lowmemPages: number;
  readonly pageblockOrder: number;
}

/**
 * What starting khugepaged raises vm.min_free_kbytes to, kB, when it is below: two pageblocks
 * a zone for each kind of allocation to keep apart, at most a twentieth of low memory.
 */
export function hugePageMinFreeKbytes(reserve: HugePageReserve): number {
  const pageblock = 2 ** reserve.pageblockOrder;
  const wanted = pageblock * reserve.zones * (2 + PCP_TYPES * PCP_TYPES);
  return Math.min(wanted, Math.floor(reserve.lowmemPages / 20)) * 4;
}
