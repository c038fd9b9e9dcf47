import { ceilPowerOfTwo } from './exact-integers.ts';

// Models: what the kernel keeps for itself before the buddy allocator starts, on x86-64:
// sparse_init (memmap), alloc_large_system_hash, swiotlb_init, the per-CPU first chunk.
// Departs: the kernel image, its page tables and small early allocations are one measured
// number a build, in place of the sum of their parts; page tables of machines above 64 GiB
// are left out.

/** Pages kept in one zone, and pages that come free later. */
export interface BootImage {
  /** Which machine the numbers were measured on. */
  readonly source: string;
  /** Pages of the DMA zone that are never managed (firmware, first MiB, trampoline). */
  readonly dmaPages: number;
  /** Kernel image and what stands beside it, low in DMA32. */
  readonly imagePages: number;
  /** Small early allocations, from the top of memory. */
  readonly topPages: number;
  /** First chunk of per-CPU variables, a CPU. */
  readonly perCpuPages: number;
  /** One large hash table each: an 8-byte bucket for every 2^scale bytes of memory. */
  readonly hashScales: readonly number[];
  /** Bounce buffer of machines with memory above 4 GiB: its bookkeeping in DMA32 and on top. */
  readonly bounceLowPages: number;
  readonly bounceTopPages: number;
  /** Pages of DMA32 that come back between the per-CPU lists' and the watermarks' set-up. */
  readonly alternativesPages: number;
  /** Pages of DMA32 that come back after the watermarks' set-up, without the initrd. */
  readonly initPages: number;
  readonly initrdPages: number;
}

/** Pages of the bounce buffer itself: 64 MiB. */
export const BOUNCE_PAGES = 16384;

/** Pages of 64-byte page structs for one section of 128 MiB: always a whole one. */
const SECTION_MEMMAP_PAGES = 512;
const SECTION_PAGES = 32768;

/** Sections whose descriptors share a page. */
const SECTIONS_PER_ROOT = 128;

/** Above 64 GiB, and at every fourfold of it, hash tables grow half as fast. */
const ADAPT_PAGES = 2 ** 24;
const PAGE_SHIFT = 12;
const BUCKETS_PER_PAGE = 512;

/** Page structs of all sections that hold memory, and what describes the sections. */
export function memmapPages(ranges: readonly { start: number; end: number }[]): number {
  let sections = 0;
  let roots = 0;
  for (const { start, end } of ranges) {
    sections += Math.ceil(end / SECTION_PAGES) - Math.floor(start / SECTION_PAGES);
    roots = Math.ceil(Math.ceil(end / SECTION_PAGES) / SECTIONS_PER_ROOT);
  }
  return sections * SECTION_MEMMAP_PAGES + Math.max(0, roots - 1);
}

/**
 * Pages of one boot-time hash table.
 * @param kernelPages present pages less memmap and what the DMA zone keeps, rounded as below
 */
export function hashTablePages(kernelPages: number, scale: number): number {
  const pages = Math.ceil(kernelPages / 256) * 256;
  let shift = scale - PAGE_SHIFT;
  for (let adapt = ADAPT_PAGES; adapt < pages; adapt *= 4) shift++;
  const buckets = ceilPowerOfTwo(Math.max(1, Math.floor(pages / 2 ** shift)));
  return Math.max(1, buckets / BUCKETS_PER_PAGE);
}

const MEASURED_4_17: BootImage = {
  source: '4.17.0 under QEMU 7.2 pc, 64M to 8G, 1 to 8 CPUs',
  dmaPages: 21,
  imagePages: 1915,
  topPages: 13,
  perCpuPages: 39,
  hashScales: [13, 14],
  bounceLowPages: 8,
  bounceTopPages: 99,
  alternativesPages: 3,
  initPages: 1171,
  initrdPages: 899,
};

const MEASURED_6_1: BootImage = {
  source: '6.1.192 under QEMU 7.2 pc, 64M to 8G, 1 to 2 CPUs',
  dmaPages: 158,
  imagePages: 3132,
  topPages: 265,
  perCpuPages: 49,
  hashScales: [13, 14, 14],
  bounceLowPages: 0,
  bounceTopPages: 194,
  alternativesPages: 54,
  initPages: 968,
  initrdPages: 458,
};

/**
 * By kernel profile. 6.12 was not measured: it takes 6.1's numbers, whose DMA zone (3840
 * managed pages) is the one fact known of later kernels.
 */
export const BOOT_IMAGES: Readonly<Record<string, BootImage>> = {
  '4.17': MEASURED_4_17,
  '6.1': MEASURED_6_1,
  '6.12': { ...MEASURED_6_1, source: '6.1.192 under QEMU: 6.12 was not measured' },
};
