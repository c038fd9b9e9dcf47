import { UserError } from '../../base/user-error.ts';
import type { Memory } from '../memory.ts';
import { PAGE_DIRTY, PAGE_YOUNG } from '../mm/page-frames.ts';
import type { AddressSpaces } from '../reclaim/address-spaces.ts';
import { INACTIVE_ANON } from '../reclaim/lru.ts';
import type { UserPages } from './user-pages.ts';

/**
 * Gives idle processes the memory that they have when the run starts: used pages become theirs,
 * those of movable pageblocks first.
 *
 * Models: the state that processes started before the load leave behind (4.17, 6.1, 6.12).
 * Departs: all of it is inactive and not accessed lately.
 */
export class Residents {
  readonly #memory: Memory;
  readonly #pages: UserPages;
  /** Used frames, the next one last. */
  readonly #used: number[];

  constructor(memory: Memory, pages: UserPages) {
    this.#memory = memory;
    this.#pages = pages;
    this.#used = [];
  }

  /** The first `count` processes are idle ones: all their pages are resident. */
  lay(spaces: AddressSpaces, count: number): void {
    if (count === 0) return;
    const { frames, lru } = this.#memory;
    this.#findUsed();
    for (const { name, base, pages } of spaces.processes.slice(0, count)) {
      for (let page = base; page < base + pages; page++) {
        if (!spaces.hasTable(page)) spaces.addTable(page, this.#next(name));
        const pfn = this.#next(name);
        lru.add(this.#pages.zoneOf(pfn), pfn, INACTIVE_ANON);
        this.#pages.handOver(1);
        spaces.map(page, pfn);
        frames.clearFlag(pfn, PAGE_YOUNG);
        frames.setFlag(pfn, PAGE_DIRTY);
      }
    }
  }

  /** From the top of memory down, those of movable pageblocks first. */
  #findUsed(): void {
    const { zones, frames } = this.#memory;
    const movable: number[] = [];
    for (const { startPfn, endPfn } of zones) {
      for (let pfn = startPfn; pfn < endPfn; pfn++) {
        const order = frames.freeOrder(pfn);
        if (order >= 0) pfn += (1 << order) - 1;
        else if (!frames.isOnLru(pfn) && !frames.isOnPcp(pfn)) {
          (frames.isMovable(pfn) ? movable : this.#used).push(pfn);
        }
      }
    }
    this.#used.push(...movable);
  }

  /** It is in use by its new owner from now on. */
  #next(name: string): number {
    const pfn = this.#used.pop();
    if (pfn === undefined) {
      throw new UserError(`the memory of process '${name}' does not fit`, {
        expected: 'at most what is used and not page cache when the load starts',
      });
    }
    this.#memory.frames.markInUse(pfn);
    return pfn;
  }
}
