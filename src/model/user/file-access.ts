import type { Gfp } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import { PAGE_DIRTY, PAGE_REFERENCED, type PageFrames } from '../mm/page-frames.ts';
import { NONE, type SlowPath, WOULD_BLOCK } from '../page-source.ts';
import type { FilePages, FileRange } from '../reclaim/file-pages.ts';
import { ACTIVE_FILE, INACTIVE_FILE, type Lru } from '../reclaim/lru.ts';
import type { Refaults } from '../reclaim/refaults.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { ACCESSED, type UserPages } from './user-pages.ts';

/** The disk of the files: a read of so many pages, which ends with the I/O. */
export interface FileDisk {
  read(pages: number, context: TaskContext): SlowPath;
}

/** Who slows writers down: balance_dirty_pages(), after every page that became dirty. */
export interface DirtyBalance {
  /** A page that was clean is dirty now. */
  dirtied(pfn: number): void;
  /** True when the writer must wait before it goes on. */
  mustWait(): boolean;
  wait(context: TaskContext): SlowPath;
}

export interface FileParts {
  readonly frames: PageFrames;
  readonly pages: UserPages;
  readonly files: FilePages;
  readonly lru: Lru;
  readonly disk: FileDisk;
  readonly balance: DirtyBalance | null;
  readonly costs: Costs;
  /** Masks of read-ahead, of a page that somebody waits for, of one to be written to. */
  readonly gfp: { readonly readAhead: Gfp; readonly read: Gfp; readonly write: Gfp };
  /** Largest read-ahead window, pages; 128 KiB by default. */
  readonly readAheadPages: number;
  readonly refaults: Refaults;
}

/**
 * Reads and writes of files through the page cache.
 *
 *   read ─► cached: mark accessed
 *        ─► missing: a window of pages behind it, one read for all of them ─► inactive list,
 *                    or active where the refault distance says so
 *   write ─► as a read of one page, without the I/O, and the page becomes dirty
 *
 * Models: mm/filemap.c generic_file_read_iter, mm/readahead.c page_cache_sync_readahead,
 * generic_perform_write (4.17, 6.1, 6.12).
 * Departs: the window is there at once instead of growing, and is read when it is missed, not
 * ahead of that; a page under read counts as cached for others; whole pages are written, so
 * that a write never reads first.
 */
export class FileAccess {
  readonly #parts: FileParts;

  constructor(parts: FileParts) {
    this.#parts = parts;
  }

  /** ACCESSED, or WOULD_BLOCK when `readSlowly` must be the very next call. */
  read(page: number, context: TaskContext): number {
    const { files, lru, costs } = this.#parts;
    context.spentNs += costs.copyPageNs;
    const pfn = files.entryOf(page);
    if (pfn < 0) return WOULD_BLOCK;
    if (lru.markAccessed(pfn)) files.activated();
    return ACCESSED;
  }

  /** Goes on after WOULD_BLOCK: ACCESSED or NONE. */
  *readSlowly(page: number, file: FileRange, context: TaskContext): SlowPath {
    const { files, pages, disk, gfp, readAheadPages, lru } = this.#parts;
    const end = Math.min(page + readAheadPages, file.base + file.pages);
    const fresh: number[] = [];
    for (let at = page; at < end && !files.isCached(at); at++) {
      let pfn = pages.allocate(0, gfp.readAhead, context);
      if (pfn === WOULD_BLOCK) pfn = yield* pages.allocateSlowly(0, gfp.readAhead, context);
      if (pfn === NONE && at === page) pfn = yield* this.#insistedPage(gfp.read, context);
      if (pfn === NONE) break;
      if (files.isCached(at)) pages.free(pfn, 0, context);
      else fresh.push(this.#claim(at, pfn));
    }
    if (fresh.length > 0) yield* disk.read(fresh.length, context);
    for (const pfn of fresh) this.#list(pfn);
    const pfn = files.entryOf(page);
    if (pfn < 0) return NONE;
    if (lru.markAccessed(pfn)) files.activated();
    return ACCESSED;
  }

  /** ACCESSED, or WOULD_BLOCK when `writeSlowly` must be the very next call. */
  write(page: number, context: TaskContext): number {
    const { files, lru, costs } = this.#parts;
    context.spentNs += costs.copyPageNs;
    const cached = files.entryOf(page);
    if (cached >= 0) {
      if (lru.markAccessed(cached)) files.activated();
      return this.#dirty(cached);
    }
    const pfn = this.#parts.pages.allocate(0, this.#parts.gfp.write, context);
    if (pfn < 0) return pfn;
    this.#claim(page, pfn);
    this.#list(pfn);
    return this.#dirty(pfn);
  }

  *writeSlowly(page: number, context: TaskContext): SlowPath {
    const { files, pages, gfp, balance } = this.#parts;
    if (!files.isCached(page)) {
      const pfn = yield* pages.allocateSlowly(0, gfp.write, context);
      if (pfn === NONE) return NONE;
      if (files.isCached(page)) pages.free(pfn, 0, context);
      else {
        this.#claim(page, pfn);
        this.#list(pfn);
        this.#dirty(pfn);
      }
    }
    if (balance?.mustWait() === true) yield* balance.wait(context);
    return ACCESSED;
  }

  /** The page is there, or the task cannot have it. */
  *#insistedPage(gfp: Gfp, context: TaskContext): SlowPath {
    const { pages } = this.#parts;
    const pfn = pages.allocate(0, gfp, context);
    return pfn === WOULD_BLOCK ? yield* pages.allocateSlowly(0, gfp, context) : pfn;
  }

  /** The file has the page from now on; `#list` follows when its content is there. */
  #claim(page: number, pfn: number): number {
    const { files, frames, refaults } = this.#parts;
    const shadow = files.cache(page, pfn);
    if (shadow === NONE) return pfn;
    if (refaults.comesBack(pfn, shadow, true)) frames.setFlag(pfn, PAGE_REFERENCED);
    return pfn;
  }

  #list(pfn: number): void {
    const { lru, pages, frames } = this.#parts;
    const isHot = frames.hasFlag(pfn, PAGE_REFERENCED);
    pages.handOver(1);
    frames.clearFlag(pfn, PAGE_REFERENCED);
    lru.add(pages.zoneOf(pfn), pfn, isHot ? ACTIVE_FILE : INACTIVE_FILE);
  }

  /** set_page_dirty() */
  #dirty(pfn: number): number {
    const { frames, balance } = this.#parts;
    if (frames.hasFlag(pfn, PAGE_DIRTY)) return ACCESSED;
    frames.setFlag(pfn, PAGE_DIRTY);
    if (balance === null) return ACCESSED;
    balance.dirtied(pfn);
    return balance.mustWait() ? WOULD_BLOCK : ACCESSED;
  }
}
