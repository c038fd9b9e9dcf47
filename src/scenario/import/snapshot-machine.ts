import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { type WatermarkSet, ZONE_NAMES } from '../../model/machine-config.ts';
import { BOOT_IMAGES } from '../../model/mm/boot-image.ts';
import {
  type ReserveSettings,
  type ZoneReserve,
  zoneReserves,
} from '../../model/mm/zone-reserves.ts';
import {
  earlier,
  explainMarks,
  imageZones,
  kbytesCandidates,
  MAX_FREED,
  type MarksMoment,
} from './boot-inference.ts';
import { checkSysctls, type MachineSettings, pcpFractionOf } from './machine-settings.ts';
import { writtenKinds } from './memory-machine.ts';
import type { ProcfsSnapshot } from './procfs-snapshot.ts';
import { explainProtection } from './protection-inference.ts';
import type { ResolvedMachine } from './resolved-machine.ts';
import { reportedPcp, zoneIndexNames } from './snapshot-zones.ts';
import { unboosted, type ZoneinfoZone } from './zoneinfo.ts';

/** One kind of value and the pages it was computed with. */
type Kind = 'watermarks' | 'lowmemReserve' | 'pcp';
type Pages = Record<Kind, readonly number[]>;

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
  checkSysctls(settings.sysctl ?? {}, kernel);
  return new SnapshotResolver(snapshot, settings, kernel).resolve();
}

class SnapshotResolver {
  readonly #snapshot: ProcfsSnapshot;
  readonly #settings: MachineSettings;
  readonly #kernel: KernelProfile;
  readonly #zones: readonly ZoneinfoZone[];
  readonly #marks: readonly WatermarkSet[];
  readonly #indexNames: readonly string[];
  readonly #notes: string[] = [];

  constructor(snapshot: ProcfsSnapshot, settings: MachineSettings, kernel: KernelProfile) {
    this.#snapshot = snapshot;
    this.#settings = settings;
    this.#kernel = kernel;
    this.#zones = snapshot.zones.filter((zone) => zone.present > 0);
    this.#marks = this.#zones.map(unboosted);
    this.#indexNames = zoneIndexNames(snapshot.zones);
  }

