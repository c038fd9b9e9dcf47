import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { PcpLimits, WatermarkSet } from '../machine-config.ts';
import { lowmemReserves } from './lowmem-reserve.ts';
import { freeBufferPages, hugePageMinFreeKbytes, minFreeKbytes } from './min-free-kbytes.ts';
import { pcpLimits } from './pcp-limits.ts';
import { type ZonePages, zoneWatermarks } from './watermarks.ts';

// Models: which reserve values a moment in a kernel's life sets, and from which page counts:
// init_per_zone_wmark_min at boot, the vm sysctls' handlers at run time.
// Departs: one node. lowmem_reserve follows every sysctl write here; in the kernel it is the
// read or write of vm.lowmem_reserve_ratio that recomputes it, so `sysctl -a` does.

/** What the vm sysctls say. */
export interface ReserveSettings {
  readonly minFreeKbytes: number;
  readonly watermarkScaleFactor: number;
  /** By zone index. */
  readonly lowmemReserveRatio: readonly number[];
  /** vm.percpu_pagelist_fraction or …_high_fraction; 0: not set. */
  readonly pcpFraction: number;
}

/** The managed pages of one zone at three moments; see BootZone. */
export interface ZoneMoments {
  readonly name: string;
  readonly managed: number;
  readonly bootManaged: number;
  readonly pcpManaged: number;
}

export interface ZoneReserve {
  readonly watermarks: WatermarkSet;
  readonly lowmemReserve: readonly number[];
  readonly pcp: PcpLimits;
}

/** Request indexes of x86-64: zones that are absent still have a column. */
const INDEXES = ['DMA', 'DMA32', 'Normal', 'Movable'];

/** vm.min_free_kbytes after boot: by the memory's size, or what huge pages raise it to. */
export function bootMinFreeKbytes(
  zones: readonly ZoneMoments[],
  kernel: KernelProfile,
  hugePages?: { readonly pageblockOrder: number },
): number {
  const pages = zones.map(atBoot);
  const base = minFreeKbytes(freeBufferPages(pages), kernel);
  if (hugePages === undefined) return base;
  const marks = zoneWatermarks(pages, base, kernel.watermarkScaleFactor, kernel);
  const lowmemPages = freeBufferPages(
    pages,
    marks.map((mark) => mark.high),
  );
  return Math.max(
    base,
    hugePageMinFreeKbytes({
      zones: pages.filter((zone) => zone.name !== 'Movable').length,
      lowmemPages,
      pageblockOrder: hugePages.pageblockOrder,
    }),
  );
}

/** All reserve values as boot leaves them. */
export function bootReserves(
  zones: readonly ZoneMoments[],
  settings: ReserveSettings,
  cpus: number,
  kernel: KernelProfile,
): ZoneReserve[] {
  const pages = zones.map(atBoot);
  const marks = marksOf(pages, settings, kernel);
  const reserves = reservesOf(pages, settings, kernel);
  const fraction = settings.pcpFraction;
  return zones.map((zone, index) => {
    const { low } = marks[index]!;
    const managed = kernel.rules.pcpFollowsWatermarks ? zone.bootManaged : zone.pcpManaged;
    const pcp = pcpLimits({ name: zone.name, managed }, { low, cpus, fraction }, kernel);
    return { watermarks: marks[index]!, lowmemReserve: reserves[index]!, pcp };
  });
}

/**
 * All reserve values after a sysctl was written: computed with the pages of now. Where the
 * per-CPU lists do not follow the watermarks, they keep what boot or a fraction gave them.
 */
export function writtenReserves(
  zones: readonly ZoneMoments[],
  settings: ReserveSettings,
  cpus: number,
  kernel: KernelProfile,
): ZoneReserve[] {
  const marks = marksOf(zones, settings, kernel);
  const reserves = reservesOf(zones, settings, kernel);
  const fraction = settings.pcpFraction;
  return zones.map((zone, index) => {
    const { low } = marks[index]!;
    const current = kernel.rules.pcpFollowsWatermarks || fraction !== 0;
    const managed = current ? zone.managed : zone.pcpManaged;
    const pcp = pcpLimits({ name: zone.name, managed }, { low, cpus, fraction }, kernel);
    return { watermarks: marks[index]!, lowmemReserve: reserves[index]!, pcp };
  });
}

function marksOf(
  pages: readonly ZonePages[],
  settings: ReserveSettings,
  kernel: KernelProfile,
): WatermarkSet[] {
  return zoneWatermarks(pages, settings.minFreeKbytes, settings.watermarkScaleFactor, kernel);
}

function reservesOf(
  pages: readonly ZonePages[],
  settings: ReserveSettings,
  kernel: KernelProfile,
): number[][] {
  const columns = INDEXES.map(
    (name) => pages.find((zone) => zone.name === name) ?? { name, managed: 0 },
  );
  const all = lowmemReserves(columns, settings.lowmemReserveRatio, kernel);
  return pages.map((zone) => all[INDEXES.indexOf(zone.name)]!);
}

function atBoot(zone: ZoneMoments): ZonePages {
  return { name: zone.name, managed: zone.bootManaged };
}
