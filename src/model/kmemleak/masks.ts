import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';

/*
 * The words in which the proposals for gfp_kmemleak_mask are written. Each is made of the
 * profile's bits by name, so that a proposal of 2018 can be tried on any kernel's flag table.
 *
 * Models: mm/kmemleak.c, gfp_kmemleak_mask, 2.6.31 to 6.12.
 * Departs: __GFP_NOLOCKDEP is kept only by a proposal that says so; without LOCKDEP it is 0.
 */

/** What every proposal since 2009 keeps of the caller's flags: GFP_KERNEL | GFP_ATOMIC. */
export function keptFlags(caller: Gfp, kernel: KernelProfile): Gfp {
  const { bits } = kernel.gfp;
  const kept = reclaimBits(kernel) | bits.IO | bits.FS | bits.HIGH | bits.ATOMIC;
  return (caller & kept) >>> 0;
}

/** The same and __GFP_NOLOCKDEP, as since 5.15. */
export function keptWithNolockdep(caller: Gfp, kernel: KernelProfile): Gfp {
  return (keptFlags(caller, kernel) | (caller & kernel.gfp.lockdepBit)) >>> 0;
}

/** The three bits added in 2011: __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN. */
export function quietBits(kernel: KernelProfile): Gfp {
  const { bits } = kernel.gfp;
  return (bits.NORETRY | bits.NOMEMALLOC | bits.NOWARN) >>> 0;
}

/** (gfp & (GFP_KERNEL | GFP_ATOMIC)) | quiet bits: the mask that most proposals start from. */
export function quietMask(caller: Gfp, kernel: KernelProfile): Gfp {
  return (keptFlags(caller, kernel) | quietBits(kernel)) >>> 0;
}

/** The quiet mask and __GFP_NOFAIL: mainline's in 4.15 to 5.2, which later proposals start from. */
export function nofailMask(caller: Gfp, kernel: KernelProfile): Gfp {
  return (quietMask(caller, kernel) | kernel.gfp.bits.NOFAIL) >>> 0;
}

/** __GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM. */
export function reclaimBits(kernel: KernelProfile): Gfp {
  return (kernel.gfp.bits.DIRECT_RECLAIM | kernel.gfp.bits.KSWAPD_RECLAIM) >>> 0;
}

/** GFP_KERNEL, GFP_ATOMIC and the like, by name. */
export function composite(name: string, kernel: KernelProfile): Gfp {
  const value = kernel.gfp.composites[name];
  if (value === undefined) throw new Error(`kernel ${kernel.name} has no ${name}`);
  return value;
}
