import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { MachineSettings } from './import/machine-settings.ts';
import { memoryMachine } from './import/memory-machine.ts';
import type { ProcfsSnapshot } from './import/procfs-snapshot.ts';
import type { ResolvedMachine, ResolvedZone } from './import/resolved-machine.ts';
import { snapshotMachine } from './import/snapshot-machine.ts';
import { reportedPcp } from './import/snapshot-zones.ts';
import { unboosted, type ZoneinfoZone } from './import/zoneinfo.ts';

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
  readonly pcp: { readonly batch: number; readonly high: number };
}

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
  /** What a dump says of itself, and where that differs from what was computed. */
  readonly reported?: { readonly zones: readonly MachineZone[] };
  readonly differences?: readonly MachineDifference[];
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
  const machine = snapshotMachine(source.snapshot, settings, kernel);
  const computed = report(machine);
  const zones = source.snapshot.zones.filter((zone) => zone.present > 0).map(reportedZone);
  const found = differences(computed.zones, zones).filter(
    (difference) => !tuned(difference, machine.zones),
  );
  return { ...computed, reported: { zones }, differences: found };
}

function report(machine: ResolvedMachine): MachineReport {
  return {
    schemaVersion: 1,
    kernel: machine.kernel.name,
    minFreeKbytes: machine.minFreeKbytes,
    watermarkScaleFactor: machine.watermarkScaleFactor,
    zones: machine.zones.map(computedZone),
    notes: machine.notes,
  };
}

function computedZone(zone: ResolvedZone): MachineZone {
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
    pcp: { batch: zone.pcp.batch, high: zone.pcp.high },
  };
}

function reportedZone(zone: ZoneinfoZone): MachineZone {
  const { batch, high } = reportedPcp(zone);
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
    pcp: { batch, high },
  };
}

/** Fields that the kernel computes; a promo that the dump does not print is no difference. */
function differences(
  computed: readonly MachineZone[],
  reported: readonly MachineZone[],
): MachineDifference[] {
  const found: MachineDifference[] = [];
  computed.forEach((zone, index) => {
    const fields = fieldsOf(zone);
    for (const [field, other] of Object.entries(fieldsOf(reported[index]!))) {
      const value = fields[field];
      if (value === undefined || String(value) === String(other)) continue;
      const at = { node: zone.node, zone: zone.name, field };
      found.push({ ...at, computed: value, reported: other });
    }
  });
  return found;
}

/** A per-CPU limit that the kernel has moved between its bounds is no difference. */
function tuned(difference: MachineDifference, zones: readonly ResolvedZone[]): boolean {
  const { node, zone: name, field, reported } = difference;
  const zone = zones.find((other) => other.node === node && other.name === name)!;
  const { highMin, highMax } = zone.pcp;
  return field === 'pcp.high' && Number(reported) >= highMin && Number(reported) <= highMax;
}

function fieldsOf(zone: MachineZone): Record<string, number | readonly number[]> {
  const { min, low, high, promo, boost, protection, pcp } = zone;
  return {
    min,
    low,
    high,
    ...(promo === undefined ? {} : { promo }),
    boost,
    protection,
    'pcp.batch': pcp.batch,
    'pcp.high': pcp.high,
  };
}
