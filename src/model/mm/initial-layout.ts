import { assert } from '../../base/assert.ts';
import { finishHash } from '../../base/hash.ts';
import {
  MIGRATE_HIGHATOMIC,
  MIGRATE_MOVABLE,
  MIGRATE_RECLAIMABLE,
  MIGRATE_TYPES,
  MIGRATE_UNMOVABLE,
  type ZoneConfig,
} from '../machine-config.ts';
import { NONE } from '../page-source.ts';
import type { Buddy } from './buddy.ts';
import type { Fallback } from './fallback.ts';
import type { PerCpuPages } from './pcp.ts';
import { type Home, Room } from './room.ts';
import { ORDERS, type Zone } from './zone.ts';

// Where the pages of a zone lie when a run starts. A snapshot says how many free blocks of each
// order and type there are, not where; the placement obeys what every real state obeys: no two
// buddies of one order are both free (they would have merged).
//
//   pageblocks of the zone, by address
//   | unmovable … | highatomic … | reclaimable … | movable … |   each type's blocks: see Room

const ORDER_MAX = ORDERS - 1;
/** Pages that a file is read ahead by: 128 KiB. */
const READ_AHEAD_PAGES = 32;

/** Types by the address of their pageblocks: boot's own pages lie lowest. */
const ADDRESS_ORDER = [
  MIGRATE_UNMOVABLE,
  MIGRATE_HIGHATOMIC,
  MIGRATE_RECLAIMABLE,
  MIGRATE_MOVABLE,
] as const;

/**
 * Lays the free and used pages of a machine out.
 *
 * Models: the state that memblock_free_all and boot leave behind (4.17, 6.1, 6.12).
 * Departs: positions within a zone and the age of page cache are made up, and every free list
 * goes by address; pages that a snapshot counts on per-CPU lists are taken to be movable, as
 * those of processes that ended: in no measured drain, of unmovable pages all, did they get
 * fewer; used pages of movable pageblocks are taken to be movable. Where the zone has fewer or
 * more free pages than the blocks told, the kernel itself is taken to have allocated or freed the
 * difference, for whoever starts a load changes little else: measured drains show the movable
 * blocks unbroken.
 */
export class InitialLayout {
  readonly #buddy: Buddy;
  readonly #pcp: PerCpuPages;
  readonly #fallback: Fallback;

  constructor(buddy: Buddy, pcp: PerCpuPages, fallback: Fallback) {
    this.#buddy = buddy;
    this.#pcp = pcp;
    this.#fallback = fallback;
  }

  lay(zone: Zone, config: ZoneConfig): void {
    const blocks = config.free.blocks ?? freshBoot(config.free.pages);
    if (blocks === null) this.#layRange(zone, config);
    else this.#layBlocks(zone, config, blocks);
    this.#markMovable(zone);
    this.#takeDown(zone, config.free.pages);
    this.#giveBack(zone, config.free.pages);
    this.#layPcp(zone, config.free.pcp);
  }

  /**
   * Turns used pages of the zone into page cache, those of movable pageblocks first, and adds
   * them coldest first: in windows of read-ahead whose ages say nothing of their addresses. So it
   * is once reclaim has given every page to readers many times over; with ages that went by
   * address 6.1 would take whole pageblocks over, and boost a fifth too rarely. Returns the pages
   * it found.
   */
  fillPageCache(zone: Zone, cache: PageCacheFill, pages: number): number {
    const found = this.#usedPages(zone, pages);
    const windows = Array.from({ length: Math.ceil(found.length / READ_AHEAD_PAGES) }, (_, i) => i);
    const ages = windows.map((window) => finishHash(window + 1) >>> 0);
    for (const window of windows.sort((a, b) => ages[a]! - ages[b]!)) {
      const first = window * READ_AHEAD_PAGES;
      for (const pfn of found.slice(first, first + READ_AHEAD_PAGES)) cache.add(zone, pfn);
    }
    return found.length;
  }

