import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { BOOT_IMAGES } from '../../model/mm/boot-image.ts';
import type { ZonePages } from '../../model/mm/watermarks.ts';
import type { ReservePages } from '../../model/mm/zone-reserves.ts';
import {
  bootKbytes,
  earlier,
  explainMarks,
  imageZones,
  kbytesCandidates,
  MAX_FREED,
  type MarksMoment,
  marksMatch,
  type ReportedMarks,
} from './boot-inference.ts';
import {
  explainProtection,
  pagesOfProtection,
  type ReportedProtection,
} from './protection-inference.ts';
import type { ReportedReserves } from './reported-reserves.ts';

/** Pages of 128 MiB, the least that is prepared early. */
const SECTION_PAGES = 32768;

/** The sysctls and page counts that give the reported watermarks. */
export interface WatermarkMoment {
  readonly minFreeKbytes: number;
  readonly watermarkScaleFactor: number;
  /** Managed pages of every zone at that moment. */
  readonly managed: readonly number[];
}

/** Sysctls as far as the dump or the user tells them. */
export interface KnownSysctls {
  readonly minFreeKbytes: number | undefined;
  readonly watermarkScaleFactor: number | undefined;
}

/**
 * When the reported watermarks were computed. Among the moments that explain them, with pages
 * freed in one zone since, the one that explains most of the rest; where none explains the
 * protection, pages freed in several zones. Undefined: nothing explains the watermarks.
 */
export function watermarkMoment(
  reported: ReportedReserves,
  known: KnownSysctls,
): WatermarkMoment | undefined {
  const usual = reported.kernel.watermarkScaleFactor;
  const told = known.watermarkScaleFactor;
  const found = momentWith(reported, known, told ?? usual);
  if (found !== undefined || told !== undefined) return found;
  const guess = guessedScale(reported);
  return guess === undefined ? undefined : momentWith(reported, known, guess);
}

/**
 * Page counts to try for a kind of value that is older than the watermarks, the likeliest
 * first: steps of 256 find every protection (DMA's ratio is 256) and every batch.
 */
export function earlierPages(reported: ReportedReserves): number[][] {
  const { now } = reported;
  const zone = imageZones(reported.withPages(now))[0]!;
  const limit = Math.min(MAX_FREED, Math.floor(now[zone]! / 2));
  const steps = Array.from({ length: Math.floor(limit / 256) }, (_, step) => (step + 1) * 256);
  const measured = measuredFreed(reported);
  const candidates = measured === undefined ? steps : [measured, ...steps];
  const pages = candidates
    .filter((freed) => freed < now[zone]!)
    .map((freed) => now.map((managed, at) => (at === zone ? managed - freed : managed)));
  const told = reported.toldManaged();
  return told === undefined ? pages : [[...told], ...pages];
}

/**
 * Page counts when the per-CPU lists were first set up by a kernel that prepares large memory
 * late (CONFIG_DEFERRED_STRUCT_PAGE_INIT): of the highest zone of a node, one section of
 * 128 MiB. Kernels that renew the limits with the watermarks have lost that moment.
 */
export function deferredPages(reported: ReportedReserves): number[][] {
  const { now, zones, kernel } = reported;
  if (kernel.rules.pcpFollowsWatermarks) return [];
  const highest = zones.map((zone, at) => zones[at + 1]?.node !== zone.node);
  return [now.map((pages, at) => (highest[at] ? Math.min(pages, SECTION_PAGES) : pages))];
}

/** Page counts that give the reported protections, whatever the watermarks were set with. */
export function protectionPages(reported: ReportedReserves): number[][] {
  const zones = reported.withPages(reported.now);
  const found = pagesOfProtection(zones, reportedProtection(reported), reported.kernel);
  return found === undefined ? [] : [found];
}

function reportedProtection(reported: ReportedReserves): ReportedProtection {
  const { zones, indexNames, kernel } = reported;
  return {
    rows: zones.map((zone) => zone.protection),
    nodes: zones.map((zone) => zone.node),
    indexNames,
    ratios: reported.settings(0, kernel.watermarkScaleFactor).lowmemReserveRatio,
  };
}

