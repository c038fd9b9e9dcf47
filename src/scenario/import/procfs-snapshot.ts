import { UserError } from '../../base/user-error.ts';
import type { SlabCacheState } from '../../model/machine-config.ts';
import { type BuddyZone, parseBuddyinfo } from './buddyinfo.ts';
import { type Pagetypeinfo, parsePagetypeinfo } from './pagetypeinfo.ts';
import { parseSlabinfo } from './slabinfo.ts';
import { parseSysctl, parseSysctlVector, SYSCTL_NAMES, type VmSysctls } from './sysctl-file.ts';
import { parseZoneinfo } from './zoneinfo.ts';
import type { ZoneinfoZone } from './zoneinfo-zone.ts';

/** What copies of /proc files, or a kernel log, tell of one machine: plain data, not computed. */
export interface ProcfsSnapshot {
  /** The directory or file it was read from. */
  readonly source: string;
  readonly zones: readonly ZoneinfoZone[];
  /** Node numbers, ascending. */
  readonly nodes: readonly number[];
  /** CPUs online: those with per-CPU lists, at least one. */
  readonly cpus: number;
  readonly buddy?: readonly BuddyZone[];
  readonly pagetypes?: Pagetypeinfo;
  readonly slabs?: readonly SlabCacheState[];
  readonly sysctls: VmSysctls;
  /** The kernel's release, where its log says it. */
  readonly release?: string;
  /** What the source does not tell, in sentences. */
  readonly notes?: readonly string[];
}

/**
 * Takes what is there of zoneinfo (required), buddyinfo, pagetypeinfo, slabinfo and sys/vm/….
 * @param read the text of a file by its name under `source`, or undefined if it is not there
 */
export function importProcfs(
  read: (name: string) => string | undefined,
  source: string,
): ProcfsSnapshot {
  const path = (name: string) => `${source}/${name}`;
  const zoneinfo = read('zoneinfo');
  if (zoneinfo === undefined) {
    throw new UserError('no zoneinfo', { at: { file: source }, expected: 'a copy of /proc' });
  }
  const optional = <T>(name: string, parse: (text: string, file: string) => T): T | undefined => {
    const text = read(name);
    return text === undefined ? undefined : parse(text, path(name));
  };
  const zones = parseZoneinfo(zoneinfo, path('zoneinfo'));
  const buddy = optional('buddyinfo', parseBuddyinfo);
  const pagetypes = optional('pagetypeinfo', parsePagetypeinfo);
  const slabs = optional('slabinfo', parseSlabinfo);
  if (buddy !== undefined) refuseStrangers(buddy, zones, path('buddyinfo'));
  if (pagetypes !== undefined) refuseStrangers(pagetypes.zones, zones, path('pagetypeinfo'));
  return {
    ...fromZones(zones, source),
    ...(buddy === undefined ? {} : { buddy }),
    ...(pagetypes === undefined ? {} : { pagetypes }),
    ...(slabs === undefined ? {} : { slabs }),
    sysctls: importSysctls(read, path),
  };
}

/** A snapshot of nothing but one zoneinfo file. */
export function importZoneinfo(text: string, file: string): ProcfsSnapshot {
  return { ...fromZones(parseZoneinfo(text, file), file), sysctls: {} };
}

function fromZones(zones: readonly ZoneinfoZone[], source: string) {
  const nodes = [...new Set(zones.map((zone) => zone.node))].sort((a, b) => a - b);
  const cpus = new Set(zones.flatMap((zone) => zone.pagesets.map((pageset) => pageset.cpu)));
  return { source, zones, nodes, cpus: Math.max(1, cpus.size) };
}

/** Files of two machines in one directory would give a machine that never was. */
function refuseStrangers(
  others: readonly { readonly node: number; readonly zone: string }[],
  zones: readonly ZoneinfoZone[],
  file: string,
): void {
  for (const { node, zone } of others) {
    if (zones.some((known) => known.node === node && known.zone === zone)) continue;
    throw new UserError(`zone ${zone} of node ${node} is not in zoneinfo`, {
      at: { file },
      expected: 'copies from one machine',
    });
  }
  for (const { node, zone, present } of zones) {
    if (present === 0 || others.some((other) => other.node === node && other.zone === zone)) {
      continue;
    }
    throw new UserError(`zone ${zone} of node ${node} is missing`, {
      at: { file },
      expected: 'every zone with pages, as in zoneinfo',
    });
  }
}

/** A file that exists but is empty is a sysctl that the kernel does not have. */
function importSysctls(
  read: (name: string) => string | undefined,
  path: (name: string) => string,
): VmSysctls {
  const sysctls: Record<string, number | readonly number[]> = {};
  for (const name of SYSCTL_NAMES) {
    const text = read(`sys/vm/${name}`);
    if (text === undefined || text.trim() === '') continue;
    const parse = name === 'lowmem_reserve_ratio' ? parseSysctlVector : parseSysctl;
    sysctls[name] = parse(text, path(`sys/vm/${name}`));
  }
  return sysctls;
}
