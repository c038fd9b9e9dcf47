import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { ZoneConfig } from '../model/machine-config.ts';
import { checkSysctls, type MachineSettings, type ZoneByHand } from './import/machine-settings.ts';
import { memoryMachine, writtenKinds } from './import/memory-machine.ts';
import type { ProcfsSnapshot } from './import/procfs-snapshot.ts';
import { zoneConfigs } from './import/resolved-machine.ts';
import { snapshotMachine } from './import/snapshot-machine.ts';
import { snapshotZones } from './import/snapshot-zones.ts';
import type { VmSysctls } from './import/sysctl-file.ts';
import type { MachineSection, SysctlSection, ZoneSection } from './schema-machine.ts';

/** Zones, and the order of their pageblocks where the source of the zones decides it. */
export interface ResolvedZones {
  readonly zones: readonly ZoneConfig[];
  readonly pageblockOrder: number;
  readonly watermarkBoostFactor: number;
  /** What was assumed or inferred, in sentences. */
  readonly notes: readonly string[];
}

/** With huge pages configured, as nearly every distribution does. */
const USUAL_PAGEBLOCK_ORDER = 9;

/**
 * Zones with their watermarks, protection and per-CPU limits: computed as boot does from a RAM
 * size, or a real machine's own; then what a run-time write of a sysctl changes.
 */
export function resolveZones(
  machine: MachineSection,
  snapshot: ProcfsSnapshot | undefined,
  kernel: KernelProfile,
): ResolvedZones {
  const settings = machineSettings(machine);
  if (snapshot !== undefined) return fromSnapshot(settings, snapshot, kernel);
  const computed = memoryMachine(machine.memory, settings, kernel);
  return { ...computed, zones: zoneConfigs(computed) };
}

/** A scenario's machine section in the words of the importers. */
export function machineSettings(machine: MachineSection): MachineSettings {
  const zones: Record<string, ZoneByHand> = {};
  for (const [name, counts] of Object.entries(machine.zones ?? {})) zones[name] = byHand(counts);
  return {
    ...(machine.sysctl === undefined ? {} : { sysctl: plainSysctls(machine.sysctl) }),
    ...(machine.cpus === undefined ? {} : { cpus: machine.cpus }),
    ...(machine.zones === undefined ? {} : { zones }),
    ...(machine['huge-pages'] === true ? { transparentHugepages: true } : {}),
  };
}

/** What is reported stays, but for the values that a written sysctl renews. */
function fromSnapshot(
  settings: MachineSettings,
  snapshot: ProcfsSnapshot,
  kernel: KernelProfile,
): ResolvedZones {
  if (settings.zones !== undefined) {
    throw new UserError('machine.zones cannot change the zones of machine.procfs');
  }
  const sysctls = settings.sysctl ?? {};
  checkSysctls(sysctls, kernel);
  const reported = snapshotZones(snapshot);
  const computed = snapshotMachine(snapshot, settings, kernel);
  const renewed = zoneConfigs(computed);
  const written = writtenKinds(sysctls, kernel);
  const zones = reported.map((zone) => {
    const now = renewed.find(({ name }) => name === zone.name) ?? zone;
    return {
      ...zone,
      watermarks: written.watermarks ? now.watermarks : zone.watermarks,
      boost: written.watermarks ? 0 : zone.boost,
      lowmemReserve: written.lowmemReserve ? now.lowmemReserve : zone.lowmemReserve,
      pcp: written.pcp ? now.pcp : zone.pcp,
    };
  });
  return {
    zones,
    pageblockOrder: snapshot.pagetypes?.pageblockOrder ?? USUAL_PAGEBLOCK_ORDER,
    watermarkBoostFactor: computed.watermarkBoostFactor,
    notes: [],
  };
}

function byHand(counts: ZoneSection): ZoneByHand {
  const { managed, present, spanned } = counts;
  const startPfn = counts['start-pfn'];
  const bootManaged = counts['boot-managed'];
  return {
    ...(managed === undefined ? {} : { managed }),
    ...(present === undefined ? {} : { present }),
    ...(spanned === undefined ? {} : { spanned }),
    ...(startPfn === undefined ? {} : { startPfn }),
    ...(bootManaged === undefined ? {} : { bootManaged }),
  };
}

/** Without the keys that are not there. */
function plainSysctls(section: SysctlSection): VmSysctls {
  return Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
}
