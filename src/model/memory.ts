import { assert } from '../base/assert.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { MachineConfig, ZoneConfig } from './machine-config.ts';
import { MIGRATE_TYPES } from './machine-config.ts';
import { Buddy } from './mm/buddy.ts';
import { Fallback } from './mm/fallback.ts';
import { Highatomic } from './mm/highatomic.ts';
import { InitialLayout } from './mm/initial-layout.ts';
import { PageFrames } from './mm/page-frames.ts';
import { Pageblocks } from './mm/pageblocks.ts';
import { PerCpuPages } from './mm/pcp.ts';
import { WatermarkCheck } from './mm/watermark-check.ts';
import { ORDERS, Zone } from './mm/zone.ts';
import type { MemoryParts } from './mm/zonelist-walk.ts';
import { ACTIVE_FILE, INACTIVE_FILE, Lru } from './reclaim/lru.ts';
import { Workingset } from './reclaim/workingset.ts';
import { VmStat } from './vmstat.ts';

/** A machine's memory, laid out and ready. */
export interface Memory extends MemoryParts {
  readonly frames: PageFrames;
  readonly lru: Lru;
  readonly workingset: Workingset;
  /** Managed pages that boot keeps for itself: what conservation counts besides the rest. */
  readonly keptByBoot: number;
}

/** Builds zones, lists and the initial layout from the configuration. */
export function buildMemory(config: MachineConfig): Memory {
  const { kernel, cpus, pageblockOrder } = config;
  const frames = new PageFrames(framesOf(config.zones), listsOf(config.zones, cpus, kernel));
  const setting = { pageblockOrder, boostFactor: config.watermarkBoostFactor, cpus };
  const zones = config.zones.map((zone) => new Zone(zone, frames, setting));
  const buddy = new Buddy(frames, new Pageblocks(frames.frames, pageblockOrder), kernel.rules);
  const fallback = new Fallback(buddy, kernel);
  const pcp = new PerCpuPages(zones, config.zones, { buddy, fallback, kernel, cpus });
  const vmstat = new VmStat();
  const lru = new Lru(frames, zones, vmstat);
  const layout = new InitialLayout(buddy, pcp, fallback);
  zones.forEach((zone, i) => {
    layout.lay(zone, config.zones[i]!);
  });
  fillPageCache(config, zones, { layout, lru });
  const check = new WatermarkCheck(buddy, kernel);
  const highatomic = new Highatomic(buddy, kernel);
  const keptByBoot = countKept(zones, pcp, lru);
  // Written out, not spread: V8 gives each spread object a shape of its own, and code that has
  // met several machines' shapes is compiled anew for each, and slow ever after.
  return {
    kernel,
    zones,
    buddy,
    fallback,
    highatomic,
    pcp,
    check,
    vmstat,
    frames,
    lru,
    workingset: new Workingset(),
    keptByBoot,
  };
}

/** The file pages of each zone where a snapshot told them; else from the highest zone down. */
function fillPageCache(
  config: MachineConfig,
  zones: readonly Zone[],
  { layout, lru }: { readonly layout: InitialLayout; readonly lru: Lru },
): void {
  let left = config.cleanFilePages;
  for (let i = zones.length - 1; i >= 0; i--) {
    const told = config.zones[i]!.filePages;
    const active = Math.min(told?.active ?? 0, left);
    let toActive = active;
    const cache = {
      add: (zone: Zone, pfn: number) => {
        lru.add(zone, pfn, toActive > 0 ? ACTIVE_FILE : INACTIVE_FILE);
        toActive--;
      },
    };
    const pages = Math.min(told === undefined ? left : active + told.inactive, left);
    left -= layout.fillPageCache(zones[i]!, cache, pages);
  }
  assert(left === 0, 'more page cache than used pages');
}

function framesOf(zones: readonly ZoneConfig[]): number {
  return Math.max(...zones.map((zone) => zone.startPfn + zone.spanned));
}

function listsOf(zones: readonly ZoneConfig[], cpus: number, kernel: KernelProfile): number {
  const buddy = zones.length * MIGRATE_TYPES * ORDERS;
  return buddy + PerCpuPages.listsNeeded(cpus, zones.length, kernel) + Lru.LISTS;
}

function countKept(zones: readonly Zone[], pcp: PerCpuPages, lru: Lru): number {
  let kept = 0;
  for (const zone of zones) {
    kept += zone.managed - zone.freePages - pcp.pagesOf(zone) - lru.pagesOf(zone);
    zone.settle();
  }
  return kept;
}
