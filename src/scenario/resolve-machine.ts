import { PAGE_BYTES } from '../base/units.ts';
import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { SlabCacheState, ZoneConfig } from '../model/machine-config.ts';
import type { MachineSettings } from './import/machine-settings.ts';
import type { ProcfsSnapshot } from './import/procfs-snapshot.ts';
import { cleanFilePages, hasSmallNodes } from './import/snapshot-facts.ts';
import { resolveZones } from './resolve-zones.ts';

/** The hardware and kernel state part of a MachineConfig. */
export interface ResolvedMachine {
  readonly cpus: number;
  readonly pageblockOrder: number;
  readonly baseSmall: boolean;
  readonly watermarkBoostFactor: number;
  readonly zones: readonly ZoneConfig[];
  readonly slabs: readonly SlabCacheState[];
  readonly cleanFilePages: number;
  readonly notes: readonly string[];
}

/**
 * Pages in use after boot, by kernel: managed less free right after boot of the measured
 * machines with one CPU (4.17: 6369 to 6559 from 64 MiB to 8 GiB; 6.1: 3963 to 5406), what each
 * further CPU took, and how many of them held kmemleak's own objects (4.17: 1685 to 1691; 6.1:
 * 976 to 984). All of it comes from the highest zone as long as that has pages.
 */
const BOOT_FOOTPRINT: Readonly<Record<string, BootFootprint>> = {
  '4.17': { pages: 6400, perCpu: 200, kmemleak: 1690 },
  '6.1': { pages: 4100, perCpu: 130, kmemleak: 980 },
  '6.12': { pages: 4100, perCpu: 130, kmemleak: 980 },
};

/** 1 TiB. */
const FRAMES_MAX = 2 ** 28;

interface BootFootprint {
  readonly pages: number;
  readonly perCpu: number;
  readonly kmemleak: number;
}

/** What makes a machine, from a scenario or from the command line. */
export interface MachineInput {
  readonly settings: MachineSettings;
  /** RAM in bytes; absent: a snapshot, or zones by hand in `settings`. */
  readonly memory?: number;
  readonly snapshot?: ProcfsSnapshot;
  readonly pageblockOrder?: number;
  /** CONFIG_BASE_SMALL; absent: as slabinfo tells. */
  readonly baseSmall?: boolean;
  /** Free pages by zone when the load starts. */
  readonly free?: Readonly<Record<string, number | undefined>>;
  /** Pages on all per-CPU lists together. */
  readonly pcpPages?: number;
  readonly cleanFilePages?: number;
  readonly slabs?: readonly SlabCacheState[];
  /** Booted with kmemleak=off: what it would have held is free. */
  readonly kmemleakOff?: boolean;
}

/** The machine at the moment the load starts. */
export function resolveMachine(input: MachineInput, kernel: KernelProfile): ResolvedMachine {
  const { settings, snapshot } = input;
  const cpus = settings.cpus ?? snapshot?.cpus ?? 1;
  if (snapshot !== undefined && cpus !== snapshot.cpus) {
    throw new UserError(`${cpus} CPUs are asked for, but the snapshot has ${snapshot.cpus}`);
  }
  const resolved = resolveZones(input, kernel);
  checkFrames(resolved.zones);
  const zones = fillZones(resolved.zones, input, { cpus, kernel });
  const fileCache = snapshot === undefined ? 0 : cleanFilePages(snapshot);
  const cleanPages = input.cleanFilePages ?? fileCache;
  checkRoom(zones, cleanPages);
  return {
    cpus,
    pageblockOrder: input.pageblockOrder ?? resolved.pageblockOrder,
    baseSmall: input.baseSmall ?? (snapshot !== undefined && hasSmallNodes(snapshot)),
    watermarkBoostFactor: resolved.watermarkBoostFactor,
    notes: resolved.notes,
    zones,
    slabs: input.slabs ?? snapshot?.slabs ?? [],
    cleanFilePages: cleanPages,
  };
}

