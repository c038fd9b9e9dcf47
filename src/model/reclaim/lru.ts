import { assert } from '../../base/assert.ts';
import { ZONE_NAMES } from '../machine-config.ts';
import {
  NO_OWNER,
  PAGE_ACTIVE,
  PAGE_ANON,
  PAGE_DIRTY,
  PAGE_REFERENCED,
  PAGE_WORKINGSET,
  PAGE_WRITEBACK,
  type PageFrames,
} from '../mm/page-frames.ts';
import type { Zone } from '../mm/zone.ts';
import { PGACTIVATE, PGDEACTIVATE, PGROTATED, type VmStat } from '../vmstat.ts';

/** The lists, by number. */
export const INACTIVE_ANON = 0;
export const ACTIVE_ANON = 1;
export const INACTIVE_FILE = 2;
export const ACTIVE_FILE = 3;
export const LRU_LISTS = 4;

/** SWAP_CLUSTER_MAX: pages isolated at a time, and what one direct reclaim wants. */
export const SWAP_CLUSTER_MAX = 32;

const ZONES = ZONE_NAMES.length;

/** Pages taken off a list together; they belong to whoever isolated them. */
export class Isolated {
  readonly pfns = new Int32Array(SWAP_CLUSTER_MAX);
  count = 0;
}

/** How many pages each list has. */
export interface ListSizes {
  sizeOf(list: number): number;
}

/**
 * The lists of pages that reclaim may take: the coldest last.
 *
 *   inactive anon │ active anon │ inactive file │ active file      threaded through the frames
 *
 * Models: struct lruvec, isolate_lru_pages, putback of pages, mark_page_accessed, activate_page,
 * rotate_reclaimable_page, NR_ISOLATED_* (mm/swap.c, mm/vmscan.c; 4.17, 6.1, 6.12).
 * Departs: no per-CPU batches in front of the lists (pagevecs: a page is on its list at once);
 * one node, no cgroups, no unevictable list.
 */
export class Lru implements ListSizes {
  static readonly LISTS = LRU_LISTS;
  /** NR_ISOLATED_ANON, NR_ISOLATED_FILE. */
  readonly isolated = new Int32Array(2);
  readonly #frames: PageFrames;
  readonly #zones: readonly Zone[];
  readonly #vmstat: VmStat;
  readonly #lists: number;
  readonly #sizes = new Int32Array(LRU_LISTS);
  /** [zone index × LRU_LISTS + list] */
  readonly #sizesByZone = new Int32Array(ZONES * LRU_LISTS);
  readonly #isolatedByZone = new Int32Array(ZONES);

  constructor(frames: PageFrames, zones: readonly Zone[], vmstat: VmStat) {
    this.#frames = frames;
    this.#zones = zones;
    this.#vmstat = vmstat;
    this.#lists = frames.addLists(LRU_LISTS);
  }

  sizeOf(list: number): number {
    return this.#sizes[list]!;
  }

  sizeIn(zone: Zone, list: number): number {
    return this.#sizesByZone[zone.index * LRU_LISTS + list]!;
  }

  /** lruvec_lru_size(): pages of the list in zones up to this index. */
  sizeUpTo(list: number, zoneIndex: number): number {
    let pages = this.#sizes[list]!;
    for (let z = zoneIndex + 1; z < ZONES; z++) pages -= this.#sizesByZone[z * LRU_LISTS + list]!;
    return pages;
  }

  /** All pages of the zone that are on a list or isolated from one. */
  pagesOf(zone: Zone): number {
    let pages = this.#isolatedByZone[zone.index]!;
    for (let list = 0; list < LRU_LISTS; list++) pages += this.sizeIn(zone, list);
    return pages;
  }

  /** On its list's warm end. `list` tells whether it is anonymous and active. */
  add(zone: Zone, pfn: number, list: number): void {
    this.#frames.markLru(pfn);
    this.#setKind(pfn, list);
    this.#frames.pushFront(this.#lists + list, pfn);
    this.#count(zone.index, list, 1);
  }

  /** Migration: another frame of the zone takes a listed page's content, owner and kind. */
  replace(pfn: number, by: number): void {
    const list = this.#lists + this.listOf(pfn);
    this.#frames.unlink(pfn);
    this.#frames.markLru(by);
    this.#frames.resetFlags(by, this.#frames.flagsOf(pfn));
    this.#frames.setOwner(by, this.#frames.ownerOf(pfn));
    this.#frames.pushFront(list, by);
    this.#frames.markInUse(pfn);
    this.#frames.resetFlags(pfn, 0);
    this.#frames.setOwner(pfn, NO_OWNER);
  }

  /** Takes a page that is on a list away: it is in use by somebody else from now on. */
  remove(zone: Zone, pfn: number): void {
    const list = this.listOf(pfn);
    this.#frames.unlink(pfn);
    this.#frames.markInUse(pfn);
    this.#frames.resetFlags(pfn, 0);
    this.#count(zone.index, list, -1);
  }

  listOf(pfn: number): number {
    const flags = this.#frames.flagsOf(pfn);
    return (
      ((flags & PAGE_ANON) !== 0 ? INACTIVE_ANON : INACTIVE_FILE) +
      ((flags & PAGE_ACTIVE) !== 0 ? 1 : 0)
    );
  }

