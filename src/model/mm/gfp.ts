import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { ZONE_DMA, ZONE_DMA32, ZONE_MOVABLE, ZONE_NORMAL } from '../machine-config.ts';
import type { TaskContext } from '../sched/task-context.ts';

// What a gfp mask says by itself. The bits of 6.1, from the lowest:
//
//   where     │ DMA HIGHMEM DMA32 MOVABLE        bits 0…3: the zones, and half of the migratetype
//   what      │ RECLAIMABLE HIGH IO FS           bits 4…7: migratetype, reserves, reclaim's scope
//   how hard  │ ZERO ATOMIC DIRECT_RECLAIM KSWAPD_RECLAIM WRITE NOWARN RETRY_MAYFAIL NOFAIL
//             │ NORETRY MEMALLOC COMP NOMEMALLOC HARDWALL THISNODE ACCOUNT ZEROTAGS
//
// The lowest eight stand at the same place in every profile; the others moved in 4.18 to 5.1.
//
// **Models:** include/linux/gfp.h (gfp_types.h in 6.x), gfp_zone, gfp_migratetype and the name
// table of include/trace/events/mmflags.h; 4.17.0, 6.1.192, 6.12.117.
// **Departs:** x86-64 only: no HIGHMEM zone, no KASAN bits. Mobility grouping is always on.

export { compileMaskExpression } from './gfp-expression.ts';
export { formatGfp, hex } from './gfp-print.ts';
export { parseGfp, type ReadGfp, readGfp } from './gfp-reading.ts';

/** Two zone bits that exclude each other. */
export const INVALID_ZONE = -1;
/** MOVABLE and RECLAIMABLE together. */
export const INVALID_MIGRATETYPE = 3;

/** The single flags that are set, lowest bit first. */
export function gfpFlags(value: Gfp, kernel: KernelProfile): string[] {
  const own = kernel.newFlag === undefined ? [] : [kernel.newFlag];
  return Object.entries(kernel.gfp.bits)
    .map(([name, bit]) => ({ name: `__GFP_${name}`, value: bit }))
    .concat(own)
    .filter((flag) => (value & flag.value) !== 0)
    .sort((a, b) => a.value - b.value)
    .map(({ name }) => name);
}

/** Bits that mean nothing in this kernel. */
export function unknownBits(value: Gfp, kernel: KernelProfile): Gfp {
  const own = kernel.newFlag?.value ?? 0;
  const known = Object.values(kernel.gfp.bits).reduce((all, bit) => all | bit, own);
  return (value & ~known) >>> 0;
}

/** gfp_allowed_mask once boot is over: all bits below __GFP_BITS_SHIFT. */
export function allowedMask(kernel: KernelProfile): Gfp {
  return 2 ** kernel.gfp.bitsShift - 1;
}

/** gfp_zone(): the highest zone index that the request may use, or INVALID_ZONE. */
export function gfpZoneIndex(gfp: Gfp, kernel: KernelProfile): number {
  const { DMA, HIGHMEM, DMA32, MOVABLE } = kernel.gfp.bits;
  const limit = gfp & (DMA | HIGHMEM | DMA32);
  if (limit === 0) return ZONE_NORMAL;
  if (limit === DMA) return ZONE_DMA;
  if (limit === DMA32) return ZONE_DMA32;
  if (limit === HIGHMEM) return (gfp & MOVABLE) === 0 ? ZONE_NORMAL : ZONE_MOVABLE;
  return INVALID_ZONE;
}

/** gfp_migratetype(): 0 unmovable, 1 movable, 2 reclaimable, or INVALID_MIGRATETYPE. */
export function migratetypeOf(gfp: Gfp): number {
  return (gfp >> 3) & 3;
}

/** gfpflags_allow_blocking(): may reclaim directly, and so may sleep. */
export function isBlockable(gfp: Gfp, kernel: KernelProfile): boolean {
  return (gfp & kernel.gfp.bits.DIRECT_RECLAIM) !== 0;
}

export function wakesKswapd(gfp: Gfp, kernel: KernelProfile): boolean {
  return (gfp & kernel.gfp.bits.KSWAPD_RECLAIM) !== 0;
}

/** ATOMIC and DIRECT_RECLAIM contradict each other (W1); never true where ATOMIC is gone. */
export function isAtomicBlockable(gfp: Gfp, kernel: KernelProfile): boolean {
  const { ATOMIC, DIRECT_RECLAIM } = kernel.gfp.bits;
  return (gfp & ATOMIC) !== 0 && (gfp & DIRECT_RECLAIM) !== 0;
}

/** The mask with which the slow path goes on: ATOMIC loses against DIRECT_RECLAIM. */
export function slowPathGfp(gfp: Gfp, kernel: KernelProfile): Gfp {
  return isAtomicBlockable(gfp, kernel) ? (gfp & ~kernel.gfp.bits.ATOMIC) >>> 0 : gfp;
}

/** current_gfp_context(): what the scopes of the task leave of the mask. */
export function scopedGfp(
  gfp: Gfp,
  kernel: KernelProfile,
  scope: Pick<TaskContext, 'memallocNoio' | 'memallocNofs'>,
): Gfp {
  const { IO, FS } = kernel.gfp.bits;
  if (scope.memallocNoio) return (gfp & ~(IO | FS)) >>> 0;
  return scope.memallocNofs ? (gfp & ~FS) >>> 0 : gfp;
}
