import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { type WatermarkSet, ZONE_NAMES } from '../../model/machine-config.ts';
import type { ZonePages } from '../../model/mm/watermarks.ts';
import {
  type ReservePages,
  type ReserveSettings,
  type ZoneReserve,
  zoneReserves,
} from '../../model/mm/zone-reserves.ts';
import { imageZones } from './boot-inference.ts';
import { hiddenBoosts } from './hidden-boost.ts';
import {
  type MachineSettings,
  pagesAtMost,
  pcpFractionOf,
  type ZoneByHand,
} from './machine-settings.ts';
import type { ProcfsSnapshot } from './procfs-snapshot.ts';
import { sameProtection } from './protection-inference.ts';
import { reportedPcp } from './snapshot-zones.ts';
import { zoneIndexNames } from './zone-index-names.ts';
import { unboosted, type ZoneinfoZone } from './zoneinfo-zone.ts';

/** What a snapshot reports of its populated zones, and a way to hold computed values to it. */
export class ReportedReserves {
  readonly zones: readonly ZoneinfoZone[];
  /** Without a boost, also one that is not printed. */
  readonly marks: readonly WatermarkSet[];
  readonly hiddenBoosts: readonly number[];
  readonly indexNames: readonly string[];
  /** Managed pages as the dump shows them; kernels before 3.10 had only present ones. */
  readonly now: readonly number[];
  readonly cpus: number;
  readonly nodes: readonly number[];
  readonly kernel: KernelProfile;
  readonly #snapshot: ProcfsSnapshot;
  readonly #settings: MachineSettings;
  readonly #nodeCpus: ReadonlyMap<number, number>;

  constructor(snapshot: ProcfsSnapshot, settings: MachineSettings, kernel: KernelProfile) {
    this.#snapshot = snapshot;
    this.#settings = settings;
    this.kernel = kernel;
    this.zones = snapshot.zones.filter((zone) => zone.present > 0);
    this.hiddenBoosts = hiddenBoosts(this.zones);
    this.marks = this.zones.map((zone, at) => {
      const boost = zone.boost ?? this.hiddenBoosts[at]!;
      return unboosted({ ...zone, boost });
    });
    this.indexNames = zoneIndexNames(snapshot.zones);
    this.nodes = snapshot.nodes;
    this.cpus = settings.cpus ?? snapshot.cpus;
    this.now = this.zones.map((zone) => {
      const byHand = zoneByHand(settings.zones, zone.zone)?.managed;
      return byHand ?? zone.managed ?? zone.present;
    });
    this.#nodeCpus = new Map(this.nodes.map((node) => [node, this.#cpusOfNode(node)]));
  }

  withPages(managed: readonly number[]): ZonePages[] {
    return this.zones.map((zone, index) => ({ name: zone.zone, managed: managed[index]! }));
  }

  /** The sysctls as written, else as dumped, else as every kernel starts. */
  settings(minFreeKbytes: number, watermarkScaleFactor: number): ReserveSettings {
    const [written, dumped] = [this.#settings.sysctl ?? {}, this.#snapshot.sysctls];
    const usual = this.indexNames.map((name) => {
      const index = (ZONE_NAMES as readonly string[]).indexOf(name);
      return this.kernel.lowmemReserveRatio[index] ?? 0;
    });
    return {
      minFreeKbytes,
      watermarkScaleFactor,
      lowmemReserveRatio: written.lowmem_reserve_ratio ?? dumped.lowmem_reserve_ratio ?? usual,
      pcpFraction: pcpFractionOf(written) ?? pcpFractionOf(dumped) ?? 0,
    };
  }

  reserves(pages: ReservePages, settings: ReserveSettings): ZoneReserve[] {
    const zones = this.zones.map(({ zone, node }) => ({
      name: zone,
      node,
      cpus: this.#nodeCpus.get(node) ?? 1,
    }));
    return zoneReserves(zones, pages, { ...settings, indexNames: this.indexNames }, this.kernel);
  }

  /** Whether these pages give the reported protection or per-CPU limits of all zones. */
  fits(kind: 'lowmemReserve' | 'pcp', pages: ReservePages, settings: ReserveSettings): boolean {
    const reserves = this.reserves(pages, settings);
    return this.zones.every((zone, index) => {
      const { lowmemReserve, pcp } = reserves[index]!;
      if (kind === 'lowmemReserve') {
        return sameProtection(lowmemReserve, zone.protection, this.#columns(zone.node));
      }
      const reported = reportedPcp(zone);
      if (reported === undefined) return true;
      return pcp.batch === reported.batch && pcp.highMin === reported.highMin;
    });
  }

  /** The zones of a node by index, with the pages that the dump shows. */
  #columns(node: number): ZonePages[] {
    return this.indexNames.map((name) => {
      const zone = this.zones.findIndex((other) => other.node === node && other.zone === name);
      return { name, managed: zone === -1 ? 0 : this.now[zone]! };
    });
  }

  /**
   * Which CPU belongs to which node is not in a dump, but a zone's per-CPU limit is its share
   * of the low watermark. Without that the nodes share the CPUs evenly.
   */
  #cpusOfNode(node: number): number {
    if (this.nodes.length === 1) return this.cpus;
    const even = Math.max(1, Math.floor(this.cpus / this.nodes.length));
    const own = this.zones.filter((zone) => zone.node === node);
    const fits = (cpus: number) =>
      own.every((zone) => {
        const pcp = reportedPcp(zone);
        const share = Math.floor(unboosted(zone).low / cpus);
        return pcp === undefined || pcp.highMin === Math.max(share, 4 * pcp.batch);
      });
    const counts = Array.from({ length: this.cpus }, (_, less) => this.cpus - less);
    return [even, ...counts].find(fits) ?? even;
  }

  /** Managed pages of all zones when boot computed the watermarks, as far as the user says. */
  toldManaged(): readonly number[] | undefined {
    const { bootFreedKbytes, zones = {} } = this.#settings;
    const told = this.zones.map(({ zone }) => zoneByHand(zones, zone)?.bootManaged);
    if (bootFreedKbytes !== undefined) {
      const image = imageZones(this.withPages(this.now))[0]!;
      const freed = Math.floor(bootFreedKbytes / 4);
      pagesAtMost('boot_freed_kb', freed, this.now[image]!);
      told[image] ??= this.now[image]! - freed;
    }
    if (told.every((managed) => managed === undefined)) return undefined;
    return this.now.map((managed, at) => told[at] ?? managed);
  }
}

function zoneByHand(zones: MachineSettings['zones'], name: string): ZoneByHand | undefined {
  const known = ZONE_NAMES.find((zone) => zone === name);
  return known === undefined ? undefined : zones?.[known];
}
