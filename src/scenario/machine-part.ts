import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { ZoneConfig } from '../model/machine-config.ts';
import type { MachineSettings, ZoneByHand } from './import/machine-settings.ts';
import type { ProcfsSnapshot } from './import/procfs-snapshot.ts';
import { ReportedReserves } from './import/reported-reserves.ts';
import {
  cleanFilePages as cleanPages,
  hasSmallNodes,
  likelyKernel,
} from './import/snapshot-facts.ts';
import { type MarksSettings, marksSettings } from './import/snapshot-marks.ts';
import { snapshotZones } from './import/snapshot-zones.ts';
import type { VmSysctls } from './import/sysctl-file.ts';
import { locate } from './load-places.ts';
import type { PartMap, ScenarioPart } from './part-text.ts';
import { type MachineInput, resolveMachine } from './resolve-machine.ts';
import { resolveZones } from './resolve-zones.ts';

// A real machine as zones by hand, which need its files no more. What a dump reports of its
// watermarks is not written but computed anew from the pages and sysctls that explain it; where
// no such setting gives all of it, the nearest is taken, and what differs is told.

/** Where the kernel computed its reserves from: the pages of boot, or those of a later write. */
interface Explanation {
  readonly bootManaged?: readonly number[];
  readonly sysctl: VmSysctls;
  readonly hugePages?: boolean;
}

/** What a dump reports, as far as a zone by hand has it too. */
interface Reported {
  readonly snapshot: ProcfsSnapshot;
  /** Watermarks without any boost. */
  readonly zones: readonly ZoneConfig[];
}

/** What the dump tells, in the words of a scenario. */
export function machinePart(
  snapshot: ProcfsSnapshot,
  kernels: { readonly profile: KernelProfile; readonly isAsked: boolean },
): ScenarioPart {
  return locate({ file: snapshot.source }, () => partOf(snapshot, kernels));
}

function partOf(
  snapshot: ProcfsSnapshot,
  { profile: kernel, isAsked }: Parameters<typeof machinePart>[1],
): ScenarioPart {
  const reserves = new ReportedReserves(snapshot, {}, kernel);
  const reported = { snapshot, zones: withoutBoost(snapshotZones(snapshot), reserves) };
  const marks = marksSettings(snapshot, {}, reserves);
  const nearest = explanations(marks, snapshot, kernel)
    .map((explanation) => {
      const settings = settingsOf(reported, explanation);
      const { zones } = resolveZones({ settings }, kernel);
      const differences = differencesOf(zones, reported);
      const pages = differences.reduce((sum, one) => sum + one.pages, 0);
      return { explanation, settings, differences, pages };
    })
    .reduce((best, one) => (one.pages < best.pages ? one : best));
  const rest = stateOf(reported, nearest.settings, kernel);
  const machine = machineOf(reported, nearest.settings, rest.state);
  return {
    part: { kernel: kernel.name, machine },
    notes: [
      `From ${snapshot.source}: zones, what is free, CPUs, and what explains the watermarks.`,
      isAsked ? `Kernel ${kernel.name}, as asked.` : kernelNote(snapshot),
      ...(snapshot.notes ?? []),
      ...marks.notes,
      ...momentNotes(nearest.explanation, reported.zones),
      ...differenceNotes(nearest.differences),
      ...rest.notes,
      ...untaken(snapshot, reserves),
    ],
  };
}

function withoutBoost(zones: readonly ZoneConfig[], reserves: ReportedReserves): ZoneConfig[] {
  return zones.map((zone) => {
    const at = reserves.zones.findIndex((one) => one.zone === zone.name);
    return { ...zone, watermarks: reserves.marks[at] ?? zone.watermarks };
  });
}

/** The likeliest first: boot with the pages that explain the marks, huge pages, a later write. */
function explanations(
  marks: MarksSettings,
  snapshot: ProcfsSnapshot,
  kernel: KernelProfile,
): Explanation[] {
  const { minFreeKbytes, watermarkScaleFactor, managed } = marks;
  const { min_free_kbytes: _, watermark_scale_factor: __, ...others } = snapshot.sysctls;
  const kept = unusual(others, kernel);
  const scale =
    watermarkScaleFactor === kernel.watermarkScaleFactor
      ? {}
      : { watermark_scale_factor: watermarkScaleFactor };
  const written = { min_free_kbytes: minFreeKbytes, ...scale, ...kept };
  return [
    { bootManaged: managed, sysctl: kept },
    { bootManaged: managed, sysctl: kept, hugePages: true },
    { sysctl: { ...scale, ...kept } },
    { sysctl: written },
  ];
}

