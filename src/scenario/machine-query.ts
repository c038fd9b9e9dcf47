import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { MachineSettings } from './import/machine-settings.ts';
import { memoryMachine } from './import/memory-machine.ts';
import type { ProcfsSnapshot } from './import/procfs-snapshot.ts';
import type { ResolvedMachine, ResolvedZone } from './import/resolved-machine.ts';
import { snapshotMachine } from './import/snapshot-machine.ts';
import { reportedPcp } from './import/snapshot-zones.ts';
import { unboosted, type ZoneinfoZone } from './import/zoneinfo-zone.ts';
import {
  compareSlabs,
  type MachineSlab,
  machineSlabs,
  type ReportedSlab,
  type SlabDifference,
} from './machine-slabs.ts';

/** One zone of the answer. min, low, high and promo stand without the boost. */
export interface MachineZone {
  readonly node: number;
  readonly name: string;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly free: number;
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly promo?: number;
  readonly boost: number;
  readonly protection: readonly number[];
  readonly pcp: MachinePcp;
}

/** Limits of the per-CPU lists; the bounds only where the kernel moves `high` between them. */
export interface MachinePcp {
  readonly batch: number;
  readonly high: number;
  readonly highMin?: number;
  readonly highMax?: number;
}

/** A kernel log tells no per-CPU limits. */
export type ReportedZone = Omit<MachineZone, 'pcp'> & { readonly pcp?: MachinePcp };

export interface MachineDifference {
  readonly node: number;
  readonly zone: string;
  readonly field: string;
  readonly computed: number | readonly number[];
  readonly reported: number | readonly number[];
}

/** The answer of `gfpsim machine`; its JSON is a promise to scripts. */
export interface MachineReport {
  readonly schemaVersion: 1;
  readonly kernel: string;
  readonly minFreeKbytes: number;
  readonly watermarkScaleFactor: number;
  readonly zones: readonly MachineZone[];
  /** kmalloc's caches and kmemleak's, or all of a dump's slabinfo. */
  readonly slabs: readonly MachineSlab[];
  /** What a dump says of itself, and where that differs from what was computed. */
  readonly reported?: {
    readonly zones: readonly ReportedZone[];
    readonly slabs?: readonly ReportedSlab[];
  };
  readonly differences?: readonly MachineDifference[];
  readonly slabDifferences?: readonly SlabDifference[];
  /** What was assumed or inferred. */
  readonly notes: readonly string[];
}

/** A RAM size (none: zones by hand), or a dump of a real machine. */
export type MachineQuerySource =
  | { readonly memoryBytes?: number }
  | { readonly snapshot: ProcfsSnapshot };

/** Zones, watermarks and reserves of a machine. */
export function queryMachine(
  source: MachineQuerySource,
  settings: MachineSettings,
  kernel: KernelProfile,
): MachineReport {
  if (!('snapshot' in source)) return report(memoryMachine(source.memoryBytes, settings, kernel));
  const { snapshot } = source;
  const machine = snapshotMachine(snapshot, settings, kernel);
  const computed = report(machine);
  const zones = snapshot.zones.filter((zone) => zone.present > 0).map(reportedZone);
  const found = differences(computed.zones, zones);
  if (snapshot.slabs === undefined) return { ...computed, reported: { zones }, differences: found };
  const slabs = compareSlabs(snapshot.slabs, kernel, machine.cpus);
  return {
    ...computed,
    slabs: slabs.slabs,
    reported: { zones, slabs: slabs.reported },
    differences: found,
    slabDifferences: slabs.differences,
    notes: [...computed.notes, ...slabs.notes],
  };
}

function report(machine: ResolvedMachine): MachineReport {
  return {
    schemaVersion: 1,
    kernel: machine.kernel.name,
    minFreeKbytes: machine.minFreeKbytes,
    watermarkScaleFactor: machine.watermarkScaleFactor,
    zones: machine.zones.map((zone) => computedZone(zone, machine.kernel)),
    slabs: machineSlabs(machine.kernel, machine.cpus),
    notes: machine.notes,
  };
}

function computedZone(zone: ResolvedZone, kernel: KernelProfile): MachineZone {
  const { batch, high, highMin, highMax } = zone.pcp;
  const tuned = kernel.rules.pcpHigh === 'auto-tuned' ? { highMin, highMax } : {};
  return {
    node: zone.node,
    name: zone.name,
    spanned: zone.spanned,
    present: zone.present,
    managed: zone.managed,
    free: zone.free.pages,
    ...zone.watermarks,
    boost: zone.boost,
    protection: zone.lowmemReserve,
    pcp: { batch, high, ...tuned },
  };
}

function reportedZone(zone: ZoneinfoZone): ReportedZone {
  const pcp = reportedLists(zone);
  return {
    node: zone.node,
    name: zone.zone,
    spanned: zone.spanned,
    present: zone.present,
    managed: zone.managed ?? zone.present,
    free: zone.free,
    ...unboosted(zone),
    boost: zone.boost ?? 0,
    protection: zone.protection,
    ...(pcp === undefined ? {} : { pcp }),
  };
}

function reportedLists(zone: ZoneinfoZone): MachinePcp | undefined {
  const pcp = reportedPcp(zone);
  if (pcp === undefined || zone.pagesets[0]?.highMax !== undefined) return pcp;
  return { batch: pcp.batch, high: pcp.high };
}

/** Fields that the kernel computes; a promo that the dump does not print is no difference. */
function differences(
  computed: readonly MachineZone[],
  reported: readonly ReportedZone[],
): MachineDifference[] {
  const found: MachineDifference[] = [];
  computed.forEach((zone, index) => {
    const dumped = reported[index]!;
    const fields = fieldsOf(dumped.boost === 0 ? withBoostInMarks(zone) : zone);
    for (const [field, other] of Object.entries(fieldsOf(dumped))) {
      const value = fields[field];
      if (value === undefined || String(value) === String(other)) continue;
      if (field === 'pcp.high' && isTuned(dumped)) continue;
      const at = { node: zone.node, zone: zone.name, field };
      found.push({ ...at, computed: value, reported: other });
    }
  });
  return found;
}

/** As a dump shows a boost that it does not print. */
function withBoostInMarks(zone: MachineZone): MachineZone {
  const { min, low, high, boost } = zone;
  return { ...zone, min: min + boost, low: low + boost, high: high + boost, boost: 0 };
}

/**
 * A per-CPU limit that the kernel has moved between its bounds is no difference, nor one that
 * is still 0: it is set when the lists are first used.
 */
function isTuned({ pcp }: ReportedZone): boolean {
  if (pcp?.highMin === undefined || pcp.highMax === undefined) return false;
  return pcp.high === 0 || (pcp.high >= pcp.highMin && pcp.high <= pcp.highMax);
}

function fieldsOf(zone: ReportedZone): Record<string, number | readonly number[]> {
  const { min, low, high, promo, boost, protection, pcp } = zone;
  return {
    min,
    low,
    high,
    ...(promo === undefined ? {} : { promo }),
    boost,
    protection,
    ...(pcp === undefined ? {} : pcpFields(pcp)),
  };
}

function pcpFields({ batch, high, highMin, highMax }: MachinePcp): Record<string, number> {
  return {
    'pcp.batch': batch,
    'pcp.high': high,
    ...(highMin === undefined ? {} : { 'pcp.highMin': highMin }),
    ...(highMax === undefined ? {} : { 'pcp.highMax': highMax }),
  };
}
