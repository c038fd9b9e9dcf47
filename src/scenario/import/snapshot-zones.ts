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
import { ZONE_STARTS } from './memory-machine.ts';
import type { PagetypeZone } from './pagetypeinfo.ts';
import type { ProcfsSnapshot } from './procfs-snapshot.ts';
import { zoneIndexNames } from './zone-index-names.ts';
import { unboosted, type ZoneinfoZone } from './zoneinfo-zone.ts';

/** Names of pagetypeinfo by the index of the free list. Others must hold no pages. */
const TYPE_NAMES: Readonly<Record<string, number>> = {
  Unmovable: MIGRATE_UNMOVABLE,
  Movable: MIGRATE_MOVABLE,
  Reclaimable: MIGRATE_RECLAIMABLE,
  HighAtomic: MIGRATE_HIGHATOMIC,
};

/** Their letters in a report; contiguous and isolated blocks count as movable. */
const LETTERS: readonly (readonly [string, number])[] = [
  ['M', MIGRATE_MOVABLE],
  ['U', MIGRATE_UNMOVABLE],
  ['E', MIGRATE_RECLAIMABLE],
  ['H', MIGRATE_HIGHATOMIC],
];

/** Pages on isolated blocks are free for nobody and not counted as free. */
const IGNORED_TYPES = ['Isolate'];

/** A zone of which no per-CPU lists are told keeps no page on them. */
const NO_LISTS: PcpLimits = { batch: 1, high: 0, highMin: 0, highMax: 0 };

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
    .sort((a, b) => a.index - b.index)
    .map(withFrames);
}

/** A report tells no frames: its zones start where x86-64 has them, behind the one below. */
function withFrames<Z extends { name: ZoneName; startPfn: number | undefined; spanned: number }>(
  zone: Z,
  index: number,
  zones: readonly Z[],
): Z & { startPfn: number } {
  if (zone.startPfn !== undefined) return { ...zone, startPfn: zone.startPfn };
  const below = zones[index - 1];
  const end = below === undefined ? 0 : ZONE_STARTS[below.name] + below.spanned;
  return { ...zone, startPfn: Math.max(ZONE_STARTS[zone.name], end) };
}

/** Limits of the first CPU's lists, equal on all CPUs of a node; undefined: not told. */
export function reportedPcp(zone: ZoneinfoZone): PcpLimits | undefined {
  const [pageset] = zone.pagesets;
  if (pageset === undefined) return undefined;
  const { high, batch, highMin, highMax } = pageset;
  return { batch, high, highMin: highMin ?? high, highMax: highMax ?? high };
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
    return { name: zone.zone as ZoneName, index, startPfn: zone.startPfn };
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
  if (buddy === undefined) return state;
  const { blocks, letters } = buddy;
  if (letters === undefined) return { ...state, blocks: allMovable(blocks) };
  return { ...state, blocks: withSinglePages(byLetters(blocks, letters), zone.free) };
}

/**
 * A report counts the free pages of all zones first and the blocks of each later. What was freed
 * in between are single pages, as a larger block would stand in its line; nobody frees into the
 * high-atomic reserve for long.
 */
function withSinglePages(blocks: readonly number[][], free: number): number[][] {
  const single = (type: number) => (blocks[type]?.[0] ?? 0) > 0 && type !== MIGRATE_HIGHATOMIC;
  const taker = LETTERS.map(([, type]) => type).find(single) ?? MIGRATE_MOVABLE;
  const more = Math.max(0, free - pagesOf(blocks));
  return blocks.map((counts, type) =>
    counts.map((count, order) => (type === taker && order === 0 ? count + more : count)),
  );
}

function pagesOf(blocks: readonly (readonly number[])[]): number {
  return blocks.reduce(
    (sum, counts) => counts.reduce((pages, count, order) => pages + count * 2 ** order, sum),
    0,
  );
}

/**
 * Blocks of every order among the types that have some: each has one, and the first of them
 * takes what is left. Which type has how many is not told, but that it has none is.
 */
function byLetters(blocks: readonly number[], letters: readonly string[]): number[][] {
  const result = Array.from({ length: MIGRATE_TYPES }, () => blocks.map(() => 0));
  blocks.forEach((count, order) => {
    const known = LETTERS.filter(([letter]) => letters[order]!.includes(letter));
    const types = known.length === 0 ? [MIGRATE_MOVABLE] : known.map(([, type]) => type);
    types.forEach((type, at) => {
      const rest = at === 0 ? Math.max(0, count - types.length) : 0;
      if (at < count) result[type]![order] = 1 + rest;
    });
  });
  return result;
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
