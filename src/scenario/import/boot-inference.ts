import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { WatermarkSet } from '../../model/machine-config.ts';
import { multiplyDivide } from '../../model/mm/exact-integers.ts';
import {
  freeBufferPages,
  hugePageMinFreeKbytes,
  minFreeKbytes,
} from '../../model/mm/min-free-kbytes.ts';
import { leftOutOfTotal, type ZonePages, zoneWatermarks } from '../../model/mm/watermarks.ts';

// A dump shows the managed pages of now and watermarks that may be older: boot computes them
// before the initrd and init code come free. What came free since is one unknown number of
// pages in one zone, the kernel image's; it is found by trying, and it must explain every
// watermark of every zone at once.

/** More than this does not come free after boot, pages: 256 MiB. */
export const MAX_FREED = 65536;

/** log2 of the pages of a huge page on x86-64. */
const HUGE_PAGE_ORDER = 9;

/** What is known of the dump's watermarks. */
export interface ReportedMarks {
  /** Managed pages of now. */
  readonly zones: readonly ZonePages[];
  readonly marks: readonly WatermarkSet[];
  readonly watermarkScaleFactor: number;
  /** Undefined: not in the dump. */
  readonly minFreeKbytes: number | undefined;
}

/** An explanation of the reported watermarks. */
export interface MarksMoment {
  readonly minFreeKbytes: number;
  /** Index of the zone in which pages came free since. */
  readonly zone: number;
  /** Numbers of pages that may have come free since, ascending; 0: computed with those of now. */
  readonly freed: readonly number[];
}

/**
 * All explanations of the reported watermarks by pages freed in one zone, the likeliest first:
 * those by the square-root rule, then by the value that huge pages set, then any other.
 */
export function explainMarks(reported: ReportedMarks, kernel: KernelProfile): MarksMoment[] {
  for (const zone of imageZones(reported.zones)) {
    const moments: MarksMoment[] = [];
    for (const kbytes of kbytesCandidates(reported)) {
      const freed = fittingFreed(reported, { kbytes, zone }, kernel);
      if (freed.length > 0) moments.push({ minFreeKbytes: kbytes, zone, freed });
    }
    const byRule = moments.map((moment) => narrowed(reported, moment, kernel));
    if (moments.length > 0) return [...byRule.filter((moment) => moment !== undefined), ...moments];
  }
  return [];
}

/** The zones with fewer managed pages in one of them. */
export function earlier(zones: readonly ZonePages[], zone: number, freed: number): ZonePages[] {
  return zones.map((known, index) =>
    index === zone ? { name: known.name, managed: known.managed - freed } : known,
  );
}

/** Zones that can hold the kernel image, the likeliest first. */
export function imageZones(zones: readonly ZonePages[]): number[] {
  const indexes = zones.map((_, index) => index).filter((index) => zones[index]!.managed > 0);
  const rank = (index: number) => (zones[index]!.name === 'DMA32' ? 0 : 1);
  return indexes.sort((a, b) => rank(a) - rank(b) || a - b);
}

/**
 * Values of min_free_kbytes to try. Each zone's min loses less than a page to rounding, so
 * their sum leaves few totals; a total of pages stands for four values in kB. What huge pages
 * set is the likeliest of them where it is among them.
 */
export function kbytesCandidates(reported: Omit<ReportedMarks, 'watermarkScaleFactor'>): number[] {
  if (reported.minFreeKbytes !== undefined) return [reported.minFreeKbytes];
  const sum = reported.marks.reduce((pages, mark) => pages + mark.min, 0);
  const kbytes = Array.from({ length: reported.marks.length + 1 }, (_, lost) => (sum + lost) * 4);
  const zones = reported.zones.filter((zone) => zone.name !== 'Movable').length;
  const lowmemPages = freeBufferPages(reported.zones);
  const huge = hugePageMinFreeKbytes({ zones, lowmemPages, pageblockOrder: HUGE_PAGE_ORDER });
  return kbytes.includes(huge) ? [huge, ...kbytes] : kbytes;
}

function fittingFreed(
  reported: ReportedMarks,
  given: { readonly kbytes: number; readonly zone: number },
  kernel: KernelProfile,
): number[] {
  const [first, end] = possibleFreed(reported, given, kernel);
  const freed: number[] = [];
  for (let pages = first; pages < end; pages++) {
    const zones = earlier(reported.zones, given.zone, pages);
    if (marksMatch(reported, zones, given.kbytes, kernel)) freed.push(pages);
  }
  return freed;
}

/**
 * Bounds from the min of the zone itself, which only falls as more of it was missing: it
 * spares trying all numbers. A zone that is alone always gets the whole.
 */
function possibleFreed(
  reported: ReportedMarks,
  given: { readonly kbytes: number; readonly zone: number },
  kernel: KernelProfile,
): [number, number] {
  const zone = reported.zones[given.zone]!;
  const limit = Math.min(MAX_FREED, zone.managed - 1) + 1;
  if (leftOutOfTotal(zone, kernel)) return [0, limit];
  let total = 0;
  for (const each of reported.zones) if (!leftOutOfTotal(each, kernel)) total += each.managed;
  const pagesMin = Math.floor(given.kbytes / 4);
  const min = (freed: number) => multiplyDivide(pagesMin, zone.managed - freed, total - freed);
  const reportedMin = reported.marks[given.zone]!.min;
  const first = lowestWhere(limit, (freed) => min(freed) <= reportedMin);
  return [first, lowestWhere(limit, (freed) => min(freed) < reportedMin)];
}

/** Lowest number below `limit` for which a condition that stays true holds, else `limit`. */
function lowestWhere(limit: number, holds: (value: number) => boolean): number {
  let [low, high] = [0, limit];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Whether these pages and this min_free_kbytes give the reported watermarks. */
export function marksMatch(
  reported: ReportedMarks,
  zones: readonly ZonePages[],
  kbytes: number,
  kernel: KernelProfile,
): boolean {
  const marks = zoneWatermarks(zones, kbytes, reported.watermarkScaleFactor, kernel);
  return marks.every((mark, index) => {
    const other = reported.marks[index]!;
    return mark.min === other.min && mark.low === other.low && mark.high === other.high;
  });
}

/**
 * Of the page counts of boot, those for which the square-root rule gives the min_free_kbytes
 * that is known, or one with the same number of pages; that is then taken for it. Undefined
 * where there is none, as an administrator or huge pages have set another value.
 */
function narrowed(
  reported: ReportedMarks,
  moment: MarksMoment,
  kernel: KernelProfile,
): MarksMoment | undefined {
  const rule = (freed: number) =>
    minFreeKbytes(freeBufferPages(earlier(reported.zones, moment.zone, freed)), kernel);
  const known = reported.minFreeKbytes;
  const pages = Math.floor(moment.minFreeKbytes / 4);
  const fits = (freed: number) =>
    known === undefined ? Math.floor(rule(freed) / 4) === pages : rule(freed) === known;
  const boot = moment.freed.filter((freed) => freed > 0 && fits(freed));
  if (boot.length === 0) return undefined;
  const freed = moment.freed[0] === 0 ? [0, ...boot] : boot;
  return { ...moment, freed, minFreeKbytes: known ?? rule(boot[0]!) };
}
