import { UserError } from '../../base/user-error.ts';
import {
  type FreeState,
  MIGRATE_HIGHATOMIC,
  MIGRATE_MOVABLE,
  MIGRATE_RECLAIMABLE,
  MIGRATE_TYPES,
  MIGRATE_UNMOVABLE,
  type PcpLimits,
  ZONE_NAMES,
  type ZoneConfig,
  type ZoneName,
} from '../../model/machine-config.ts';
import type { PagetypeZone } from './pagetypeinfo.ts';
import type { ProcfsSnapshot } from './procfs-snapshot.ts';
import { unboosted, type ZoneinfoZone } from './zoneinfo.ts';

/** Names of pagetypeinfo by the index of the free list. Others must hold no pages. */
const TYPE_NAMES: Readonly<Record<string, number>> = {
  Unmovable: MIGRATE_UNMOVABLE,
  Movable: MIGRATE_MOVABLE,
  Reclaimable: MIGRATE_RECLAIMABLE,
  HighAtomic: MIGRATE_HIGHATOMIC,
};

/** Pages on isolated blocks are free for nobody and not counted as free. */
const IGNORED_TYPES = ['Isolate'];

/** Zones that a dump may leave out because they are empty, the likeliest first. */
const LEFT_OUT = ['Movable', 'Normal', 'Device', 'DMA32', 'DMA', 'HighMem'];

/** A zone of which no per-CPU lists are told keeps no page on them. */
const NO_LISTS: PcpLimits = { batch: 1, high: 0, highMin: 0, highMax: 0 };

/** All zone names of the kernel in index order, as far as x86, ARM, PowerPC and s390 have them. */
const KERNEL_ORDER = ['DMA', 'DMA32', 'Normal', 'HighMem', 'Movable', 'Device'];

/**
 * The zones with pages of a snapshot as a machine starts with them: its own watermarks,
 * protection and per-CPU limits, not computed ones. One node only.
 */
export function snapshotZones(snapshot: ProcfsSnapshot): ZoneConfig[] {
  if (snapshot.nodes.length > 1) {
    throw new UserError(`${snapshot.nodes.length} nodes`, {
      at: { file: snapshot.source },
      expected: 'a machine with one memory node',
    });
  }
  const indexNames = zoneIndexNames(snapshot.zones);
  return snapshot.zones
    .filter((zone) => zone.present > 0)
    .map((zone) => ({
      ...identity(zone, snapshot),
      spanned: zone.spanned,
      present: zone.present,
      managed: zone.managed ?? zone.present,
      watermarks: unboosted(zone),
      boost: zone.boost ?? 0,
      lowmemReserve: ZONE_NAMES.map((name) => zone.protection[indexNames.indexOf(name)] ?? 0),
      pcp: reportedPcp(zone) ?? NO_LISTS,
      free: freeState(zone, snapshot),
      ...filePages(zone),
    }))
    .sort((a, b) => a.index - b.index);
}

/** Limits of the first CPU's lists, equal on all CPUs of a node; undefined: not told. */
export function reportedPcp(zone: ZoneinfoZone): PcpLimits | undefined {
  const [pageset] = zone.pagesets;
  if (pageset === undefined) return undefined;
  const { high, batch, highMin, highMax } = pageset;
  return { batch, high, highMin: highMin ?? high, highMax: highMax ?? high };
}

/**
 * Which zone each column of `protection` stands for: the zones that are printed and, where
 * empty ones are left out, those that complete the number of columns. Which ones is told by
 * the rows: what is kept of a zone begins in the column of the next zone with pages.
 */
export function zoneIndexNames(zones: readonly ZoneinfoZone[]): string[] {
  const columns = Math.max(...zones.map((zone) => zone.protection.length));
  const printed = [...new Set(zones.map((zone) => zone.zone))];
  const absent = LEFT_OUT.filter((name) => !printed.includes(name));
  let first: string[] | undefined;
  for (const added of choices(absent, Math.max(0, columns - printed.length))) {
    const names = inKernelOrder([...printed, ...added]);
    first ??= names;
    if (zones.every((zone) => beginsAtNext(zone, zones, names))) return names;
  }
  return first ?? inKernelOrder(printed);
}

