import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { lowmemReserves } from '../../model/mm/lowmem-reserve.ts';
import type { ZonePages } from '../../model/mm/watermarks.ts';
import { freedRange, kbytesCandidates, marksMatch, type ReportedMarks } from './boot-inference.ts';

// Where pages came free in several zones after boot, the protections tell how many each zone
// had then: reserve[i][i+1] is the managed pages of zone i+1 divided by zone i's ratio, so it
// leaves no more than `ratio` values. The watermarks choose among them, and tell of one zone
// that no protection tells of: the lowest of its node.

/** Choices of page counts to try at most, on ever finer grids. */
const MAX_TRIES = 2 ** 13;
const STRIDES = [64, 16, 4, 1];

/** Pages below 16 MiB: too few to hold what boot gives back. */
const DMA_PAGES = 4096;

export interface ReportedProtection {
  /** By zone of `ReportedMarks.zones`, in columns of `indexNames`. */
  readonly rows: readonly (readonly number[])[];
  /** The node of every zone. */
  readonly nodes: readonly number[];
  readonly indexNames: readonly string[];
  readonly ratios: readonly number[];
}

/** What the zones held when the reported values were computed. */
export interface EarlierZones {
  readonly managed: readonly number[];
  readonly minFreeKbytes: number;
}

/** Managed pages of all zones that give the reported protections and watermarks. */
export function explainProtection(
  reported: ReportedMarks,
  protection: ReportedProtection,
  kernel: KernelProfile,
): EarlierZones | undefined {
  const bounds = reported.zones.map((_, zone) => boundsOf(zone, reported.zones, protection));
  const open = openZone(reported.zones, bounds);
  const candidates = kbytesCandidates(reported, kernel);
  let tries = 0;
  for (const stride of STRIDES) {
    for (const managed of combinations(bounds, stride)) {
      if (tries++ === MAX_TRIES) return undefined;
      const zones = withPages(reported.zones, managed);
      if (!protectionMatches(zones, protection, kernel)) continue;
      for (const kbytes of candidates) {
        const found = withOpenZone(reported, zones, { kbytes, open }, kernel);
        if (found !== undefined) return { managed: found, minFreeKbytes: kbytes };
      }
    }
  }
  return undefined;
}

/** Managed pages of all zones that give the reported protections, or undefined if none do. */
export function pagesOfProtection(
  zones: readonly ZonePages[],
  protection: ReportedProtection,
  kernel: KernelProfile,
): number[] | undefined {
  const bounds = zones.map((_, zone) => boundsOf(zone, zones, protection));
  let tries = 0;
  for (const stride of STRIDES) {
    for (const managed of combinations(bounds, stride)) {
      if (tries++ === MAX_TRIES) return undefined;
      if (protectionMatches(withPages(zones, managed), protection, kernel)) return managed;
    }
  }
  return undefined;
}

function withPages(zones: readonly ZonePages[], managed: readonly number[]): ZonePages[] {
  return zones.map(({ name }, index) => ({ name, managed: managed[index]! }));
}

/** These pages, with fewer in the open zone if need be, or undefined if they give other marks. */
function withOpenZone(
  reported: ReportedMarks,
  zones: readonly ZonePages[],
  given: { readonly kbytes: number; readonly open: number | undefined },
  kernel: KernelProfile,
): number[] | undefined {
  const { kbytes, open } = given;
  const managed = zones.map((zone) => zone.managed);
  if (open === undefined) {
    return marksMatch(reported, zones, kbytes, kernel) ? managed : undefined;
  }
  const range = freedRange(reported, zones, { kbytes, zone: open }, kernel);
  return range === undefined ? undefined : managed.with(open, managed[open]! - range.first);
}

function protectionMatches(
  zones: readonly ZonePages[],
  protection: ReportedProtection,
  kernel: KernelProfile,
): boolean {
  const { indexNames, rows, ratios, nodes } = protection;
  return [...new Set(nodes)].every((node) => {
    const own = zones.map((_, zone) => zone).filter((zone) => nodes[zone] === node);
    const columns = indexNames.map((name) => {
      const zone = own.find((at) => zones[at]!.name === name);
      return { name, managed: zone === undefined ? 0 : zones[zone]!.managed };
    });
    const reserves = lowmemReserves(columns, ratios, kernel);
    return own.every((zone) => {
      const computed = reserves[indexNames.indexOf(zones[zone]!.name)]!;
      return sameProtection(computed, rows[zone]!, columns);
    });
  });
}

/** Whether two rows agree where zones have pages; kernels differ in what they keep for others. */
export function sameProtection(
  computed: readonly number[],
  reported: readonly number[],
  columns: readonly ZonePages[],
): boolean {
  return columns.every(({ managed }, at) => managed === 0 || computed[at] === reported[at]);
}

/** Fewest and most managed pages of a zone by the protection of the zone below it. */
function boundsOf(
  zone: number,
  zones: readonly ZonePages[],
  protection: ReportedProtection,
): { min: number; max: number } {
  const { indexNames, nodes, ratios, rows } = protection;
  const { name, managed } = zones[zone]!;
  const fixed = { min: managed, max: managed };
  const column = indexNames.indexOf(name);
  const below = zones.findIndex(
    (other, at) => nodes[at] === nodes[zone] && other.name === indexNames[column - 1],
  );
  const ratio = ratios[column - 1] ?? 0;
  if (column < 1 || below === -1 || ratio < 1) return fixed;
  const min = (rows[below]![column] ?? 0) * ratio;
  const max = Math.min(managed, min + ratio - 1);
  return min > max || min === 0 ? fixed : { min, max };
}

/** The largest zone that no protection tells of, if it can hold what boot gives back. */
function openZone(
  zones: readonly ZonePages[],
  bounds: readonly { readonly min: number; readonly max: number }[],
): number | undefined {
  let open: number | undefined;
  zones.forEach(({ managed }, zone) => {
    const isTold = bounds[zone]!.min < bounds[zone]!.max;
    if (isTold || managed < DMA_PAGES) return;
    if (open === undefined || managed > zones[open]!.managed) open = zone;
  });
  return open;
}

/** All choices of one number a zone on a grid, the largest first. */
function* combinations(
  bounds: readonly { readonly min: number; readonly max: number }[],
  stride: number,
): Generator<number[]> {
  const [first, ...rest] = bounds;
  if (first === undefined) {
    yield [];
    return;
  }
  for (let pages = first.max; pages >= first.min; pages -= stride) {
    for (const others of combinations(rest, stride)) yield [pages, ...others];
  }
}
