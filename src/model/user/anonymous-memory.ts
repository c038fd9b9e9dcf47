import type { Gfp } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import { PAGE_DIRTY, PAGE_YOUNG, type PageFrames } from '../mm/page-frames.ts';
import { NONE, type SlowPath, WOULD_BLOCK } from '../page-source.ts';
import { type AddressSpaces, slotOf, UNTOUCHED } from '../reclaim/address-spaces.ts';
import { ACTIVE_ANON, INACTIVE_ANON, type Lru } from '../reclaim/lru.ts';
import type { Process } from '../reclaim/processes.ts';
import type { Refaults } from '../reclaim/refaults.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { PGFAULT, PGMAJFAULT, type VmStat } from '../vmstat.ts';
import { ACCESSED, type UserPages } from './user-pages.ts';

/** The swap area, as a fault sees it. */
export interface SwapIn {
  /** lookup_swap_cache(): the page in memory that holds this slot's content, or NONE. */
  pageOf(slot: number): number;
  /** What the page that reclaim took has left, or NONE. */
  shadowOf(slot: number): number;
  /** Reads the slot; ends with the I/O. */
  read(slot: number, context: TaskContext): SlowPath;
  /** A page table lets go of the slot: it is free as soon as nothing is written to it. */
  release(slot: number): void;
}

export interface AnonymousParts {
  readonly kernel: KernelGfp;
  readonly frames: PageFrames;
  readonly pages: UserPages;
  readonly spaces: AddressSpaces;
  readonly lru: Lru;
  /** null: no swap area. */
  readonly swap: SwapIn | null;
  readonly refaults: Pick<Refaults, 'comesBack'>;
  readonly vmstat: VmStat;
  readonly costs: Costs;
  /** New anonymous pages go to the active list. */
  readonly startsActive: boolean;
}

/** The masks of user memory, by the names that every kernel has. */
export interface KernelGfp {
  readonly anonymous: Gfp;
  readonly swapIn: Gfp;
  readonly pageTable: Gfp;
}

/**
 * Accesses to anonymous memory, which always write, and the faults that they take.
 *
 *   touch ─► mapped: mark accessed
 *         ─► untouched: a page-table page, a zeroed page ─► anon list
 *         ─► swapped out: the swap cache, or a page and a read ─► mapped, slot free
 *
 * Models: mm/memory.c handle_pte_fault, do_anonymous_page, do_swap_page with reuse_swap_page
 * (4.17, 6.1, 6.12). Departs: no read faults on the zero page, no swap read-ahead, no huge
 * pages; vma and anon_vma objects are not allocated.
 */
export class AnonymousMemory {
  readonly #parts: AnonymousParts;
  /** Where a plain call stopped: `touchSlowly` goes on from there. */
  #wantsTable = false;

  constructor(parts: AnonymousParts) {
    this.#parts = parts;
  }

  /** ACCESSED, NONE, or WOULD_BLOCK, and then `touchSlowly` must be the very next call. */
  touch(page: number, context: TaskContext): number {
    const { spaces, frames, vmstat, costs } = this.#parts;
    const entry = spaces.entryOf(page);
    if (entry >= 0) {
      frames.setFlag(entry, PAGE_YOUNG);
      return ACCESSED;
    }
    vmstat.add(PGFAULT, 1);
    context.spentNs += costs.faultNs;
    if (entry < UNTOUCHED) return WOULD_BLOCK;
    this.#wantsTable = !spaces.hasTable(page);
    if (this.#wantsTable) {
      const table = this.#parts.pages.allocate(0, this.#parts.kernel.pageTable, context);
      if (table < 0) return table;
      spaces.addTable(page, table);
      this.#wantsTable = false;
    }
    const pfn = this.#parts.pages.allocate(0, this.#parts.kernel.anonymous, context);
    return pfn < 0 ? pfn : this.#fill(page, pfn, context);
  }

  /** Goes on after WOULD_BLOCK: ACCESSED or NONE. */
  *touchSlowly(page: number, context: TaskContext): SlowPath {
    const { spaces, pages, kernel } = this.#parts;
    const entry = spaces.entryOf(page);
    if (entry < UNTOUCHED) return yield* this.#swapIn(page, slotOf(entry), context);
    if (this.#wantsTable) {
      const table = yield* pages.allocateSlowly(0, kernel.pageTable, context);
      if (table === NONE) return NONE;
      if (spaces.hasTable(page)) pages.free(table, 0, context);
      else spaces.addTable(page, table);
      const pfn = pages.allocate(0, kernel.anonymous, context);
      if (pfn !== WOULD_BLOCK) return pfn === NONE ? NONE : this.#fill(page, pfn, context);
    }
    const pfn = yield* pages.allocateSlowly(0, kernel.anonymous, context);
    return pfn === NONE ? NONE : this.#fill(page, pfn, context);
  }

