import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { hiddenBoosts, pagesAboveShare } from './hidden-boost.ts';
import { reportedPcp } from './snapshot-zones.ts';
import type { ZoneinfoZone } from './zoneinfo-zone.ts';

// Dumps come from kernels that no profile stands for. Where one follows other rules than all
// profiles do, its numbers show which; a difference is then told by its cause.

/** One sentence for each foreign rule that the zones with pages of a dump show. */
export function otherKernelNotes(zones: readonly ZoneinfoZone[], kernel: KernelProfile): string[] {
  const boosts = hiddenBoosts(zones);
  return [
    ...oldGaps(zones),
    ...zones.flatMap(extraFree),
    ...zones.flatMap((zone, at) => hiddenBoost(zone, boosts[at]!)),
    ...sixLargeBatches(zones, kernel),
    ...noneForEmpty(zones),
  ];
}

/** Before 4.6 the gaps were a quarter and a half of min, without regard to the zone's size. */
function oldGaps(zones: readonly ZoneinfoZone[]): string[] {
  const shares = zones.filter((zone) => zone.zone !== 'HighMem');
  const isOld = ({ min, low, high }: ZoneinfoZone) =>
    low === min + Math.floor(min / 4) && high === min + Math.floor(min / 2);
  // Of a large zone a quarter of min is less than a thousandth, which later kernels keep.
  const isSmaller = ({ min, low, high, managed, present }: ZoneinfoZone) =>
    Math.floor(min / 4) < Math.floor((managed ?? present) / 1000) || high - low !== low - min;
  if (!shares.every(isOld) || !shares.some(isSmaller)) return [];
  return [
    'low and high stand a quarter and a half of min above it, as before Linux 4.6: no profile ' +
      'has that rule.',
  ];
}

function extraFree(zone: ZoneinfoZone): string[] {
  const extra = zone.low - zone.min - (zone.high - zone.low);
  if (extra <= 1) return [];
  return [
    `low of ${zone.zone} stands ${extra} pages higher than the gap from low to high explains: ` +
      'vm.extra_free_kbytes of Android kernels, which no profile has.',
  ];
}

function hiddenBoost(zone: ZoneinfoZone, boost: number): string[] {
  const above = pagesAboveShare(zone);
  if (above < 1) return [];
  const inferred = boost > 0 ? `, ${boost} pages by inference` : '';
  return [
    `min of ${zone.zone} stands ${above} or more pages above four gaps: a watermark boost, which ` +
      `Linux 5.0 to 5.17 has but does not print${inferred}.`,
  ];
}

function sixLargeBatches(zones: readonly ZoneinfoZone[], kernel: KernelProfile): string[] {
  const pcps = zones.map(reportedPcp).filter((pcp) => pcp !== undefined);
  const isLarge = pcps.some(({ batch }) => batch > 31);
  if (kernel.rules.pcpHigh !== 'six-batches' || !isLarge) return [];
  if (!pcps.every(({ batch, high }) => high === 6 * batch || high === 0)) return [];
  return [
    'Per-CPU limits of six batches of up to 63 pages are those of Linux 4.19 to 5.13: no ' +
      'profile has that rule.',
  ];
}

/** What is kept of a zone only grows with the index, but where empty zones are passed over. */
function noneForEmpty(zones: readonly ZoneinfoZone[]): string[] {
  const falls = ({ protection }: ZoneinfoZone) =>
    protection.some((pages, column) => pages < (protection[column - 1] ?? 0));
  if (!zones.some(falls)) return [];
  return [
    'protection falls for higher, empty zones, as in some kernels from 5.8 to 6.14: no profile ' +
      'has that rule.',
  ];
}
