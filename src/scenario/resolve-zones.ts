import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { ZoneConfig } from '../model/machine-config.ts';
import { checkSysctls, type MachineSettings } from './import/machine-settings.ts';
import { memoryMachine, writtenKinds } from './import/memory-machine.ts';
import { pageblockOrderOf } from './import/pageblock-order.ts';
import type { ProcfsSnapshot } from './import/procfs-snapshot.ts';
import { zoneConfigs } from './import/resolved-machine.ts';
import { snapshotMachine } from './import/snapshot-machine.ts';
import { snapshotZones } from './import/snapshot-zones.ts';

/** Zones, and the order of their pageblocks where the source of the zones decides it. */
export interface ResolvedZones {
  readonly zones: readonly ZoneConfig[];
  readonly pageblockOrder: number;
  readonly watermarkBoostFactor: number;
  /** What was assumed or inferred, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Zones with their watermarks, protection and per-CPU limits: computed as boot does from a RAM
 * size, or a real machine's own; then what a run-time write of a sysctl changes.
 */
export function resolveZones(
  input: {
    readonly settings: MachineSettings;
    readonly memory?: number;
    readonly snapshot?: ProcfsSnapshot;
  },
  kernel: KernelProfile,
): ResolvedZones {
  const { settings, snapshot, memory } = input;
  if (snapshot !== undefined) return fromSnapshot(settings, snapshot, kernel);
  const computed = memoryMachine(memory, settings, kernel);
  return { ...computed, zones: zoneConfigs(computed) };
}

/** What is reported stays, but for the values that a written sysctl renews. */
function fromSnapshot(
  settings: MachineSettings,
  snapshot: ProcfsSnapshot,
  kernel: KernelProfile,
): ResolvedZones {
  if (settings.zones !== undefined) {
    throw new UserError('zones by hand cannot change the zones of a snapshot');
  }
  const sysctls = settings.sysctl ?? {};
  checkSysctls(sysctls, kernel);
  const reported = snapshotZones(snapshot);
  const order = pageblockOrderOf(snapshot, kernel);
  if (Object.keys(sysctls).length === 0) {
    const usual = kernel.rules.watermarkBoostFactor;
    const told = usual === 0 ? 0 : snapshot.sysctls.watermark_boost_factor;
    const watermarkBoostFactor = told ?? usual;
    return { zones: reported, pageblockOrder: order, watermarkBoostFactor, notes: [] };
  }
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
  const { watermarkBoostFactor, notes } = computed;
  return { zones, pageblockOrder: order, watermarkBoostFactor, notes };
}
