import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';

/** Object sizes of the kmalloc caches, bytes, ascending; their indexes are the classes. */
export const KMALLOC_SIZES = [
  8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192,
] as const;
/** Above this a request goes straight to the page allocator. */
export const KMALLOC_CACHE_SIZE_MAX = 8192;

/** Kinds of kmalloc caches: which pages they are made of. */
export const KMALLOC_NORMAL = 0;
export const KMALLOC_DMA = 1;
export const KMALLOC_RECLAIMABLE = 2;

/** Class by size in steps of eight bytes, as the kernel's own table has it for small sizes. */
const CLASS_OF_EIGHTS = classTable();

/**
 * Class of a request of 1 … KMALLOC_CACHE_SIZE_MAX bytes: the smallest size that fits.
 *
 * **Models:** kmalloc_index and kmalloc_slab of mm/slab_common.c (4.17, 6.1, 6.12).
 */
export function kmallocClass(sizeBytes: number): number {
  return CLASS_OF_EIGHTS[(sizeBytes + 7) >> 3]!;
}

/**
 * Which kind of cache serves this mask: DMA wins over RECLAIMABLE.
 *
 * **Models:** kmalloc_type (6.1), the DMA test of kmalloc_slab (4.17).
 * **Departs:** no memory cgroups, so ACCOUNT takes the normal caches; no random copies (6.12).
 */
export function kmallocKind(gfp: Gfp, kernel: KernelProfile): number {
  const { bits } = kernel.gfp;
  if ((gfp & bits.DMA) !== 0) return KMALLOC_DMA;
  const isReclaimable = (gfp & bits.RECLAIMABLE) !== 0;
  return isReclaimable && kmallocKinds(kernel) > KMALLOC_RECLAIMABLE
    ? KMALLOC_RECLAIMABLE
    : KMALLOC_NORMAL;
}

/**
 * How many of the kinds a kernel has. The reclaimable ones and the short names came with one
 * release, 4.20, so that one rule tells both.
 */
export function kmallocKinds(kernel: KernelProfile): number {
  return kernel.rules.kmallocNames === 'short' ? 3 : 2;
}

/** A cache's name in /proc/slabinfo: kmalloc-1024, kmalloc-1k, kmalloc-rcl-1k, dma-kmalloc-1k. */
export function kmallocName(sizeBytes: number, kind: number, kernel: KernelProfile): string {
  const short = kernel.rules.kmallocNames === 'short' && sizeBytes >= 1024;
  const size = short ? `${sizeBytes / 1024}k` : String(sizeBytes);
  if (kind === KMALLOC_DMA) return `dma-kmalloc-${size}`;
  return kind === KMALLOC_RECLAIMABLE ? `kmalloc-rcl-${size}` : `kmalloc-${size}`;
}

/** Names of all kmalloc caches of a kernel. */
export function kmallocNames(kernel: KernelProfile): string[] {
  return Array.from({ length: kmallocKinds(kernel) }, (_, kind) =>
    KMALLOC_SIZES.map((size) => kmallocName(size, kind, kernel)),
  ).flat();
}

function classTable(): Uint8Array {
  const table = new Uint8Array(KMALLOC_CACHE_SIZE_MAX / 8 + 1);
  let smallest = 0;
  for (let eights = 1; eights < table.length; eights++) {
    if (eights * 8 > KMALLOC_SIZES[smallest]!) smallest++;
    table[eights] = smallest;
  }
  return table;
}