  #usedPages(zone: Zone, wanted: number): number[] {
    const { frames, pageblocks } = this.#buddy;
    const free = new Uint8Array(zone.endPfn - zone.startPfn);
    this.#markFreeRanges(zone, free);
    const found: number[] = [];
    for (const movable of [true, false]) {
      for (let pfn = zone.startPfn; pfn < zone.endPfn && found.length < wanted; pfn++) {
        if (free[pfn - zone.startPfn] === 1 || frames.isOnPcp(pfn)) continue;
        if ((pageblocks.typeOf(pfn) === MIGRATE_MOVABLE) === movable) found.push(pfn);
      }
    }
    return found;
  }

  /**
   * A zone of which hardly anything is free, and not told where: one stretch at its end. Below
   * lie boot's pages and then the page cache, which made its pageblocks movable.
   */
  #layRange(zone: Zone, config: ZoneConfig): void {
    const { pageblocks } = this.#buddy;
    const { inactive, active } = config.filePages ?? { inactive: 0, active: 0 };
    const firstFree = zone.endPfn - config.free.pages;
    const firstMovable = firstFree - inactive - active;
    for (let pfn = zone.startPfn; pfn < zone.endPfn; pfn += zone.pageblockPages) {
      const whole = pfn >= firstMovable;
      pageblocks.setType(pfn, whole ? MIGRATE_MOVABLE : MIGRATE_UNMOVABLE);
    }
    let at = firstFree;
    while (at < zone.endPfn) {
      const order = largestOrderAt(at, zone.endPfn - at);
      this.#buddy.place(zone, at, order, pageblocks.typeOf(at));
      at += 1 << order;
    }
  }

  #layBlocks(zone: Zone, config: ZoneConfig, blocks: readonly (readonly number[])[]): void {
    const pageblocks = config.free.pageblocks ?? roomFor(blocks, zone.pageblockPages);
    const homes = this.#typePageblocks(zone, pageblocks);
    for (let type = 0; type < MIGRATE_TYPES; type++) {
      const room = new Room(
        homes.filter((home) => home.type === type),
        zone,
      );
      for (let order = ORDER_MAX; order >= 0; order--) {
        const wanted = blocks[type]?.[order] ?? 0;
        const places = Array.from({ length: wanted }, () => room.place(order));
        const found = places.filter((pfn) => pfn !== NONE).sort((a, b) => a - b);
        for (const pfn of found) this.#buddy.place(zone, pfn, order, type);
        for (let left = wanted - found.length; left > 0; left--) {
          this.#placeAnywhere(zone, order, type);
        }
      }
    }
  }

  /** Gives each pageblock a type by the snapshot's counts; a tail that is cut short is last. */
  #typePageblocks(zone: Zone, counts: readonly number[]): Home[] {
    const pages = zone.pageblockPages;
    const homes: Home[] = [];
    const left = Array.from({ length: MIGRATE_TYPES }, (_, type) => counts[type] ?? 0);
    const first = zone.startPfn - (zone.startPfn % pages);
    for (let start = first; start < zone.endPfn; start += pages) {
      const type = ADDRESS_ORDER.find((candidate) => left[candidate]! > 0) ?? MIGRATE_MOVABLE;
      left[type]!--;
      this.#buddy.pageblocks.setType(start, type);
      if (type === MIGRATE_HIGHATOMIC) zone.reservedHighatomic += pages;
      homes.push({ start, type });
    }
    return homes;
  }

  /** No room under that rule: anywhere aligned and unused, merging if need be. */
  #placeAnywhere(zone: Zone, order: number, type: number): void {
    const pfn = this.#findUnused(zone, order);
    if (pfn !== NONE) this.#buddy.free(zone, pfn, order, type);
  }

  /** Page by page as the kernel allocates for itself, with what that steals; not the boost. */
  #takeDown(zone: Zone, wanted: number): void {
    const { boost } = zone;
    while (zone.freePages > wanted) {
      let pfn = this.#fallback.take(zone, 0, MIGRATE_UNMOVABLE, 0);
      if (pfn === NONE) pfn = this.#buddy.takeSmallest(zone, 0, MIGRATE_HIGHATOMIC);
      assert(pfn !== NONE, 'fewer free pages on the lists than counted');
    }
    zone.boost = boost;
    this.#fallback.steals = 0;
  }

  /** Frees used pages one by one: the kernel's own as far as there are any. */
  #giveBack(zone: Zone, wanted: number): void {
    const { frames, pageblocks } = this.#buddy;
    for (const movable of [false, true]) {
      const free = new Uint8Array(zone.endPfn - zone.startPfn);
      this.#markFreeRanges(zone, free);
      for (let pfn = zone.endPfn - 1; pfn >= zone.startPfn && zone.freePages < wanted; pfn--) {
        if (free[pfn - zone.startPfn] === 1 || frames.isMovable(pfn) !== movable) continue;
        this.#buddy.free(zone, pfn, 0, pageblocks.typeOf(pfn));
      }
    }
  }

  #markMovable(zone: Zone): void {
    const { frames, pageblocks } = this.#buddy;
    const free = new Uint8Array(zone.endPfn - zone.startPfn);
    this.#markFreeRanges(zone, free);
    for (let pfn = zone.startPfn; pfn < zone.endPfn; pfn++) {
      if (free[pfn - zone.startPfn] === 1) continue;
      if (pageblocks.typeOf(pfn) === MIGRATE_MOVABLE) frames.markMovable(pfn);
    }
  }

  #layPcp(zone: Zone, counts: readonly number[]): void {
    let pfn = zone.endPfn - 1;
    const free = new Uint8Array(zone.endPfn - zone.startPfn);
    this.#markFreeRanges(zone, free);
    counts.forEach((count, cpu) => {
      for (let left = count; left > 0 && pfn >= zone.startPfn; pfn--) {
        if (free[pfn - zone.startPfn] === 1) continue;
        this.#pcp.place(cpu, zone, pfn, MIGRATE_MOVABLE);
        left--;
      }
    });
  }

  #markFreeRanges(zone: Zone, free: Uint8Array): void {
    const { frames } = this.#buddy;
    for (let pfn = zone.startPfn; pfn < zone.endPfn; ) {
      const order = frames.freeOrder(pfn);
      const pages = order < 0 ? 1 : 1 << order;
      if (order >= 0) free.fill(1, pfn - zone.startPfn, pfn - zone.startPfn + pages);
      pfn += pages;
    }
  }

  #findUnused(zone: Zone, order: number): number {
    const size = 1 << order;
    let pfn = Math.ceil(zone.startPfn / size) * size;
    while (pfn + size <= zone.endPfn) {
      const inside = this.#firstFreeIn(pfn, size);
      if (inside === NONE && !this.#isInsideFree(zone, pfn)) return pfn;
      pfn += size;
    }
    return NONE;
  }

  #firstFreeIn(start: number, size: number): number {
    for (let pfn = start; pfn < start + size; pfn++) {
      if (this.#buddy.frames.freeOrder(pfn) >= 0) return pfn;
    }
    return NONE;
  }

  /** The page belongs to a free block that starts before it. */
  #isInsideFree(zone: Zone, pfn: number): boolean {
    for (let order = 0; order < ORDERS; order++) {
      const head = pfn - (pfn % (1 << order));
      if (!zone.spans(head)) return false;
      if (this.#buddy.frames.freeOrder(head) >= order && head !== pfn) return true;
    }
    return false;
  }
}

