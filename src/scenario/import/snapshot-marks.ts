import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import {
  freeBufferPages,
  hugePageMinFreeKbytes,
  isUpToNormal,
} from '../../model/mm/min-free-kbytes.ts';
import { kbytesCandidates, lowestWhere, marksMatch, sharedMin } from './boot-inference.ts';
import type { MachineSettings } from './machine-settings.ts';
import { writtenKinds } from './memory-machine.ts';
import { HUGE_PAGE_ORDER } from './pageblock-order.ts';
import type { ProcfsSnapshot } from './procfs-snapshot.ts';
import type { ReportedReserves } from './reported-reserves.ts';
import { type WatermarkMoment, watermarkMoment } from './snapshot-moments.ts';

/** What a snapshot's watermarks are computed with. */
export interface MarksSettings {
  readonly minFreeKbytes: number;
  readonly watermarkScaleFactor: number;
  /** Managed pages of every zone at that moment. */
  readonly managed: readonly number[];
  /** What of it was inferred or assumed. */
  readonly notes: readonly string[];
}

/** Where the watermarks come from: a write of now, or the moment that explains the reported. */
export function marksSettings(
  snapshot: ProcfsSnapshot,
  settings: MachineSettings,
  reported: ReportedReserves,
): MarksSettings {
  const [written, dumped] = [settings.sysctl ?? {}, snapshot.sysctls];
  const told = {
    minFreeKbytes: written.min_free_kbytes ?? dumped.min_free_kbytes,
    watermarkScaleFactor: written.watermark_scale_factor ?? dumped.watermark_scale_factor,
  };
  const isWritten = renewedKinds(settings, reported.kernel).watermarks;
  // A write renews the marks, but what stood before tells the sysctl that was not written.
  const before = {
    minFreeKbytes: dumped.min_free_kbytes,
    watermarkScaleFactor: dumped.watermark_scale_factor,
  };
  const complete = told.minFreeKbytes !== undefined && told.watermarkScaleFactor !== undefined;
  const moment = isWritten && complete ? undefined : watermarkMoment(reported, before);
  const found = told.minFreeKbytes ?? moment?.minFreeKbytes ?? likelyKbytes(reported);
  const isRaised = settings.transparentHugepages === true && written.min_free_kbytes === undefined;
  const minFreeKbytes = isRaised ? Math.max(found, hugePageKbytes(snapshot, reported)) : found;
  const usual = reported.kernel.watermarkScaleFactor;
  const watermarkScaleFactor = told.watermarkScaleFactor ?? moment?.watermarkScaleFactor ?? usual;
  const notes: string[] = [];
  if (told.minFreeKbytes === undefined) notes.push(kbytesNote(reported, found));
  if (isRaised) notes.push(`Huge pages switched on: min_free_kbytes ${minFreeKbytes}.`);
  if (told.watermarkScaleFactor === undefined) {
    notes.push(...scaleNotes(reported, moment, watermarkScaleFactor));
  }
  const managed = isWritten ? reported.now : (moment?.managed ?? reported.now);
  return { minFreeKbytes, watermarkScaleFactor, managed, notes };
}

/** What is computed anew: by a sysctl write, or by khugepaged when it starts. */
export function renewedKinds(settings: MachineSettings, kernel: KernelProfile) {
  const written = writtenKinds(settings.sysctl ?? {}, kernel);
  if (settings.transparentHugepages !== true) return written;
  return { ...written, watermarks: true, pcp: written.pcp || kernel.rules.pcpFollowsWatermarks };
}

/** What khugepaged raises min_free_kbytes to when it starts on the machine as dumped. */
function hugePageKbytes(snapshot: ProcfsSnapshot, reported: ReportedReserves): number {
  const zones = reported.withPages(reported.now);
  return hugePageMinFreeKbytes({
    zones: zones.filter(isUpToNormal).length,
    lowmemPages: freeBufferPages(
      zones,
      reported.zones.map((zone) => zone.high),
    ),
    pageblockOrder: snapshot.pagetypes?.pageblockOrder ?? HUGE_PAGE_ORDER,
  });
}

/** min_free_kbytes where no page counts explain the marks. */
function likelyKbytes(reported: ReportedReserves): number {
  const zones = reported.withPages(reported.now);
  const marks = { zones, marks: reported.marks, minFreeKbytes: undefined };
  return kbytesCandidates(marks, reported.kernel)[0]!;
}

function kbytesNote(reported: ReportedReserves, kbytes: number): string {
  const zones = reported.withPages(reported.now);
  const { sum } = sharedMin({ zones, marks: reported.marks }, reported.kernel);
  return `min_free_kbytes ${kbytes} is inferred from the min watermarks (sum ${sum} pages).`;
}

/** How far the gaps between the marks tell a watermark_scale_factor that is not in the dump. */
function scaleNotes(
  reported: ReportedReserves,
  moment: WatermarkMoment | undefined,
  scale: number,
): string[] {
  const { kernel } = reported;
  if (scale !== kernel.watermarkScaleFactor) {
    return [`watermark_scale_factor ${scale} is inferred from the gaps of the watermarks.`];
  }
  if (moment === undefined) return [];
  const most = largestScale(reported, moment);
  if (most === scale) return [];
  return [`watermark_scale_factor ${scale} is assumed: the watermarks fit any up to ${most}.`];
}

/** The largest scale factor that gives the same marks: a quarter of min hides smaller ones. */
function largestScale(reported: ReportedReserves, moment: WatermarkMoment): number {
  const { kernel, marks } = reported;
  const zones = reported.withPages(moment.managed);
  const fits = (watermarkScaleFactor: number) =>
    marksMatch(
      { zones, marks, watermarkScaleFactor, minFreeKbytes: undefined },
      zones,
      moment.minFreeKbytes,
      kernel,
    );
  const most = kernel.rules.watermarkScaleFactorMax;
  const start = moment.watermarkScaleFactor;
  return start + lowestWhere(most - start, (more) => !fits(start + more + 1));
}
