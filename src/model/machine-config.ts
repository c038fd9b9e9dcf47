import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { FaultSpec } from './fault/fault-attr.ts';
import type { NewFlagOverride } from './fault/new-flag.ts';
import type { EarlyBootConfig } from './kmemleak/early-boot.ts';
import type { KmemleakVariant } from './kmemleak/variant.ts';

/** Zone indexes; HIGHMEM does not exist on x86-64. */
export const ZONE_DMA = 0;
export const ZONE_DMA32 = 1;
export const ZONE_NORMAL = 2;
export const ZONE_MOVABLE = 3;
export const ZONE_NAMES = ['DMA', 'DMA32', 'Normal', 'Movable'] as const;
export type ZoneName = (typeof ZONE_NAMES)[number];

/** Migratetypes, as indexes of free lists. */
export const MIGRATE_UNMOVABLE = 0;
export const MIGRATE_MOVABLE = 1;
export const MIGRATE_RECLAIMABLE = 2;
export const MIGRATE_HIGHATOMIC = 3;
export const MIGRATE_TYPES = 4;
/** How many of them have per-CPU lists. */
export const MIGRATE_PCPTYPES = 3;

/** Watermarks of one zone, pages, without boost. */
export interface WatermarkSet {
  readonly min: number;
  readonly low: number;
  readonly high: number;
  /** Only where the kernel has it. */
  readonly promo?: number;
}

/** Limits of a zone's per-CPU lists, pages; highMin < highMax only where the kernel tunes it. */
export interface PcpLimits {
  readonly batch: number;
  readonly high: number;
  readonly highMin: number;
  readonly highMax: number;
}

/** What is free in a zone when the run starts, pages. */
export interface FreeState {
  /** Pages on the buddy lists. */
  readonly pages: number;
  /** Blocks by [migratetype][order], when a snapshot told them; they need not add up to `pages`. */
  readonly blocks?: readonly (readonly number[])[];
  /** Pageblocks by migratetype, when a snapshot told them. */
  readonly pageblocks?: readonly number[];
  /** Pages on the per-CPU lists, one number a CPU. */
  readonly pcp: readonly number[];
}

export interface ZoneConfig {
  readonly name: ZoneName;
  readonly index: number;
  readonly startPfn: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly watermarks: WatermarkSet;
  readonly boost: number;
  /** lowmem_reserve by request index. */
  readonly lowmemReserve: readonly number[];
  readonly pcp: PcpLimits;
  readonly free: FreeState;
  /** File pages on the zone's LRU lists, when a snapshot told them. */
  readonly filePages?: { readonly inactive: number; readonly active: number };
}

/** What a slab cache holds when the run starts. */
export interface SlabCacheState {
  readonly name: string;
  readonly objectSize: number;
  readonly order: number;
  readonly objectsPerSlab: number;
  readonly activeObjects: number;
  readonly slabs: number;
  /**
   * Free objects on each CPU's own lists. slabinfo counts them as active; where nothing told
   * them they are taken to be none.
   */
  readonly cpuFreeObjects?: readonly number[];
}

/** The scan thread: its first scan, and its rest after each. */
export interface ScanConfig {
  readonly firstNs: number;
  readonly periodNs: number;
}

export interface KmemleakConfig {
  readonly enabled: boolean;
  readonly variant: KmemleakVariant;
  /** Free static pool entries at the start (of the pool the variant or the kernel has). */
  readonly poolFree: number;
  /** Length of an RCU grace period, ns: freed metadata waits for the end of the next whole one. */
  readonly gracePeriodNs: number;
  /** Distinct stack traces the workload's callers have: how much the stack depot grows. */
  readonly stackDepotEnabled: boolean;
  /** What the kernel was not told of the variant's new flag; absent: the proposal as meant. */
  readonly newFlag?: NewFlagOverride;
  /** Absent: nobody scans. */
  readonly scan?: ScanConfig;
  /** What was tracked before the slab allocator was there; absent: it had room. */
  readonly early?: EarlyBootConfig;
  /** CONFIG_PREEMPT_COUNT: held spinlocks can be seen. Absent: set. */
  readonly preemptCount?: boolean;
}

/** Of a kernel whose configuration nobody told. */
const DEFAULT_HZ = 250;

/** From one tick to the next. */
export function jiffyNsOf({ hz = DEFAULT_HZ }: Pick<MachineConfig, 'hz'>): number {
  return Math.round(1e9 / hz);
}