/** Sysctls that say something else than the kernel by itself, and that it has. */
function unusual(sysctls: VmSysctls, kernel: KernelProfile): VmSysctls {
  const { lowmemReserveRatio, rules } = kernel;
  const isOld = rules.pcpHigh === 'six-batches';
  const usual: Readonly<Record<string, unknown>> = {
    ...(rules.watermarkBoostFactor === 0
      ? {}
      : { watermark_boost_factor: rules.watermarkBoostFactor }),
    [isOld ? 'percpu_pagelist_fraction' : 'percpu_pagelist_high_fraction']: 0,
    lowmem_reserve_ratio: lowmemReserveRatio,
  };
  const told = Object.entries(sysctls).filter(([name, value]) => {
    if (value === undefined || usual[name] === undefined) return false;
    // Zones that a machine does not have are at the end.
    return !String(usual[name]).startsWith(String(value));
  });
  return Object.fromEntries(told);
}

function settingsOf(
  { snapshot, zones: reported }: Reported,
  { bootManaged, sysctl, hugePages }: Explanation,
): MachineSettings {
  const zones: Record<string, ZoneByHand> = {};
  const order = snapshot.zones.filter(({ present }) => present > 0).map(({ zone }) => zone);
  for (const { name, managed, present, spanned, startPfn } of reported) {
    const boot = bootManaged?.[order.indexOf(name)] ?? managed;
    const early = boot === managed ? {} : { bootManaged: boot };
    zones[name] = { managed, present, spanned, startPfn, ...early };
  }
  return {
    ...{ zones, cpus: snapshot.cpus },
    ...(Object.keys(sysctl).length === 0 ? {} : { sysctl }),
    ...(hugePages === true ? { transparentHugepages: true } : {}),
  };
}

interface Difference {
  readonly zone: string;
  readonly field: string;
  readonly computed: string;
  readonly reported: string;
  /** How far apart they are. */
  readonly pages: number;
}

/** Between the machine of the part and what the dump reports. */
function differencesOf(
  computed: readonly ZoneConfig[],
  { snapshot, zones }: Reported,
): Difference[] {
  const tellsLists = snapshot.zones.some(({ pagesets }) => pagesets.length > 0);
  return zones.flatMap((zone, index) => {
    const other = fieldsOf(computed[index]!, tellsLists);
    return Object.entries(fieldsOf(zone, tellsLists)).flatMap(([field, values]) => {
      const found = other[field]!;
      const pages = values.reduce((sum, value, at) => sum + Math.abs(value - (found[at] ?? 0)), 0);
      if (pages === 0) return [];
      const texts = { computed: found.join(','), reported: values.join(',') };
      return [{ zone: zone.name, field, ...texts, pages }];
    });
  });
}

function fieldsOf(zone: ZoneConfig, tellsLists: boolean): Record<string, readonly number[]> {
  const { watermarks, lowmemReserve, pcp } = zone;
  const { min, low, high } = watermarks;
  const lists = tellsLists ? { 'pcp batch': [pcp.batch], 'pcp high': [pcp.highMin] } : {};
  return { min: [min], low: [low], high: [high], protection: lowmemReserve, ...lists };
}

