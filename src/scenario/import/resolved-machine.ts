import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import {
  type FreeState,
  type PcpLimits,
  type WatermarkSet,
  ZONE_NAMES,
  type ZoneConfig,
  type ZoneName,
} from '../../model/machine-config.ts';

/** A zone with all that follows from its pages and the sysctls. */
export interface ResolvedZone {
  readonly node: number;
  readonly name: string;
  readonly startPfn: number;
  readonly spanned: number;
  readonly present: number;
  readonly managed: number;
  readonly watermarks: WatermarkSet;
  readonly boost: number;
  readonly lowmemReserve: readonly number[];
  readonly pcp: PcpLimits;
  readonly free: FreeState;
}

/** A machine whose reserves are computed, from a RAM size or from a snapshot. */
export interface ResolvedMachine {
  readonly kernel: KernelProfile;
  readonly cpus: number;
  readonly nodes: readonly number[];
  readonly pageblockOrder: number;
  readonly minFreeKbytes: number;
  readonly watermarkScaleFactor: number;
  readonly watermarkBoostFactor: number;
  /** Zones with pages, by node and index. */
  readonly zones: readonly ResolvedZone[];
  /** What was assumed or inferred, in sentences. */
  readonly notes: readonly string[];
}

/** The zones as the simulated machine takes them. One node, x86-64 zones. */
export function zoneConfigs(machine: ResolvedMachine): ZoneConfig[] {
  if (machine.nodes.length > 1) {
    throw new UserError(`${machine.nodes.length} nodes`, {
      expected: 'a machine with one memory node',
    });
  }
  return machine.zones.map(({ node: _, ...zone }) => {
    const index = (ZONE_NAMES as readonly string[]).indexOf(zone.name);
    if (index === -1) {
      throw new UserError(`zone ${zone.name} is not modelled`, {
        expected: `pages in ${ZONE_NAMES.join(', ')} only`,
      });
    }
    return { ...zone, name: zone.name as ZoneName, index };
  });
}
