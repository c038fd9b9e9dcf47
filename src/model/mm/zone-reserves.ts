import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { PcpLimits, WatermarkSet } from '../machine-config.ts';
import { lowmemReserves } from './lowmem-reserve.ts';
import {
  freeBufferPages,
  hugePageMinFreeKbytes,
  isUpToNormal,
  minFreeKbytes,
} from './min-free-kbytes.ts';
import { pcpLimits } from './pcp-limits.ts';
import { type ZonePages, zoneWatermarks } from './watermarks.ts';

// Models: all values that follow from page counts and vm sysctls, for all zones at once, and
// which moment's page counts each of them comes from: init_per_zone_wmark_min,
// setup_per_cpu_pageset and the sysctl handlers, 4.17, 6.1.192 and 6.12.117.
// Departs: a write of min_free_kbytes or watermark_scale_factor renews lowmem_reserve too. In
// the kernel any access to vm.lowmem_reserve_ratio does, a read included, so that `sysctl -a`
// or a script that saves the settings renews it: every measured run-time write shows that.

/** What the vm sysctls say. */
export interface ReserveSettings {
  readonly minFreeKbytes: number;
  readonly watermarkScaleFactor: number;
  /** By zone index. */
  readonly lowmemReserveRatio: readonly number[];
  /** vm.percpu_pagelist_fraction or …_high_fraction; 0: not set. */
  readonly pcpFraction: number;
}

export interface ReserveZone {
  readonly name: string;
  readonly node: number;
  /** CPUs of its node. */
  readonly cpus: number;
}

/** Managed pages of every zone when each kind of value was computed last. */
export interface ReservePages {
  readonly watermarks: readonly number[];
  readonly lowmemReserve: readonly number[];
  readonly pcp: readonly number[];
}

export interface ZoneReserve {
  readonly watermarks: WatermarkSet;
  readonly lowmemReserve: readonly number[];
  readonly pcp: PcpLimits;
}

/** Zones that have an index in the kernel of x86-64 though they may hold no page. */
export const INDEX_NAMES: readonly string[] = ['DMA', 'DMA32', 'Normal', 'Movable'];

/**
 * All reserve values of all zones.
 * @param indexNames the kernel's zones by index: the columns of lowmem_reserve
 */
export function zoneReserves(
  zones: readonly ReserveZone[],
  pages: ReservePages,
  settings: ReserveSettings & { readonly indexNames?: readonly string[] },
  kernel: KernelProfile,
): ZoneReserve[] {
  const { minFreeKbytes: kbytes, watermarkScaleFactor: scale } = settings;
  const marks = zoneWatermarks(withPages(zones, pages.watermarks), kbytes, scale, kernel);
  const indexNames = settings.indexNames ?? INDEX_NAMES;
  return zones.map((zone, index) => ({
    watermarks: marks[index]!,
    lowmemReserve: reserveOf(zone, zones, { pages, indexNames, settings }, kernel),
    pcp: pcpLimits(
      { name: zone.name, managed: pages.pcp[index]! },
      { low: marks[index]!.low, cpus: zone.cpus, fraction: settings.pcpFraction },
      kernel,
    ),
  }));
}

/** vm.min_free_kbytes after boot: by the memory's size, or what huge pages raise it to. */
export function bootMinFreeKbytes(
  zones: readonly ZonePages[],
  kernel: KernelProfile,
  hugePages?: { readonly pageblockOrder: number },
): number {
  const base = minFreeKbytes(freeBufferPages(zones), kernel);
  if (hugePages === undefined) return base;
  const marks = zoneWatermarks(zones, base, kernel.watermarkScaleFactor, kernel);
  const highMarks = marks.map((mark) => mark.high);
  const raised = hugePageMinFreeKbytes({
    zones: zones.filter(isUpToNormal).length,
    lowmemPages: freeBufferPages(zones, highMarks),
    pageblockOrder: hugePages.pageblockOrder,
  });
  return Math.max(base, raised);
}

function withPages(zones: readonly ReserveZone[], managed: readonly number[]): ZonePages[] {
  return zones.map((zone, index) => ({ name: zone.name, managed: managed[index]! }));
}

function reserveOf(
  zone: ReserveZone,
  zones: readonly ReserveZone[],
  given: { pages: ReservePages; indexNames: readonly string[]; settings: ReserveSettings },
  kernel: KernelProfile,
): readonly number[] {
  const node = given.indexNames.map((name) => {
    const at = zones.findIndex((other) => other.node === zone.node && other.name === name);
    return { name, managed: at === -1 ? 0 : given.pages.lowmemReserve[at]! };
  });
  const all = lowmemReserves(node, given.settings.lowmemReserveRatio, kernel);
  return all[given.indexNames.indexOf(zone.name)] ?? given.indexNames.map(() => 0);
}
