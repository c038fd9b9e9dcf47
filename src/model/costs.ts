import type { Costs } from './machine-config.ts';

/** Where a number comes from: measured elsewhere, or a guess within the stated range. */
export interface CostSource {
  readonly ns: number;
  readonly what: string;
  readonly source: string;
}

/**
 * Simulated time of each step. These are inputs, not results: they order events and scale
 * stalls, and no verdict of a load without time pressure depends on them.
 */
export const COST_SOURCES: Readonly<Record<keyof Costs, CostSource>> = {
  slabFastNs: {
    ns: 11,
    what: 'an object from a free list, or back to it',
    source: '42 to 43 cycles an alloc and free pair at 4 GHz: SLUB bulk patches, Brouer, Lameter',
  },
  slabNewNs: {
    ns: 250,
    what: 'building a new slab around its pages',
    source: 'guess, 100 to 500: initialising a free list of some twenty objects',
  },
  pageNs: {
    ns: 94,
    what: 'a page from the per-CPU list, refills included',
    source: '4 KiB kernel page, one core: LLFree, USENIX ATC 2023',
  },
  slowPathNs: {
    ns: 1000,
    what: 'a pass through the slow path without reclaim',
    source: 'guess, 500 to 2000: two more walks and a wake-up',
  },
  scanPerPageNs: {
    ns: 100,
    what: 'looking at one page of an LRU list',
    source: 'guess, 50 to 200: without unmapping',
  },
  compactScanNs: {
    ns: 10,
    what: 'looking at one page frame for compaction',
    source: 'guess, 5 to 30: a flag and a pageblock bit, one frame after the other',
  },
  migratePageNs: {
    ns: 1500,
    what: 'moving one page: unmapping, copying and mapping it again',
    source: 'guess, 700 to 3000: a copy and two changes of a page table',
  },
  reclaimPassNs: {
    ns: 2000,
    what: 'one pass of a reclaimer over the node without its pages: marks, scan counts, shrinkers',
    source: 'guess, 1000 to 5000',
  },
  shrinkObjectNs: {
    ns: 100,
    what: 'looking at one object of a shrinkable cache',
    source: 'guess, 50 to 200, as for a page',
  },
  swapOutPageNs: {
    ns: 2000,
    what: 'unmapping a page and putting it into the swap cache, without the I/O',
    source: 'guess, 1000 to 3000',
  },
  compressPageNs: {
    ns: 6000,
    what: 'compressing a page',
    source: 'guess, 3000 to 12000: lz4 and lzo at 300 MB to 1.3 GB a second',
  },
  decompressPageNs: {
    ns: 3000,
    what: 'unpacking a compressed page',
    source: 'guess, 1000 to 5000: a swap-in from zram takes 3 to 10 microseconds with its fault',
  },
  tlbFlushNs: {
    ns: 4000,
    what: 'an interrupt of the process whose page others unmap, and its TLB to refill',
    source: 'guess, 2000 to 6000: shootdowns of up to 6 microseconds, LATR, ASPLOS 2018',
  },
  submitIoNs: {
    ns: 1000,
    what: 'handing a request to a block device',
    source: 'guess, 500 to 2000: a core does some 500 000 requests of 4 KiB a second on NVMe',
  },
  completeIoNs: {
    ns: 1000,
    what: 'the interrupt at the end of a request to a block device',
    source: 'guess, 500 to 2000: the other half of the same time',
  },
  reclaimPerPageNs: {
    ns: 500,
    what: 'dropping one clean page of the page cache',
    source: '116 to 1116 a page for MADV_PAGEOUT of clean file pages',
  },
  kmemleakInsertNs: {
    ns: 300,
    what: 'filling a metadata object in and inserting it into the tree',
    source: 'guess, 200 to 1000: a tree of some hundred thousand objects under one lock',
  },
  switchNs: {
    ns: 2000,
    what: 'a switch to another thread, or the wake-up of one on an idle CPU',
    source: 'guess, 1000 to 5000: context switches measured with pipes between two threads',
  },
  faultNs: {
    ns: 900,
    what: 'a page fault with the zeroing of its page, without the allocation',
    source: 'a minor anonymous fault, 575 to 1013 with its page: i7-11xxx, Linux 6.6',
  },
  returnToUserNs: {
    ns: 50,
    what: 'the way back to user space, interrupts off: a tick that comes meanwhile finds it there',
    source: 'guess, 20 to 100: the end of an exception, of some hundred cycles',
  },
  zapPageNs: {
    ns: 500,
    what: 'unmapping and freeing one page of a dying process',
    source: '450 to 570 measured with munmap in a guest',
  },
  oomReportNs: {
    ns: 100_000,
    what: 'what the OOM killer writes to the log before it kills, without a console',
    source: '0.4 to 0.9 ms in the logs of an emulated CPU that is some 8 times slower',
  },
  copyPageNs: {
    ns: 400,
    what: 'copying a page between the page cache and its user',
    source: 'guess, 150 to 430: zeroing a cold page takes as long',
  },
  scanWordNs: {
    ns: 4,
    what: 'a word that kmemleak reads, its look-up included where it may be a pointer',
    source: 'guess, 2 to 20: a load and two comparisons, seldom a tree of some levels',
  },
  checksumByteNs: {
    ns: 1,
    what: 'a byte of the checksum of an object without pointers to it',
    source: 'guess, 0.3 to 2: crc32 by tables, eight bytes at a time',
  },
};

export const DEFAULT_COSTS: Costs = {
  slabFastNs: COST_SOURCES.slabFastNs.ns,
  slabNewNs: COST_SOURCES.slabNewNs.ns,
  pageNs: COST_SOURCES.pageNs.ns,
  slowPathNs: COST_SOURCES.slowPathNs.ns,
  scanPerPageNs: COST_SOURCES.scanPerPageNs.ns,
  compactScanNs: COST_SOURCES.compactScanNs.ns,
  migratePageNs: COST_SOURCES.migratePageNs.ns,
  reclaimPassNs: COST_SOURCES.reclaimPassNs.ns,
  shrinkObjectNs: COST_SOURCES.shrinkObjectNs.ns,
  swapOutPageNs: COST_SOURCES.swapOutPageNs.ns,
  compressPageNs: COST_SOURCES.compressPageNs.ns,
  decompressPageNs: COST_SOURCES.decompressPageNs.ns,
  tlbFlushNs: COST_SOURCES.tlbFlushNs.ns,
  submitIoNs: COST_SOURCES.submitIoNs.ns,
  completeIoNs: COST_SOURCES.completeIoNs.ns,
  reclaimPerPageNs: COST_SOURCES.reclaimPerPageNs.ns,
  kmemleakInsertNs: COST_SOURCES.kmemleakInsertNs.ns,
  switchNs: COST_SOURCES.switchNs.ns,
  faultNs: COST_SOURCES.faultNs.ns,
  returnToUserNs: COST_SOURCES.returnToUserNs.ns,
  zapPageNs: COST_SOURCES.zapPageNs.ns,
  oomReportNs: COST_SOURCES.oomReportNs.ns,
  copyPageNs: COST_SOURCES.copyPageNs.ns,
  scanWordNs: COST_SOURCES.scanWordNs.ns,
  checksumByteNs: COST_SOURCES.checksumByteNs.ns,
};