/** Gives every zone its free pages and its pages on the per-CPU lists. */
function fillZones(
  zones: readonly ZoneConfig[],
  input: MachineInput,
  { cpus, kernel }: { readonly cpus: number; readonly kernel: KernelProfile },
): ZoneConfig[] {
  const { free, pcpPages, snapshot } = input;
  checkFreeNames(zones, free);
  const told = zones.every((zone) => free?.[zone.name] !== undefined);
  const footprint = BOOT_FOOTPRINT[kernel.name] ?? BOOT_FOOTPRINT['6.12']!;
  const kept = footprint.pages - (input.kmemleakOff === true ? footprint.kmemleak : 0);
  const used = kept + footprint.perCpu * (cpus - 1);
  const known = snapshot === undefined && !told ? freeAfterBoot(zones, used) : undefined;
  const onLists = pcpPages === undefined ? undefined : spreadPcp(zones, pcpPages, cpus);
  return zones.map((zone, index) => {
    const pages = free?.[zone.name] ?? known?.[index] ?? zone.free.pages;
    const own = zone.free.pcp.length === cpus ? zone.free.pcp : new Array<number>(cpus).fill(0);
    const pcp = onLists?.[index] ?? own;
    const held = pcp.reduce((sum, count) => sum + count, 0);
    if (pages + held > zone.managed) {
      throw new UserError(
        `zone ${zone.name} has ${pages} free pages and ${held} on per-CPU lists`,
        { expected: `at most its ${zone.managed} managed pages` },
      );
    }
    const filled = { ...zone, free: { ...zone.free, pages, pcp } };
    if (input.cleanFilePages === undefined) return filled;
    // The user's own number is spread as where nothing is known.
    const { filePages: _, ...rest } = filled;
    return rest;
  });
}

function freeAfterBoot(zones: readonly ZoneConfig[], footprint: number): number[] {
  let used = footprint;
  const free = zones.map((zone) => zone.managed);
  for (let index = zones.length - 1; index >= 0; index--) {
    const zone = zones[index]!;
    const taken = Math.min(used, Math.max(0, zone.managed - zone.watermarks.high));
    free[index] = zone.managed - taken;
    used -= taken;
  }
  if (used > 0) {
    throw new UserError('the machine is too small for a booted kernel', {
      hint: 'say what is free when the load starts',
    });
  }
  return free;
}

/**
 * Lists fill from the highest zone down, as requests do, each up to its limit; what is left goes
 * on the highest zone's lists, since a refill for one migratetype may carry a list beyond it.
 */
function spreadPcp(zones: readonly ZoneConfig[], pages: number, cpus: number): number[][] {
  const lists = zones.map(() => new Array<number>(cpus).fill(0));
  let left = pages;
  const fill = (index: number, most: number): void => {
    for (let cpu = 0; cpu < cpus; cpu++) {
      const put = Math.min(most, Math.ceil(left / (cpus - cpu)));
      lists[index]![cpu]! += put;
      left -= put;
    }
  };
  for (let index = zones.length - 1; index >= 0; index--) fill(index, zones[index]!.pcp.high);
  fill(zones.length - 1, Number.POSITIVE_INFINITY);
  return lists;
}

function checkFreeNames(
  zones: readonly ZoneConfig[],
  free: Readonly<Record<string, number | undefined>> | undefined,
): void {
  for (const name of Object.keys(free ?? {})) {
    if (zones.some((zone) => zone.name === name)) continue;
    const known = zones.map((zone) => zone.name).join(', ');
    throw new UserError(`the machine has no zone '${name}'`, {
      expected: `one of ${known}`,
    });
  }
}

/** Every page frame is simulated, in 14 bytes: a machine as large as its host is none. */
function checkFrames(zones: readonly ZoneConfig[]): void {
  const frames = Math.max(...zones.map(({ startPfn, spanned }) => startPfn + spanned));
  if (frames <= FRAMES_MAX) return;
  throw new UserError(`the machine has page frames up to ${gibOf(frames)} GiB`, {
    expected: `at most ${gibOf(FRAMES_MAX)} GiB, since each is simulated`,
  });
}

function gibOf(frames: number): number {
  return Math.ceil((frames * PAGE_BYTES) / 2 ** 30);
}

function checkRoom(zones: readonly ZoneConfig[], cleanPages: number): void {
  let room = 0;
  for (const { managed, free } of zones) {
    room += managed - free.pages - free.pcp.reduce((sum, count) => sum + count, 0);
  }
  if (cleanPages <= room) return;
  throw new UserError(`${cleanPages} pages of page cache do not fit`, {
    expected: `at most the ${room} pages that are not free`,
  });
}
