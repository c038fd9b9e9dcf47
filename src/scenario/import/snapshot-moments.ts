import { BOOT_IMAGES } from '../../model/mm/boot-image.ts';
import type { ReservePages } from '../../model/mm/zone-reserves.ts';
import {
  earlier,
  explainMarks,
  imageZones,
  kbytesCandidates,
  MAX_FREED,
  type MarksMoment,
} from './boot-inference.ts';
import { explainProtection } from './protection-inference.ts';
import type { ReportedReserves } from './reported-reserves.ts';

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
  const told = reported.toldFreed()?.pages ?? measuredFreed(reported);
  const candidates = told === undefined ? steps : [told, ...steps];
  return candidates
    .filter((freed) => freed < now[zone]!)
    .map((freed) => now.map((managed, at) => (at === zone ? managed - freed : managed)));
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
  const moments = momentsInOneZone(reported, { minFreeKbytes, watermarkScaleFactor });
  const best = bestMoment(reported, moments, watermarkScaleFactor);
  if (best !== undefined && protectionFits(reported, best)) return best;
  if (reported.nodes.length > 1 || reported.toldFreed() !== undefined) return best;
  const settings = reported.settings(minFreeKbytes ?? 0, watermarkScaleFactor);
  const several = explainProtection(
    {
      zones: reported.withPages(reported.now),
      marks: reported.marks,
      watermarkScaleFactor,
      minFreeKbytes,
    },
    {
      rows: reported.zones.map((zone) => zone.protection),
      indexNames: reported.indexNames,
      ratios: settings.lowmemReserveRatio,
    },
    reported.kernel,
  );
  return several === undefined ? best : { ...several, watermarkScaleFactor };
}

function momentsInOneZone(
  reported: ReportedReserves,
  known: { readonly minFreeKbytes: number | undefined; readonly watermarkScaleFactor: number },
): MarksMoment[] {
  const { marks } = reported;
  const zones = reported.withPages(reported.now);
  const told = reported.toldFreed();
  if (told === undefined) return explainMarks({ ...known, zones, marks }, reported.kernel);
  const { minFreeKbytes } = known;
  const candidates = kbytesCandidates({ zones, marks, minFreeKbytes });
  return [{ minFreeKbytes: candidates[0]!, zone: told.zone, freed: [told.pages] }];
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
  for (const { minFreeKbytes, zone, freed } of moments) {
    const settings = reported.settings(minFreeKbytes, watermarkScaleFactor);
    for (const pages of freed) {
      const likely = pages === 0 ? 0.5 : pages === measured ? 0.25 : 0;
      if (3 + likely <= bestScore) continue;
      const managed = earlier(now, zone, pages).map((each) => each.managed);
      const fits = (kind: 'lowmemReserve' | 'pcp') =>
        Number(reported.fits(kind, allOf(managed), settings));
      const score = 2 * fits('lowmemReserve') + fits('pcp') + likely;
      if (score <= bestScore) continue;
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
