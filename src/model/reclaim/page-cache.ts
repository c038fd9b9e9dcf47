import { ZONE_NAMES } from '../machine-config.ts';
import type { PageFrames } from '../mm/page-frames.ts';
import type { PerCpuPages } from '../mm/pcp.ts';
import type { Zone } from '../mm/zone.ts';
import { PGFREE, PGSCAN_DIRECT, PGSTEAL_DIRECT, type VmStat } from '../vmstat.ts';

/** SWAP_CLUSTER_MAX: what one direct reclaim wants. */
export const SWAP_CLUSTER_MAX = 32;

/**
 * The clean page cache: one list of pages that can be dropped at once, the coldest last.
 *
 * Models: the inactive file list and shrink_page_list for clean, unmapped, unreferenced pages.
 * Departs: no dirty, mapped, referenced or anonymous page exists yet, so no page needs I/O and
 * none is rotated.
 */
export class PageCache {
  readonly #frames: PageFrames;
  readonly #pcp: PerCpuPages;
  readonly #vmstat: VmStat;
  readonly #list: number;
  readonly #pagesByZone = new Int32Array(ZONE_NAMES.length);

  constructor(frames: PageFrames, pcp: PerCpuPages, vmstat: VmStat) {
    this.#frames = frames;
    this.#pcp = pcp;
    this.#vmstat = vmstat;
    this.#list = frames.addLists(1);
  }

  /** Lists that the cache needs. */
  static readonly LISTS = 1;

  /** Pages that reclaim could take from this zone. */
  pagesOf(zone: Zone): number {
    return this.#pagesByZone[zone.index]!;
  }

  add(zone: Zone, pfn: number): void {
    this.#frames.markLru(pfn);
    this.#frames.pushFront(this.#list, pfn);
    this.#pagesByZone[zone.index]!++;
  }

  /** Drops up to `wanted` of the coldest pages of these zones; returns how many. */
  drop(zones: readonly Zone[], wanted: number, cpu: number): number {
    let dropped = 0;
    let pfn = this.#frames.last(this.#list);
    while (dropped < wanted && pfn !== this.#list) {
      const warmer = this.#frames.before(pfn);
      const zone = zones.find((candidate) => candidate.spans(pfn));
      this.#vmstat.add(PGSCAN_DIRECT, 1);
      if (zone !== undefined) {
        this.#frames.unlink(pfn);
        this.#frames.markInUse(pfn);
        this.#pcp.free(cpu, zone, pfn, 0);
        this.#pagesByZone[zone.index]!--;
        dropped++;
      }
      pfn = warmer;
    }
    this.#vmstat.add(PGSTEAL_DIRECT, dropped);
    this.#vmstat.add(PGFREE, dropped);
    return dropped;
  }
}
