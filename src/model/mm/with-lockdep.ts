import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { LOCKDEP_BUILDS } from '../../kernel/lockdep-builds.ts';

/**
 * The kernel as it is with CONFIG_LOCKDEP: __GFP_NOLOCKDEP has a bit, gfp_allowed_mask lets it
 * through, and each kmemleak object carries the map of its lock.
 *
 * **Models:** include/linux/gfp.h (___GFP_NOLOCKDEP, __GFP_BITS_SHIFT), the reclaim mask that
 * SLUB's new_slab applies (without the bit in 4.17, with it in 6.x) and sizeof(struct
 * kmemleak_object); 4.17.0, 6.1.192, 6.12.117.
 * **Departs:** other objects do not grow; lockdep's own time and memory are left out. The kernel
 * prints no name for the bit, and neither does this.
 */
export function withLockdep(kernel: KernelProfile): KernelProfile {
  const { gfp, kmemleak } = kernel;
  const { lockdepBit, reclaimMask } = gfp;
  const build = LOCKDEP_BUILDS[kernel.name];
  if (build === undefined) {
    throw new UserError(`kernel ${kernel.name} is not known with lockdep`, {
      expected: Object.keys(LOCKDEP_BUILDS).join(', '),
    });
  }
  const { slabKeepsNolockdep, objectSize } = build;
  return {
    ...kernel,
    gfp: {
      ...gfp,
      bits: { ...gfp.bits, NOLOCKDEP: lockdepBit },
      bitsShift: 32 - Math.clz32(lockdepBit),
      reclaimMask: slabKeepsNolockdep ? (reclaimMask | lockdepBit) >>> 0 : reclaimMask,
    },
    kmemleak: { ...kmemleak, objectSize },
  };
}
