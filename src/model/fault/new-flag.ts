import type { Gfp, KernelProfile, NewGfpFlag } from '../../kernel/kernel-profile.ts';

/**
 * A gfp bit that a proposal adds, and the two places that drop a bit they have not been told of.
 *
 * **Models:** gfp_allowed_mask (all bits below __GFP_BITS_SHIFT), which the slab hooks apply to
 * every request, and the masks that SLUB's new_slab keeps of it; 4.17 to 6.12.
 * **Departs:** the early-boot value of gfp_allowed_mask is not modelled: runs start after boot.
 */
export type NewFlag = NewGfpFlag;

/** Which of the two places a scenario leaves untold: the proposal with a mistake in it. */
export type NewFlagOverride = Partial<Pick<NewFlag, 'bitsShiftRaised' | 'inReclaimMask'>>;

/** gfp_allowed_mask after boot, with or without a new flag. */
export function gfpAllowedMask(kernel: KernelProfile, flag: NewFlag | null): Gfp {
  const stock = 2 ** kernel.gfp.bitsShift - 1;
  if (flag === null || !flag.bitsShiftRaised) return stock;
  const raised = 2 ** (32 - Math.clz32(flag.value)) - 1;
  return Math.max(stock, raised);
}

/** What new_slab keeps of a request's mask before it asks for pages. */
export function slabKeptMask(kernel: KernelProfile, flag: NewFlag | null): Gfp {
  const stock = kernel.gfp.reclaimMask | kernel.gfp.constraintMask;
  return (flag?.inReclaimMask === true ? stock | flag.value : stock) >>> 0;
}