  resolve(): ResolvedMachine {
    const { scale, explained } = this.#explain();
    const minFreeKbytes = this.#minFreeKbytes(explained);
    const settings = this.#reserveSettings(minFreeKbytes, scale);
    const pages = this.#choosePages(settings, explained);
    const reserves = this.#reserves(pages, settings);
    const { watermarks: renewed } = this.#written();
    const now = this.#now();
    return {
      kernel: this.#kernel,
      cpus: this.#cpus(),
      nodes: this.#snapshot.nodes,
      pageblockOrder: this.#snapshot.pagetypes?.pageblockOrder ?? this.#kernel.maxOrder,
      minFreeKbytes,
      watermarkScaleFactor: scale,
      watermarkBoostFactor: this.#boostFactor(),
      zones: this.#zones.map((zone, index) => ({
        node: zone.node,
        name: zone.zone,
        startPfn: zone.startPfn ?? 0,
        spanned: zone.spanned,
        present: zone.present,
        managed: now[index]!,
        boost: renewed ? 0 : (zone.boost ?? 0),
        free: { pages: zone.free, pcp: zone.pagesets.map((pageset) => pageset.count) },
        ...reserves[index]!,
      })),
      notes: this.#notes,
    };
  }

  #written() {
    return writtenKinds(this.#settings.sysctl ?? {}, this.#kernel);
  }

  #cpus(): number {
    return this.#settings.cpus ?? this.#snapshot.cpus;
  }

  #boostFactor(): number {
    const written = this.#settings.sysctl?.watermark_boost_factor;
    const { watermarkBoostFactor } = this.#kernel.rules;
    if (watermarkBoostFactor === 0) return 0;
    return written ?? this.#snapshot.sysctls.watermark_boost_factor ?? watermarkBoostFactor;
  }

  /** Managed pages as the dump shows them; kernels before 3.10 had only present ones. */
  #now(): number[] {
    const byHand = this.#settings.zones ?? {};
    return this.#zones.map((zone) => {
      const given = ZONE_NAMES.find((name) => name === zone.zone);
      const managed = given === undefined ? undefined : byHand[given]?.managed;
      return managed ?? zone.managed ?? zone.present;
    });
  }

  /** Scale factor and page counts that explain the watermarks; unexplained: as far as known. */
  #explain(): { scale: number; explained: MarksMoment | undefined } {
    const told =
      this.#settings.sysctl?.watermark_scale_factor ??
      this.#snapshot.sysctls.watermark_scale_factor;
    const scale = told ?? this.#kernel.watermarkScaleFactor;
    if (this.#written().watermarks) return { scale, explained: undefined };
    const explained = this.#explainWith(scale);
    if (explained !== undefined || told !== undefined) return { scale, explained };
    const guess = this.#guessedScale();
    const guessed = guess === undefined ? undefined : this.#explainWith(guess);
    if (guess === undefined || guessed === undefined) return { scale, explained };
    this.#notes.push(
      `watermark_scale_factor ${guess} is inferred from the gaps of the watermarks.`,
    );
    return { scale: guess, explained: guessed };
  }

  #explainWith(watermarkScaleFactor: number): MarksMoment | undefined {
    const zones = this.#pages(this.#now());
    const minFreeKbytes = this.#snapshot.sysctls.min_free_kbytes;
    const told = this.#toldFreed();
    if (told !== undefined) {
      const [sum] = kbytesCandidates({ zones, marks: this.#marks, minFreeKbytes });
      return { minFreeKbytes: sum!, zone: told.zone, freed: [told.pages] };
    }
    const reported = { zones, marks: this.#marks, watermarkScaleFactor, minFreeKbytes };
    return explainMarks(reported, this.#kernel);
  }

  /** Pages that the user says came free after boot, and the zone they belong to. */
  #toldFreed(): { zone: number; pages: number } | undefined {
    const zones = this.#pages(this.#now());
    const kbytes = this.#settings.bootFreedKbytes;
    if (kbytes !== undefined) return { zone: imageZones(zones)[0]!, pages: Math.floor(kbytes / 4) };
    for (const name of ZONE_NAMES) {
      const boot = this.#settings.zones?.[name]?.bootManaged;
      const zone = zones.findIndex((known) => known.name === name);
      if (boot !== undefined && zone !== -1) return { zone, pages: zones[zone]!.managed - boot };
    }
    return undefined;
  }

  /** The share of the largest zone that lies between two of its marks, in 1/10000. */
  #guessedScale(): number | undefined {
    const now = this.#now();
    const largest = now.indexOf(Math.max(...now));
    const { min, low } = this.#marks[largest]!;
    const guess = Math.round(((low - min) * 10000) / now[largest]!);
    const possible = guess >= 1 && guess <= this.#kernel.rules.watermarkScaleFactorMax;
    return possible ? guess : undefined;
  }

  #minFreeKbytes(explained: MarksMoment | undefined): number {
    const told = this.#settings.sysctl?.min_free_kbytes ?? this.#snapshot.sysctls.min_free_kbytes;
    if (told !== undefined) return told;
    const sum = this.#marks.reduce((pages, mark) => pages + mark.min, 0);
    const kbytes = explained?.minFreeKbytes ?? sum * 4;
    this.#notes.push(
      `min_free_kbytes ${kbytes} is inferred from the min watermarks (sum ${sum} pages).`,
    );
    return kbytes;
  }

  #reserveSettings(minFreeKbytes: number, watermarkScaleFactor: number): ReserveSettings {
    const [written, dumped] = [this.#settings.sysctl ?? {}, this.#snapshot.sysctls];
    const usual = this.#indexNames.map((name) => {
      const index = (ZONE_NAMES as readonly string[]).indexOf(name);
      return this.#kernel.lowmemReserveRatio[index] ?? 0;
    });
    return {
      minFreeKbytes,
      watermarkScaleFactor,
      lowmemReserveRatio: written.lowmem_reserve_ratio ?? dumped.lowmem_reserve_ratio ?? usual,
      pcpFraction: pcpFractionOf(written) ?? pcpFractionOf(dumped) ?? 0,
    };
  }

  /** For each kind the pages that give what is reported; written kinds: the pages of now. */
  #choosePages(settings: ReserveSettings, explained: MarksMoment | undefined): Pages {
    const now = this.#now();
    const written = this.#written();
    const boot = written.watermarks ? now : this.#bootPages(explained, settings);
    const pages: Pages = { watermarks: boot, lowmemReserve: now, pcp: now };
    const others = [boot, now, ...this.#earlierPages()];
    for (const kind of ['lowmemReserve', 'pcp'] as const) {
      if (written[kind]) continue;
      const fits = (managed: readonly number[]) =>
        this.#fits(kind, { ...pages, [kind]: managed }, settings);
      pages[kind] = others.find(fits) ?? now;
    }
    this.#noteMoments(pages, now);
    return pages;
  }

  /**
   * Page counts that explain the watermarks. Of those with one zone's pages freed since, the
   * ones that explain most of the rest; of them those of now, or what the measured machines
   * free, or the fewest pages freed. Where no such one explains the protection, several zones'.
   */
  #bootPages(explained: MarksMoment | undefined, settings: ReserveSettings): readonly number[] {
    const now = this.#now();
    const single = explained === undefined ? undefined : this.#freedInOneZone(explained, settings);
    if (single !== undefined && this.#fits('lowmemReserve', allOf(single), settings)) return single;
    return this.#freedInSeveralZones(settings) ?? single ?? now;
  }

  #freedInOneZone(explained: MarksMoment, settings: ReserveSettings): readonly number[] {
    const now = this.#pages(this.#now());
    const pagesOf = (freed: number) =>
      earlier(now, explained.zone, freed).map((zone) => zone.managed);
    const score = (freed: number) => {
      const pages = allOf(pagesOf(freed));
      const fits = (kind: 'lowmemReserve' | 'pcp') => Number(this.#fits(kind, pages, settings));
      return fits('lowmemReserve') + fits('pcp');
    };
    const scores = explained.freed.map(score);
    const best = Math.max(...scores);
    const freed = explained.freed.filter((_, index) => scores[index] === best);
    const measured = this.#measuredFreed();
    if (freed[0] === 0) return pagesOf(0);
    return pagesOf(measured !== undefined && freed.includes(measured) ? measured : freed[0]!);
  }

  #freedInSeveralZones(settings: ReserveSettings): readonly number[] | undefined {
    if (this.#snapshot.nodes.length > 1 || this.#toldFreed() !== undefined) return undefined;
    const { watermarkScaleFactor, minFreeKbytes } = settings;
    const zones = this.#pages(this.#now());
    const found = explainProtection(
      { zones, marks: this.#marks, watermarkScaleFactor, minFreeKbytes },
      {
        rows: this.#zones.map((zone) => zone.protection),
        indexNames: this.#indexNames,
        ratios: settings.lowmemReserveRatio,
      },
      this.#kernel,
    );
    return found?.managed;
  }

  #measuredFreed(): number | undefined {
    const image = BOOT_IMAGES[this.#kernel.name];
    return image === undefined ? undefined : image.initPages + image.initrdPages;
  }

  /**
   * Page counts to try for a kind of value that is older than the watermarks: a pageful of
   * 256 steps finds every protection (DMA's ratio is 256) and every batch.
   */
  #earlierPages(): number[][] {
    const now = this.#now();
    const zone = imageZones(this.#pages(now))[0]!;
    const limit = Math.min(MAX_FREED, Math.floor(now[zone]! / 2));
    const steps = Array.from({ length: Math.floor(limit / 256) }, (_, step) => (step + 1) * 256);
    const told = this.#toldFreed()?.pages ?? this.#measuredFreed();
    const candidates = told === undefined ? steps : [told, ...steps];
    return candidates
      .filter((freed) => freed < now[zone]!)
      .map((freed) => now.map((managed, at) => (at === zone ? managed - freed : managed)));
  }

  #fits(kind: Exclude<Kind, 'watermarks'>, pages: Pages, settings: ReserveSettings): boolean {
    const reserves = this.#reserves(pages, settings);
    return this.#zones.every((zone, index) => {
      const { lowmemReserve, pcp } = reserves[index]!;
      if (kind === 'lowmemReserve') return sameNumbers(lowmemReserve, zone.protection);
      const reported = reportedPcp(zone);
      return pcp.batch === reported.batch && pcp.highMin === reported.highMin;
    });
  }

  #reserves(pages: Pages, settings: ReserveSettings): ZoneReserve[] {
    const { nodes } = this.#snapshot;
    const cpus = Math.max(1, Math.floor(this.#cpus() / nodes.length));
    const zones = this.#zones.map((zone) => ({ name: zone.zone, node: zone.node, cpus }));
    const given = { ...settings, indexNames: this.#indexNames };
    return zoneReserves(zones, pages, given, this.#kernel);
  }

  #pages(managed: readonly number[]) {
    return this.#zones.map((zone, index) => ({ name: zone.zone, managed: managed[index]! }));
  }

  /** One sentence for all kinds that were computed with the same earlier pages. */
  #noteMoments(pages: Pages, now: readonly number[]): void {
    const kinds = new Map<string, string[]>();
    for (const kind of ['watermarks', 'lowmemReserve', 'pcp'] as const) {
      const freed = pages[kind].map((managed, index) => (now[index]! - managed) * 4);
      const zones = this.#zones.map((zone, index) => `${freed[index]} kB of ${zone.zone}`);
      const when = zones.filter((_, index) => freed[index]! > 0).join(' and ');
      if (when === '') continue;
      kinds.set(when, [...(kinds.get(when) ?? []), WORDS[kind]]);
    }
    for (const [when, words] of kinds) {
      this.#notes.push(
        `Those of boot, computed when ${when} were not yet managed (inferred): ` +
          `${words.join(', ')}.`,
      );
    }
  }
}

function allOf(managed: readonly number[]): Pages {
  return { watermarks: managed, lowmemReserve: managed, pcp: managed };
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