function inKernelOrder(names: readonly string[]): string[] {
  const known = KERNEL_ORDER.filter((name) => names.includes(name));
  return [...known, ...names.filter((name) => !known.includes(name))];
}

function beginsAtNext(
  zone: ZoneinfoZone,
  zones: readonly ZoneinfoZone[],
  names: readonly string[],
): boolean {
  const begins = zone.protection.findIndex((pages) => pages > 0);
  const own = names.indexOf(zone.zone);
  const above = zones
    .filter(({ node, present }) => node === zone.node && present > 0)
    .map((other) => names.indexOf(other.zone))
    .filter((column) => column > own);
  return begins === -1 || above.length === 0 || begins === Math.min(...above);
}

/** All ways to take so many names, those that stand first coming first. */
function* choices(names: readonly string[], count: number): Generator<string[]> {
  if (count === 0) yield [];
  if (count < 1) return;
  for (let first = 0; first < names.length; first++) {
    for (const rest of choices(names.slice(first + 1), count - 1)) yield [names[first]!, ...rest];
  }
}

/** Kernels since 4.8 print a zone's share of its node's lists. */
function filePages({ counters }: ZoneinfoZone): Pick<ZoneConfig, 'filePages'> {
  const inactive = counters['nr_zone_inactive_file'];
  const active = counters['nr_zone_active_file'];
  return inactive === undefined || active === undefined ? {} : { filePages: { inactive, active } };
}

function identity(zone: ZoneinfoZone, snapshot: ProcfsSnapshot) {
  const index = (ZONE_NAMES as readonly string[]).indexOf(zone.zone);
  if (index !== -1) {
    return { name: zone.zone as ZoneName, index, startPfn: zone.startPfn ?? 0 };
  }
  throw new UserError(`zone ${zone.zone} is not modelled`, {
    at: { file: snapshot.source, line: zone.line, column: 1 },
    expected: `pages in ${ZONE_NAMES.join(', ')} only`,
  });
}

function freeState(zone: ZoneinfoZone, snapshot: ProcfsSnapshot): FreeState {
  const same = (other: { node: number; zone: string }) =>
    other.node === zone.node && other.zone === zone.zone;
  const state = { pages: zone.free, pcp: zone.pagesets.map((pageset) => pageset.count) };
  const types = snapshot.pagetypes?.zones.find(same);
  if (types !== undefined) {
    refuseOtherTypes(types, snapshot);
    const orders = Math.max(...Object.values(types.blocks).map((counts) => counts.length));
    const blocks = byType(types.blocks, new Array<number>(orders).fill(0));
    return { ...state, blocks, pageblocks: byType(types.pageblocks, 0) };
  }
  const buddy = snapshot.buddy?.find(same);
  return buddy === undefined ? state : { ...state, blocks: allMovable(buddy.blocks) };
}

/** Without pagetypeinfo every block is movable: so boot makes all pageblocks. */
function allMovable(blocks: readonly number[]): number[][] {
  const none = blocks.map(() => 0);
  return Array.from({ length: MIGRATE_TYPES }, (_, type) =>
    type === MIGRATE_MOVABLE ? [...blocks] : [...none],
  );
}

function byType<T>(values: Readonly<Record<string, T>>, missing: T): T[] {
  const result = Array.from({ length: MIGRATE_TYPES }, () => missing);
  for (const [name, type] of Object.entries(TYPE_NAMES)) result[type] = values[name] ?? missing;
  return result;
}

function refuseOtherTypes(types: PagetypeZone, snapshot: ProcfsSnapshot): void {
  for (const [name, blocks] of Object.entries(types.blocks)) {
    if (name in TYPE_NAMES || IGNORED_TYPES.includes(name)) continue;
    if (blocks.every((count) => count === 0)) continue;
    throw new UserError(`zone ${types.zone} has free pages of type ${name}`, {
      at: { file: `${snapshot.source}/pagetypeinfo` },
      expected: `only ${Object.keys(TYPE_NAMES).join(', ')}`,
    });
  }
}
