import { assert } from '../../base/assert.ts';
import { NO_OWNER, PAGE_ANON, PAGE_WORKINGSET, type PageFrames } from '../mm/page-frames.ts';
import { NONE } from '../page-source.ts';
import type { Workingset } from './workingset.ts';

// The pages of all files, one file after the other.
//
//   entry      pfn │ −1 │ −2−shadow       Int32: cached, never read, evicted at this age
//
// A frame's owner is its file page; that the flag PAGE_ANON is clear tells it from a virtual page.

/** The entry of a page that was never in memory. */
export const UNCACHED = -1;

/** What a machine is told of a file. */
export interface FileSpec {
  readonly name: string;
  readonly pages: number;
}

/** A file: the pages base … base + pages − 1. */
export interface FileRange {
  readonly name: string;
  readonly base: number;
  readonly pages: number;
}

/**
 * The page cache of files that somebody reads or writes.
 *
 * Models: struct address_space's tree of pages and shadows: mm/filemap.c, mm/workingset.c (4.17,
 * 6.1, 6.12). Departs: no tree nodes of its own; files are neither truncated nor mapped.
 */
export class FilePages {
  readonly files: readonly FileRange[];
  readonly #frames: PageFrames;
  readonly #workingset: Workingset;
  readonly #entry: Int32Array;

  constructor(frames: PageFrames, workingset: Workingset, specs: readonly FileSpec[]) {
    this.#frames = frames;
    this.#workingset = workingset;
    const files: FileRange[] = [];
    let base = 0;
    for (const { name, pages } of specs) {
      files.push({ name, base, pages });
      base += pages;
    }
    this.files = files;
    this.#entry = new Int32Array(base).fill(UNCACHED);
  }

  /** A pfn, UNCACHED, or a shadow's entry. */
  entryOf(page: number): number {
    return this.#entry[page]!;
  }

  isCached(page: number): boolean {
    return this.#entry[page]! >= 0;
  }

  /**
   * add_to_page_cache: the page is cached; the shadow that stood there, or NONE when the page
   * was not evicted before.
   */
  cache(page: number, pfn: number): number {
    const entry = this.#entry[page]!;
    assert(entry < 0, 'a file page is cached twice');
    this.#entry[page] = pfn;
    this.#frames.setOwner(pfn, page);
    this.#frames.clearFlag(pfn, PAGE_ANON);
    return entry === UNCACHED ? NONE : -2 - entry;
  }

  /** __remove_mapping(): reclaim takes the page; a shadow stays behind if its file is known. */
  evict(pfn: number): void {
    const page = this.#frames.ownerOf(pfn);
    const shadow = this.#workingset.evicted(this.#frames.hasFlag(pfn, PAGE_WORKINGSET));
    if (page === NO_OWNER) return;
    assert(this.#entry[page] === pfn, 'a page is evicted that its file does not hold');
    this.#entry[page] = -2 - shadow;
    this.#frames.setOwner(pfn, NO_OWNER);
  }

  /** Migration: the page stands in another frame, which has its owner. */
  moved(pfn: number): void {
    const page = this.#frames.ownerOf(pfn);
    if (page !== NO_OWNER) this.#entry[page] = pfn;
  }

  /** workingset_activation(): one of its pages moved to the active list. */
  activated(): void {
    this.#workingset.activated();
  }
}