/** What is free when the load starts, and what of it a scenario cannot be told. */
function stateOf(
  { snapshot, zones }: Reported,
  settings: MachineSettings,
  kernel: KernelProfile,
): { state: PartMap; notes: readonly string[] } {
  const notes: string[] = [];
  const free: Record<string, number> = {};
  for (const { name, managed, free: own } of zones) {
    free[name] = Math.min(own.pages, managed);
    if (own.pages > managed) {
      notes.push(`Of ${name} ${own.pages} pages are free and ${managed} managed: all of those.`);
    }
  }
  const pcpPages = zones.flatMap((zone) => zone.free.pcp).reduce((sum, pages) => sum + pages, 0);
  const cleanFilePages = cleanPages(snapshot);
  const isPossible = (more: Partial<MachineInput>) =>
    isMachine({ settings, free, ...more }, kernel);
  // A scenario says one number for all lists, which fills those of the highest zones first.
  const hasLists = pcpPages > 0 && isPossible({ pcpPages });
  if (pcpPages > 0 && !hasLists) notes.push(`Not taken: ${pcpPages} pages on per-CPU lists.`);
  const hasCache = cleanFilePages > 0 && isPossible({ cleanFilePages });
  if (cleanFilePages > 0 && !hasCache) notes.push(`Not taken: ${cleanFilePages} clean file pages.`);
  const state = {
    free,
    ...(hasLists ? { pcp: pcpPages } : {}),
    ...(hasCache ? { 'page-cache': cleanFilePages } : {}),
  };
  return { state, notes };
}

function isMachine(input: MachineInput, kernel: KernelProfile): boolean {
  try {
    resolveMachine(input, kernel);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function machineOf({ snapshot }: Reported, settings: MachineSettings, state: PartMap): PartMap {
  const order = snapshot.pagetypes?.pageblockOrder;
  return {
    cpus: snapshot.cpus,
    ...(order === undefined ? {} : { 'pageblock-order': order }),
    ...(hasSmallNodes(snapshot) ? { 'base-small': 'Y' } : {}),
    ...(settings.transparentHugepages === true ? { 'huge-pages': 'Y' } : {}),
    zones: Object.fromEntries(
      Object.entries(settings.zones ?? {}).map(([name, zone]) => [name, zonePart(zone)]),
    ),
    ...(settings.sysctl === undefined ? {} : { sysctl: plainSysctls(settings.sysctl) }),
    ...state,
  };
}

function zonePart({ managed, present, spanned, startPfn, bootManaged }: ZoneByHand): PartMap {
  return {
    ...{ managed: managed ?? 0, present: present ?? 0, spanned: spanned ?? 0 },
    'start-pfn': startPfn ?? 0,
    ...(bootManaged === undefined ? {} : { 'boot-managed': bootManaged }),
  };
}

function plainSysctls(sysctls: VmSysctls): PartMap {
  const map: Record<string, number | readonly number[]> = {};
  for (const [name, value] of Object.entries(sysctls)) if (value !== undefined) map[name] = value;
  return map;
}

function kernelNote(snapshot: ProcfsSnapshot): string {
  const by = snapshot.release === undefined ? 'the fields it prints' : `Linux ${snapshot.release}`;
  return `Kernel ${likelyKernel(snapshot)} is the nearest profile, by ${by}.`;
}

function momentNotes({ bootManaged, sysctl }: Explanation, zones: readonly ZoneConfig[]): string[] {
  if (sysctl.min_free_kbytes !== undefined) return [];
  const isEarlier = bootManaged?.some((pages, index) => pages !== zones[index]?.managed) === true;
  return isEarlier ? ['boot-managed is inferred: the pages with which boot gets these marks.'] : [];
}

function differenceNotes(differences: readonly Difference[]): string[] {
  if (differences.length === 0) return ['The part gives the watermarks that the file reports.'];
  const told = differences.map(({ zone, field, computed, reported }) => {
    return `${field} of ${zone} ${computed}, not ${reported}`;
  });
  return [`Other than in the file: ${told.join('; ')}.`];
}

/** What a scenario cannot be told but by a copy of /proc. */
function untaken(snapshot: ProcfsSnapshot, { marks, zones }: ReportedReserves): string[] {
  const left: string[] = [];
  const boosted = zones.filter((zone, index) => zone.min > marks[index]!.min);
  if (boosted.length > 0) left.push(`the boost of ${boosted.map(({ zone }) => zone).join(', ')}`);
  if (snapshot.buddy !== undefined || snapshot.pagetypes !== undefined) left.push('free blocks');
  if (snapshot.slabs !== undefined) left.push('slabinfo (import slabinfo takes it)');
  if (left.length === 0) return [];
  return [`Not taken: ${left.join(', ')}.`];
}
