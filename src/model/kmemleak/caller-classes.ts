import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { composite, quietBits } from './masks.ts';

/** One of the callers by which the proposals are told apart. */
export interface CallerClass {
  readonly id: 'A' | 'B' | 'C' | 'D' | 'E';
  readonly label: string;
  gfp(kernel: KernelProfile): Gfp;
}

/**
 * A caller that reclaims, one with reserves, one with neither, one inside a file system that
 * lockdep is to overlook, and the first pass of a swap-out's bio: kswapd's own request.
 *
 * Models: the callers that the mails argue about; E is mempool_alloc's first pass for GFP_NOIO.
 * Departs: five stand for all.
 */
export const CALLER_CLASSES: readonly CallerClass[] = [
  { id: 'A', label: 'GFP_KERNEL', gfp: (kernel) => composite('GFP_KERNEL', kernel) },
  { id: 'B', label: 'GFP_ATOMIC', gfp: (kernel) => composite('GFP_ATOMIC', kernel) },
  { id: 'C', label: 'GFP_NOWAIT', gfp: (kernel) => composite('GFP_NOWAIT', kernel) },
  {
    id: 'D',
    label: 'GFP_NOFS|NOLOCKDEP',
    gfp: (kernel) => (composite('GFP_NOFS', kernel) | kernel.gfp.lockdepBit) >>> 0,
  },
  {
    id: 'E',
    label: 'bio of a swap-out',
    gfp: (kernel) => (quietBits(kernel) | kernel.gfp.bits.KSWAPD_RECLAIM) >>> 0,
  },
];
