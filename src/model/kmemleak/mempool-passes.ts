import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { keptFlags, quietBits } from './masks.ts';
import type { AllocContext } from './variant.ts';

/**
 * The flags of mempool_alloc's passes for a request with the caller's GFP_KERNEL and GFP_ATOMIC
 * bits: it adds the quiet bits by itself, and tries without direct reclaim and I/O first. There
 * is no second pass where that took nothing away.
 *
 * Models: mm/mempool.c, mempool_alloc, 4.17 to 6.12, under the proposals of 2019.
 * Departs: the third pass, a wait for an element, is the reserve's to make.
 */
export function mempoolPasses(caller: Gfp, _context: AllocContext, kernel: KernelProfile): Gfp[] {
  const { bits } = kernel.gfp;
  const full = (keptFlags(caller, kernel) | quietBits(kernel)) >>> 0;
  const first = (full & ~(bits.DIRECT_RECLAIM | bits.IO)) >>> 0;
  return first === full ? [full] : [first, full];
}
