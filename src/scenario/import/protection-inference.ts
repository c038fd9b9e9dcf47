import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { lowmemReserves } from '../../model/mm/lowmem-reserve.ts';
import type { ZonePages } from '../../model/mm/watermarks.ts';
import { kbytesCandidates, marksMatch, type ReportedMarks } from './boot-inference.ts';

// Where pages came free in several zones after boot, the protections tell how many each zone
// had then: reserve[i][i+1] is the managed pages of zone i+1 divided by zone i's ratio, so it
// leaves no more than `ratio` values. The watermarks choose among them.

/** Pairs of page counts to try at most: all that the ratios 256 and 256 leave. */
const MAX_TRIES = 2 ** 16;

export interface ReportedProtection {
  /** By zone of `ReportedMarks.zones`, in columns of `indexNames`. */
  readonly rows: readonly (readonly number[])[];
  readonly indexNames: readonly string[];
  readonly ratios: readonly number[];
}

/** Managed pages of all zones of one node that give the reported protections and watermarks. */
export function explainProtection(
  reported: ReportedMarks,
  protection: ReportedProtection,
  kernel: KernelProfile,
): { readonly managed: readonly number[]; readonly minFreeKbytes: number } | undefined {
  const bounds = reported.zones.map((zone) => boundsOf(zone, reported.zones, protection));
  const candidates = kbytesCandidates(reported);
  let tries = 0;
  for (const managed of combinations(bounds)) {
    if (tries++ === MAX_TRIES) break;
    const zones = managed.map((pages, index) => ({
      name: reported.zones[index]!.name,
      managed: pages,
    }));
    if (!protectionMatches(zones, protection, kernel)) continue;
    const fits = (kbytes: number) => marksMatch(reported, zones, kbytes, kernel);
    const minFreeKbytes = candidates.find(fits);
    if (minFreeKbytes !== undefined) return { managed, minFreeKbytes };
  }
  return undefined;
}

function protectionMatches(
  zones: readonly ZonePages[],
  protection: ReportedProtection,
  kernel: KernelProfile,
): boolean {
  const { indexNames, rows, ratios } = protection;
  const node = indexNames.map(
    (name) => zones.find((zone) => zone.name === name) ?? { name, managed: 0 },
  );
  const reserves = lowmemReserves(node, ratios, kernel);
  return zones.every((zone, index) => {
    const row = rows[index]!;
    return reserves[indexNames.indexOf(zone.name)]!.every((value, at) => value === row[at]);
  });
}

/** Fewest and most managed pages of a zone by the protection of the zone below it. */
function boundsOf(
  zone: ZonePages,
  zones: readonly ZonePages[],
  protection: ReportedProtection,
): { min: number; max: number } {
  const fixed = { min: zone.managed, max: zone.managed };
  const column = protection.indexNames.indexOf(zone.name);
  const below = protection.indexNames[column - 1];
  const row = protection.rows[zones.findIndex((other) => other.name === below)];
  const ratio = protection.ratios[column - 1] ?? 0;
  if (column < 1 || row === undefined || ratio < 1) return fixed;
  const min = (row[column] ?? 0) * ratio;
  const max = Math.min(zone.managed, min + ratio - 1);
  return min > max || min === 0 ? fixed : { min, max };
}

/** All choices of one number a zone, the largest first. */
function* combinations(
  bounds: readonly { readonly min: number; readonly max: number }[],
): Generator<number[]> {
  const [first, ...rest] = bounds;
  if (first === undefined) {
    yield [];
    return;
  }
  for (let pages = first.max; pages >= first.min; pages--) {
    for (const others of combinations(rest)) yield [pages, ...others];
  }
}
