import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';

// The masks with which SLUB asks for the pages of a new slab. It asks twice:
//
//   caller's mask ── & what new_slab keeps ── | the cache's own bits ──▶ cut mask
//   attempt 1, preferred order: cut + NOWARN + NORETRY − NOFAIL
//              and, where the cut mask blocks and the order could be smaller,
//              + NOMEMALLOC − both reclaim bits: no reclaim, and kswapd stays asleep
//   attempt 2, minimum order:   cut, whatever it says
//
// Attempt 2 follows even where the preferred order is the minimum: then attempt 1 was a try of
// the same order with weaker flags. An atomic mask keeps HIGH and KSWAPD in attempt 1: it may dip
// into the reserves at the higher order.
//
// **Models:** mm/slub.c, new_slab, allocate_slab, calculate_sizes (allocflags); 4.17.0, 6.1.192,
// 6.12.117. **Departs:** nothing known.

/** s->allocflags: what a cache adds to every request. `kindBits`: RECLAIMABLE, DMA, DMA32. */
export function cacheAllocBits(order: number, kindBits: Gfp, kernel: KernelProfile): Gfp {
  const isCompound = order > 0 || kernel.rules.slubAlwaysComp;
  return isCompound ? (kindBits | kernel.gfp.bits.COMP) >>> 0 : kindBits;
}

/** What new_slab keeps of any mask; a proposal's new flag has to be added to it. */
export function stockKeptMask(kernel: KernelProfile): Gfp {
  return (kernel.gfp.reclaimMask | kernel.gfp.constraintMask) >>> 0;
}

/** The mask that both attempts start from. */
export function cutMask(gfp: Gfp, kept: Gfp, cacheBits: Gfp): Gfp {
  return ((gfp & kept) | cacheBits) >>> 0;
}

/** Attempt 1, at the preferred order. */
export function firstAttemptMask(
  cut: Gfp,
  order: number,
  minOrder: number,
  kernel: KernelProfile,
): Gfp {
  const { bits } = kernel.gfp;
  const quiet = (cut | bits.NOWARN | bits.NORETRY) & ~bits.NOFAIL;
  if ((cut & bits.DIRECT_RECLAIM) === 0 || order <= minOrder) return quiet >>> 0;
  const reclaim = bits.DIRECT_RECLAIM | bits.KSWAPD_RECLAIM;
  return ((quiet | bits.NOMEMALLOC) & ~reclaim) >>> 0;
}

/** Attempt 2, at the minimum order: NOFAIL and reclaim are back. */
export function secondAttemptMask(cut: Gfp): Gfp {
  return cut;
}