/** Nanoseconds a step costs; an input, not a result. Each name says the step. */
export interface Costs {
  readonly slabFastNs: number;
  readonly slabNewNs: number;
  readonly pageNs: number;
  readonly slowPathNs: number;
  readonly scanPerPageNs: number;
  readonly compactScanNs: number;
  readonly migratePageNs: number;
  readonly reclaimPassNs: number;
  readonly shrinkObjectNs: number;
  readonly swapOutPageNs: number;
  readonly compressPageNs: number;
  readonly decompressPageNs: number;
  readonly tlbFlushNs: number;
  readonly submitIoNs: number;
  readonly completeIoNs: number;
  readonly reclaimPerPageNs: number;
  readonly kmemleakInsertNs: number;
  readonly switchNs: number;
  readonly faultNs: number;
  readonly returnToUserNs: number;
  readonly zapPageNs: number;
  readonly oomReportNs: number;
  readonly copyPageNs: number;
  readonly scanWordNs: number;
  readonly checksumByteNs: number;
}

/** A block device: each request takes the latency and its share of the bandwidth. */
export interface DiskConfig {
  readonly latencyNs: number;
  readonly bytesPerSecond: number;
  /** Requests that it works on at once. */
  readonly queueDepth: number;
}

/** A swap area. */
export type SwapConfig = SwapOnDisk | SwapInMemory;

export interface SwapOnDisk {
  readonly pages: number;
  readonly disk: DiskConfig;
  readonly compressionRatio?: undefined;
}

export interface SwapInMemory {
  readonly pages: number;
  readonly disk?: undefined;
  /** Bytes of a page against those that are kept of it. */
  readonly compressionRatio: number;
}

/** A process that does nothing but hold memory. */
export interface IdleProcess {
  readonly name: string;
  /** Pages resident when the run starts. */
  readonly residentPages: number;
  readonly oomScoreAdj: number;
  /** Name of the process that started it; absent: init. */
  readonly parent?: string;
}

/** A cache of objects that can be given back, as it stands when the load starts. */
export interface ShrinkableConfig {
  readonly name: string;
  readonly objects: number;
  readonly objectBytes: number;
  /** Reads that it takes to make an object again. */
  readonly seeks: number;
  /** Objects that somebody uses, of every hundred: they keep their slabs. */
  readonly pinnedPercent: number;
}

/** Shares of what may become dirty, in percent. */
export interface DirtyRatios {
  /** vm.dirty_background_ratio */
  readonly background: number;
  /** vm.dirty_ratio */
  readonly limit: number;
}

/** The machine's whole input: resolved numbers only. */
export interface MachineConfig {
  readonly kernel: KernelProfile;
  readonly cpus: number;
  /** log2 of the pages of a pageblock: 9 with huge pages configured, else the largest order. */
  readonly pageblockOrder: number;
  readonly watermarkBoostFactor: number;
  /** CONFIG_BASE_SMALL: nodes of radix trees have 16 slots, not 64; absent: no. */
  readonly baseSmall?: boolean;
  /** Ascending by index; zones without present pages are left out. */
  readonly zones: readonly ZoneConfig[];
  readonly slabs: readonly SlabCacheState[];
  /** Clean, unmapped page-cache pages that reclaim may drop, of all zones together. */
  readonly cleanFilePages: number;
  readonly fault: FaultSpec;
  readonly kmemleak: KmemleakConfig;
  readonly costs: Costs;
  /** A row of the time series every so many ns; absent: no time series. */
  readonly samplePeriodNs?: number;
  /** Ticks a second; absent: 250. */
  readonly hz?: number;
  /** Mean lateness of an idle CPU that a thread is woken for, ns; absent: 0. */
  readonly lateWakeNs?: number;
  /** Caches that reclaim may shrink; absent: none. */
  readonly shrinkers?: readonly ShrinkableConfig[];
  /** vm.swappiness; absent: 60. */
  readonly swappiness?: number;
  /** Absent: DEFAULT_DIRTY_RATIOS. */
  readonly dirtyRatios?: DirtyRatios;
  /** Absent: no swap area. */
  readonly swap?: SwapConfig;
  /** Where files lie; absent: nobody may read any. */
  readonly disk?: DiskConfig;
  readonly processes?: readonly IdleProcess[];
}