/** Who takes over pages as page cache: reclaim's own lists, one floor up. */
export interface PageCacheFill {
  add(zone: Zone, pfn: number): void;
}

/**
 * Free blocks below the largest order that a freshly booted machine has, by [type][order]. They
 * hardly depend on its size: between 64 MiB and 8 GiB, 4.17 and 6.1 showed much the same.
 */
const FRESH_BOOT: readonly (readonly number[])[] = [
  [],
  [4, 4, 3, 4, 5, 4, 5, 3, 1, 2],
  [0, 1, 1, 1, 1, 0, 0, 0, 0, 1],
  [],
];
/** A zone with less than this many times these pages is taken to be in one piece. */
const FRESH_BOOT_MARGIN = 4;

/** Blocks of a zone of which only the number of free pages is known; null for a small one. */
function freshBoot(pages: number): number[][] | null {
  const fragments = FRESH_BOOT.flatMap((counts) => counts.map((count, order) => count << order));
  const rest = pages - fragments.reduce((sum, count) => sum + count, 0);
  if (rest < FRESH_BOOT_MARGIN * (pages - rest)) return null;
  const blocks = FRESH_BOOT.map((counts) => [...counts]);
  blocks[MIGRATE_MOVABLE]![ORDER_MAX] = rest >> ORDER_MAX;
  blocks[MIGRATE_UNMOVABLE] = Array.from({ length: ORDER_MAX }, (_, order) => (rest >> order) & 1);
  return blocks;
}

/** Pageblocks that the free blocks of each type need if their buddies are in use. */
function roomFor(blocks: readonly (readonly number[])[], pageblockPages: number): number[] {
  return blocks.map((counts) => {
    const pages = counts.reduce((sum, count, order) => sum + count * 2 ** (order + 1), 0);
    return Math.ceil(pages / pageblockPages);
  });
}

/** Largest order of a block that may start at this pfn and fits into `pages`. */
function largestOrderAt(pfn: number, pages: number): number {
  let order = ORDER_MAX;
  while (order > 0 && (pfn % (1 << order) !== 0 || 1 << order > pages)) order--;
  return order;
}