/** The same pages for every kind of value. */
export function allOf(managed: readonly number[]): ReservePages {
  return { watermarks: managed, lowmemReserve: managed, pcp: managed };
}

function momentWith(
  reported: ReportedReserves,
  known: KnownSysctls,
  watermarkScaleFactor: number,
): WatermarkMoment | undefined {
  const { minFreeKbytes } = known;
  const { kernel, marks } = reported;
  const zones = reported.withPages(reported.now);
  const reportedMarks = { zones, marks, watermarkScaleFactor, minFreeKbytes };
  const told = reported.toldManaged();
  if (told !== undefined) {
    const then = reported.withPages(told);
    const kbytes = minFreeKbytes ?? kbytesWith(reportedMarks, then, kernel);
    return { minFreeKbytes: kbytes, watermarkScaleFactor, managed: told };
  }
  const best = bestMoment(reported, explainMarks(reportedMarks, kernel), watermarkScaleFactor);
  if (best !== undefined && protectionFits(reported, best)) return best;
  const several = explainProtection(reportedMarks, reportedProtection(reported), kernel);
  return several === undefined ? best : { ...several, watermarkScaleFactor };
}

/** min_free_kbytes that gives the marks with these pages: by the rule of boot, or any other. */
function kbytesWith(
  reported: ReportedMarks,
  zones: readonly ZonePages[],
  kernel: KernelProfile,
): number {
  const candidates = kbytesCandidates(reported, kernel);
  const fits = (kbytes: number) => marksMatch(reported, zones, kbytes, kernel);
  return [bootKbytes(zones, kernel), ...candidates].find(fits) ?? candidates[0]!;
}

/**
 * The moment that explains most kinds of values; of equal ones that of now, then what the
 * measured machines free, then the first.
 */
function bestMoment(
  reported: ReportedReserves,
  moments: readonly MarksMoment[],
  watermarkScaleFactor: number,
): WatermarkMoment | undefined {
  const now = reported.withPages(reported.now);
  const measured = measuredFreed(reported);
  let best: WatermarkMoment | undefined;
  let bestScore = -1;
  for (const { minFreeKbytes: kbytes, zone, freed, isByRule } of moments) {
    const settings = reported.settings(kbytes, watermarkScaleFactor);
    for (const pages of freed) {
      const likely = pages === 0 ? 0.5 : pages === measured ? 0.25 : 0;
      if (3 + likely <= bestScore) continue;
      const then = earlier(now, zone, pages);
      const managed = then.map((each) => each.managed);
      const fits = (kind: 'lowmemReserve' | 'pcp') =>
        Number(reported.fits(kind, allOf(managed), settings));
      const score = 2 * fits('lowmemReserve') + fits('pcp') + likely;
      if (score <= bestScore) continue;
      const minFreeKbytes = isByRule && pages > 0 ? bootKbytes(then, reported.kernel) : kbytes;
      best = { minFreeKbytes, watermarkScaleFactor, managed };
      bestScore = score;
    }
  }
  return best;
}

function protectionFits(reported: ReportedReserves, moment: WatermarkMoment): boolean {
  const settings = reported.settings(moment.minFreeKbytes, moment.watermarkScaleFactor);
  return reported.fits('lowmemReserve', allOf(moment.managed), settings);
}

/** The share of the largest zone that lies between two of its marks, in 1/10000. */
function guessedScale(reported: ReportedReserves): number | undefined {
  const largest = reported.now.indexOf(Math.max(...reported.now));
  const { min, low } = reported.marks[largest]!;
  const guess = Math.round(((low - min) * 10000) / reported.now[largest]!);
  const possible = guess >= 1 && guess <= reported.kernel.rules.watermarkScaleFactorMax;
  return possible ? guess : undefined;
}

/** Pages that come free after boot on the measured machines of this kernel. */
function measuredFreed(reported: ReportedReserves): number | undefined {
  const image = BOOT_IMAGES[reported.kernel.name];
  return image === undefined ? undefined : image.initPages + image.initrdPages;
}
