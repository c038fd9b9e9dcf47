import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { ZonePages } from './watermarks.ts';

// Models: setup_per_zone_lowmem_reserve (mm/page_alloc.c), 4.17, 6.1.192 and 6.12.117.
// Departs: nothing.
//
//   reserve[i][j], shown as "protection" of zone i: pages of zone i that a request which
//   could also have used the zones above it, up to j, must leave alone.

/**
 * lowmem_reserve of every zone of one node, by [zone][request index]. The zones stand in
 * index order with no gaps: an absent zone counts with 0 managed pages.
 */
export function lowmemReserves(
  zones: readonly ZonePages[],
  ratios: readonly number[],
  kernel: KernelProfile,
): number[][] {
  return zones.map((zone, lower) => {
    const ratio = ratios[lower] ?? 0;
    const none = ratio < 1 || (kernel.rules.reserveNeedsManaged && zone.managed === 0);
    let above = 0;
    return zones.map((higher, index) => {
      if (index <= lower) return 0;
      above += higher.managed;
      return none ? 0 : Math.floor(above / ratio);
    });
  });
}