  /** madvise(MADV_DONTNEED) of one page. */
  release(page: number, context: TaskContext): void {
    if (this.#zapPage(page, context)) context.spentNs += this.#parts.costs.zapPageNs;
  }

  /** exit_mmap(): gives all memory of the process back, 512 pages at a time. */
  *exit(mm: Process, context: TaskContext): SlowPath {
    yield* this.zap(mm, context);
    const { spaces, pages, costs } = this.#parts;
    mm.mmapLocked = true;
    const tables = mm.tablePages;
    for (let page = mm.base; page < mm.base + mm.pages; page += 512) {
      const table = spaces.dropTable(page);
      if (table !== NONE) pages.free(table, 0, context);
    }
    yield tables * costs.zapPageNs;
    mm.mmapLocked = false;
    mm.exited = true;
    return NONE;
  }

  /**
   * unmap_page_range() of everything: pages and swap slots go back; returns the pages. Ascending
   * addresses are descending pages: mmap() grows downwards, what was mapped last lies lowest.
   */
  *zap(mm: Process, context: TaskContext): SlowPath {
    const { spaces, costs } = this.#parts;
    let freed = 0;
    const tables = Math.ceil(mm.pages / 512);
    for (let table = tables - 1; table >= 0; table--) {
      const first = mm.base + table * 512;
      if (!spaces.hasTable(first)) continue;
      let zapped = 0;
      for (let page = Math.min(first + 512, mm.base + mm.pages) - 1; page >= first; page--) {
        if (this.#zapPage(page, context)) zapped++;
      }
      freed += zapped;
      if (zapped > 0) yield zapped * costs.zapPageNs;
    }
    return freed;
  }

  /** The fresh page is mapped, unless somebody was quicker or its owner is dead. */
  #fill(page: number, pfn: number, context: TaskContext): number {
    const { spaces, pages, startsActive } = this.#parts;
    const isStale = spaces.entryOf(page) !== UNTOUCHED;
    if (isStale || spaces.processOf(page).reaped) {
      pages.free(pfn, 0, context);
      return isStale ? ACCESSED : NONE;
    }
    this.#list(pfn, startsActive ? ACTIVE_ANON : INACTIVE_ANON);
    this.#map(page, pfn);
    return ACCESSED;
  }

  #list(pfn: number, list: number): void {
    const { lru, pages } = this.#parts;
    pages.handOver(1);
    lru.add(pages.zoneOf(pfn), pfn, list);
  }

  /** Mapped by an access that wrote. */
  #map(page: number, pfn: number): void {
    this.#parts.spaces.map(page, pfn);
    this.#parts.frames.setFlag(pfn, PAGE_DIRTY);
  }

  /** do_swap_page(), for a write: the slot is let go, so that a fresh page skips the swap cache. */
  *#swapIn(page: number, slot: number, context: TaskContext): SlowPath {
    const { spaces, lru, swap, startsActive, pages, refaults } = this.#parts;
    let isHot = false;
    let pfn = swap!.pageOf(slot);
    const isFresh = pfn === NONE;
    if (isFresh) {
      this.#parts.vmstat.add(PGMAJFAULT, 1);
      pfn = yield* this.#freshPage(context);
      if (pfn === NONE) return NONE;
      const shadow = swap!.shadowOf(slot);
      isHot = shadow !== NONE && refaults.comesBack(pfn, shadow, false);
      yield* swap!.read(slot, context);
    }
    const entry = spaces.entryOf(page);
    if (entry >= UNTOUCHED || slotOf(entry) !== slot) {
      if (isFresh) pages.free(pfn, 0, context);
      return ACCESSED;
    }
    if (isFresh) this.#list(pfn, isHot ? ACTIVE_ANON : INACTIVE_ANON);
    this.#map(page, pfn);
    if (startsActive && lru.isListed(pfn)) lru.activate(pfn);
    swap!.release(slot);
    return ACCESSED;
  }

  *#freshPage(context: TaskContext): SlowPath {
    const { pages, kernel } = this.#parts;
    const pfn = pages.allocate(0, kernel.swapIn, context);
    return pfn === WOULD_BLOCK ? yield* pages.allocateSlowly(0, kernel.swapIn, context) : pfn;
  }

  /**
   * True when a page went back. One that reclaim holds, or that is being written, stays with it:
   * without an owner it is freed there.
   */
  #zapPage(page: number, context: TaskContext): boolean {
    const { spaces, lru, pages, swap } = this.#parts;
    const entry = spaces.zap(page);
    if (entry === UNTOUCHED) return false;
    if (entry < UNTOUCHED) {
      swap!.release(slotOf(entry));
      return false;
    }
    if (!lru.isListed(entry)) return false;
    lru.remove(pages.zoneOf(entry), entry);
    pages.handOver(-1);
    pages.free(entry, 0, context);
    return true;
  }
}
