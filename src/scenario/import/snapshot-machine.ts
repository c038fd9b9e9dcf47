import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { ReserveSettings } from '../../model/mm/zone-reserves.ts';
import { checkSnapshotSettings, checkSysctls, type MachineSettings } from './machine-settings.ts';
import { otherKernelNotes } from './other-kernels.ts';
import { pageblockOrderOf } from './pageblock-order.ts';
import type { ProcfsSnapshot } from './procfs-snapshot.ts';
import { ReportedReserves } from './reported-reserves.ts';
import type { ResolvedMachine } from './resolved-machine.ts';
import { marksSettings, renewedKinds } from './snapshot-marks.ts';
import { deferredPages, earlierPages, protectionPages } from './snapshot-moments.ts';

/** One kind of value and the pages it was computed with. */
type Kind = 'watermarks' | 'lowmemReserve' | 'pcp';
type Pages = Record<Kind, readonly number[]>;

const KINDS = ['watermarks', 'lowmemReserve', 'pcp'] as const;
const WORDS: Readonly<Record<Kind, string>> = {
  watermarks: 'watermarks',
  lowmemReserve: 'protection',
  pcp: 'per-CPU limits',
};

/**
 * A machine whose reserves are computed from a snapshot's managed pages and sysctls, for
 * comparison with what the snapshot itself says, or as they would be after a sysctl write.
 * Each kind of value is tried with the pages of now and with those of boot, since the kernel
 * renews each at other occasions; where neither gives what is reported, now is taken.
 */
export function snapshotMachine(
  snapshot: ProcfsSnapshot,
  settings: MachineSettings,
  kernel: KernelProfile,
): ResolvedMachine {
  const sysctl = settings.sysctl ?? {};
  checkSysctls(sysctl, kernel);
  const reported = new ReportedReserves(snapshot, settings, kernel);
  checkSnapshotSettings(settings, reported.zones);
  const written = renewedKinds(settings, kernel);
  const marks = marksSettings(snapshot, settings, reported);
  const reserveSettings = reported.settings(marks.minFreeKbytes, marks.watermarkScaleFactor);
  const pages = choosePages(reported, marks.managed, reserveSettings, written);
  const reserves = reported.reserves(pages, reserveSettings);
  return {
    kernel,
    cpus: reported.cpus,
    nodes: snapshot.nodes,
    pageblockOrder: pageblockOrderOf(snapshot, kernel),
    minFreeKbytes: marks.minFreeKbytes,
    watermarkScaleFactor: marks.watermarkScaleFactor,
    watermarkBoostFactor: boostFactor(snapshot, settings, kernel),
    zones: reported.zones.map((zone, index) => ({
      node: zone.node,
      name: zone.zone,
      startPfn: zone.startPfn ?? 0,
      spanned: zone.spanned,
      present: zone.present,
      managed: reported.now[index]!,
      boost: written.watermarks ? 0 : (zone.boost ?? reported.hiddenBoosts[index]!),
      free: { pages: zone.free, pcp: zone.pagesets.map((pageset) => pageset.count) },
      ...reserves[index]!,
    })),
    notes: [
      ...(snapshot.notes ?? []),
      ...marks.notes,
      ...momentNotes(reported, pages),
      ...otherKernelNotes(reported.zones, kernel),
    ],
  };
}

/** For each kind the pages that give what is reported; written kinds: the pages of now. */
function choosePages(
  reported: ReportedReserves,
  watermarks: readonly number[],
  settings: ReserveSettings,
  written: Readonly<Record<Kind, boolean>>,
): Pages {
  const { now } = reported;
  const pages: Pages = { watermarks, lowmemReserve: now, pcp: now };
  const candidates = {
    lowmemReserve: [watermarks, now, ...earlierPages(reported), ...protectionPages(reported)],
    pcp: [watermarks, now, ...deferredPages(reported), ...earlierPages(reported)],
  };
  for (const kind of ['lowmemReserve', 'pcp'] as const) {
    if (written[kind]) continue;
    const fits = (managed: readonly number[]) =>
      reported.fits(kind, { ...pages, [kind]: managed }, settings);
    pages[kind] = candidates[kind].find(fits) ?? now;
  }
  return pages;
}

function boostFactor(
  snapshot: ProcfsSnapshot,
  settings: MachineSettings,
  kernel: KernelProfile,
): number {
  const usual = kernel.rules.watermarkBoostFactor;
  if (usual === 0) return 0;
  return (
    settings.sysctl?.watermark_boost_factor ?? snapshot.sysctls.watermark_boost_factor ?? usual
  );
}

/** One sentence for all kinds that were computed with the same earlier pages. */
function momentNotes(reported: ReportedReserves, pages: Pages): string[] {
  const kinds = new Map<string, string[]>();
  for (const kind of KINDS) {
    const freed = pages[kind].map((managed, index) => (reported.now[index]! - managed) * 4);
    const zones = reported.zones.map((zone, index) => `${freed[index]} kB of ${zone.zone}`);
    const when = zones.filter((_, index) => freed[index]! > 0).join(' and ');
    if (when !== '') kinds.set(when, [...(kinds.get(when) ?? []), WORDS[kind]]);
  }
  return [...kinds].map(
    ([when, words]) =>
      `Those of boot, computed when ${when} were not yet managed (inferred): ` +
      `${words.join(', ')}.`,
  );
}