  /** It is on a list now, not isolated from one: isolated pages thread through themselves. */
  isListed(pfn: number): boolean {
    return this.#frames.isOnLru(pfn) && this.#frames.after(pfn) !== pfn;
  }

  /** mark_page_accessed(): the second access activates; true when this one did. */
  markAccessed(pfn: number): boolean {
    const flags = this.#frames.flagsOf(pfn);
    if ((flags & PAGE_REFERENCED) === 0) {
      this.#frames.setFlag(pfn, PAGE_REFERENCED);
      return false;
    }
    if ((flags & PAGE_ACTIVE) !== 0 || !this.isListed(pfn)) return false;
    this.#frames.clearFlag(pfn, PAGE_REFERENCED);
    this.activate(pfn);
    return true;
  }

  /** activate_page(): to the warm end of the active list. */
  activate(pfn: number): void {
    this.#move(pfn, this.listOf(pfn) | 1);
    this.#vmstat.add(PGACTIVATE, 1);
  }

  /**
   * rotate_reclaimable_page(): a page that reclaim moved out of its way until it was written is the
   * next one to be looked at, unless it is dirty again.
   */
  rotate(pfn: number): void {
    if (!this.isListed(pfn) || this.#frames.hasFlag(pfn, PAGE_DIRTY)) return;
    const zone = this.zoneOf(pfn);
    const from = this.listOf(pfn);
    const to = from & ~1;
    this.#frames.unlink(pfn);
    this.#frames.clearFlag(pfn, PAGE_ACTIVE);
    this.#frames.pushBack(this.#lists + to, pfn);
    this.#count(zone.index, from, -1);
    this.#count(zone.index, to, 1);
    this.#vmstat.add(PGROTATED, 1);
  }

  /**
   * isolate_lru_pages(): up to `wanted` of the coldest pages of zones up to this index; those of
   * higher zones go to the warm end. Returns the pages looked at.
   */
  isolate(batch: Isolated, list: number, wanted: number, zoneIndex: number): number {
    const sentinel = this.#lists + list;
    let looked = 0;
    batch.count = 0;
    for (let left = this.#sizes[list]!; left > 0 && batch.count < wanted; left--) {
      const pfn = this.#frames.last(sentinel);
      const zone = this.zoneOf(pfn);
      looked++;
      this.#frames.unlink(pfn);
      if (zone.index > zoneIndex) {
        this.#frames.pushFront(sentinel, pfn);
        continue;
      }
      this.#frames.isolate(pfn);
      this.#count(zone.index, list, -1);
      this.#isolatedByZone[zone.index]!++;
      batch.pfns[batch.count++] = pfn;
    }
    this.isolated[list >> 1]! += batch.count;
    return looked;
  }

  /** An isolated page returns to the list that its flags name. */
  putBack(pfn: number): void {
    const zone = this.zoneOf(pfn);
    const list = this.listOf(pfn);
    this.isolated[list >> 1]!--;
    this.#isolatedByZone[zone.index]!--;
    this.#frames.pushFront(this.#lists + list, pfn);
    this.#count(zone.index, list, 1);
  }

  /** An isolated page leaves the lists for good; the caller frees it. */
  release(pfn: number): void {
    const type = this.#frames.hasFlag(pfn, PAGE_ANON) ? 0 : 1;
    assert(!this.#frames.hasFlag(pfn, PAGE_WRITEBACK), 'a page is freed while it is written');
    this.isolated[type]!--;
    this.#isolatedByZone[this.zoneOf(pfn).index]!--;
    this.#frames.markInUse(pfn);
    this.#frames.resetFlags(pfn, 0);
    this.#frames.setOwner(pfn, NO_OWNER);
  }

  /** An isolated page is marked for the active list. */
  markActive(pfn: number): void {
    this.#frames.clearFlag(pfn, PAGE_REFERENCED);
    this.#frames.setFlag(pfn, PAGE_ACTIVE);
    this.#vmstat.add(PGACTIVATE, 1);
  }

  /** An isolated page is marked for the inactive list. */
  markInactive(pfn: number): void {
    this.#frames.clearFlag(pfn, PAGE_ACTIVE);
    this.#frames.setFlag(pfn, PAGE_WORKINGSET);
    this.#vmstat.add(PGDEACTIVATE, 1);
  }

  zoneOf(pfn: number): Zone {
    const zones = this.#zones;
    for (let i = zones.length - 1; i > 0; i--) if (pfn >= zones[i]!.startPfn) return zones[i]!;
    return zones[0]!;
  }

  #move(pfn: number, to: number): void {
    const zone = this.zoneOf(pfn);
    const from = this.listOf(pfn);
    this.#frames.unlink(pfn);
    this.#count(zone.index, from, -1);
    this.#setKind(pfn, to);
    this.#frames.pushFront(this.#lists + to, pfn);
    this.#count(zone.index, to, 1);
  }

  #setKind(pfn: number, list: number): void {
    this.#frames.clearFlag(pfn, PAGE_ACTIVE | PAGE_ANON);
    this.#frames.setFlag(
      pfn,
      ((list & 1) !== 0 ? PAGE_ACTIVE : 0) | (list < INACTIVE_FILE ? PAGE_ANON : 0),
    );
  }

  #count(zoneIndex: number, list: number, pages: number): void {
    this.#sizes[list]! += pages;
    this.#sizesByZone[zoneIndex * LRU_LISTS + list]! += pages;
  }
}
