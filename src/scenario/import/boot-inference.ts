import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { WatermarkSet } from '../../model/machine-config.ts';
import {
  freeBufferPages,
  hugePageMinFreeKbytes,
  isUpToNormal,
  minFreeKbytes,
} from '../../model/mm/min-free-kbytes.ts';
import { leftOutOfTotal, type ZonePages, zoneWatermarks } from '../../model/mm/watermarks.ts';

// A dump shows the managed pages of now and watermarks that may be older: boot computes them
// before the initrd and init code come free. What came free since is one unknown number of
// pages in one zone, the kernel image's; it is found by trying, and it must explain every
// watermark of every zone at once.

/** More than this does not come free after boot, pages: 256 MiB. */
export const MAX_FREED = 65536;

/** Pageblock orders of x86-64: that of a huge page, or the largest of all without hugetlbfs. */
const PAGEBLOCK_ORDERS = [9, 10];

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
  /** The square-root rule gives this min_free_kbytes, or one with the same number of pages. */
  readonly isByRule: boolean;
}

/**
 * All explanations of the reported watermarks by pages freed in one zone, the likeliest first:
 * those by the square-root rule, then by the value that huge pages set, then any other.
 */
export function explainMarks(reported: ReportedMarks, kernel: KernelProfile): MarksMoment[] {
  for (const zone of imageZones(reported.zones)) {
    const moments: MarksMoment[] = [];
    for (const kbytes of kbytesCandidates(reported, kernel)) {
      const range = freedRange(reported, reported.zones, { kbytes, zone }, kernel);
      if (range === undefined) continue;
      const count = range.last - range.first + 1;
      const freed = Array.from({ length: count }, (_, more) => range.first + more);
      moments.push({ minFreeKbytes: kbytes, zone, freed, isByRule: false });
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
 * Values of min_free_kbytes to try, the likeliest first. Each zone's min loses less than a page
 * to rounding, so their sum leaves few totals; a total of pages stands for four values in kB.
 * What huge pages set is the likeliest of them where it is among them.
 */
export function kbytesCandidates(
  reported: Omit<ReportedMarks, 'watermarkScaleFactor'>,
  kernel: KernelProfile,
): number[] {
  if (reported.minFreeKbytes !== undefined) return [reported.minFreeKbytes];
  const { sum, zones: shares } = sharedMin(reported, kernel);
  const losses = Math.max(1, shares);
  const kbytes = Array.from({ length: losses }, (_, lost) => (sum + lost) * 4);
  const zones = reported.zones.filter((zone) => zone.managed > 0 && isUpToNormal(zone)).length;
  const lowmemPages = freeBufferPages(reported.zones);
  const huge = PAGEBLOCK_ORDERS.map((pageblockOrder) =>
    hugePageMinFreeKbytes({ zones, lowmemPages, pageblockOrder }),
  );
  return [...huge.filter((likely) => kbytes.includes(likely)), ...kbytes];
}

/** The pages of min_free_kbytes that the zones' min show, and in how many zones. */
export function sharedMin(
  reported: Pick<ReportedMarks, 'zones' | 'marks'>,
  kernel: KernelProfile,
): { readonly sum: number; readonly zones: number } {
  const shares = reported.marks.filter((_, at) => !leftOutOfTotal(reported.zones[at]!, kernel));
  return { sum: shares.reduce((pages, mark) => pages + mark.min, 0), zones: shares.length };
}

/**
 * The fewest and the most pages that one zone may have lacked for all marks to be the reported
 * ones. As more are missing its own marks only fall and those of all others only rise, so that
 * the fitting numbers stand together.
 */
export function freedRange(
  reported: ReportedMarks,
  zones: readonly ZonePages[],
  given: { readonly kbytes: number; readonly zone: number },
  kernel: KernelProfile,
): { readonly first: number; readonly last: number } | undefined {
  const { kbytes, zone } = given;
  const holds = (freed: number, own: Compare, other: Compare) => {
    const lacking = earlier(zones, zone, freed);
    const marks = zoneWatermarks(lacking, kbytes, reported.watermarkScaleFactor, kernel);
    return marks.every((mark, at) => (at === zone ? own : other)(mark, reported.marks[at]!));
  };
  const reached = (freed: number) => holds(freed, notAbove, notBelow);
  const passed = (freed: number) => !holds(freed, notBelow, notAbove);
  const end = Math.min(MAX_FREED + 1, zones[zone]!.managed);
  if (end < 1 || passed(0) || !reached(end - 1)) return undefined;
  const first = lowestWhere(end, reached);
  const last = lowestWhere(end, passed) - 1;
  return first <= last ? { first, last } : undefined;
}

type Compare = (mark: WatermarkSet, reported: WatermarkSet) => boolean;

function notAbove(mark: WatermarkSet, reported: WatermarkSet): boolean {
  return mark.min <= reported.min && mark.low <= reported.low && mark.high <= reported.high;
}

function notBelow(mark: WatermarkSet, reported: WatermarkSet): boolean {
  return notAbove(reported, mark);
}

/** Lowest number below `limit` for which a condition that stays true holds, else `limit`. */
export function lowestWhere(limit: number, holds: (value: number) => boolean): number {
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
  const rule = (freed: number) => bootKbytes(earlier(reported.zones, moment.zone, freed), kernel);
  const known = reported.minFreeKbytes;
  const pages = Math.floor(moment.minFreeKbytes / 4);
  const fits = (freed: number) =>
    known === undefined ? Math.floor(rule(freed) / 4) === pages : rule(freed) === known;
  const boot = moment.freed.filter((freed) => freed > 0 && fits(freed));
  if (boot.length === 0) return undefined;
  const freed = moment.freed[0] === 0 ? [0, ...boot] : boot;
  return { ...moment, freed, isByRule: true, minFreeKbytes: known ?? rule(boot[0]!) };
}

/** What boot makes of these pages. */
export function bootKbytes(zones: readonly ZonePages[], kernel: KernelProfile): number {
  return minFreeKbytes(freeBufferPages(zones), kernel);
}
