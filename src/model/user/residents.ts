import type { Memory } from '../memory.ts';
import { PAGE_DIRTY, PAGE_YOUNG } from '../mm/page-frames.ts';
import type { AddressSpaces } from '../reclaim/address-spaces.ts';
import { INACTIVE_ANON } from '../reclaim/lru.ts';
import type { UsedFrames } from './used-frames.ts';
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
  readonly #used: UsedFrames;

  constructor(memory: Memory, pages: UserPages, used: UsedFrames) {
    this.#memory = memory;
    this.#pages = pages;
    this.#used = used;
  }

  /** The first `count` processes are idle ones: all their pages are resident. */
  lay(spaces: AddressSpaces, count: number): void {
    const { frames, lru } = this.#memory;
    for (const { name, base, pages } of spaces.processes.slice(0, count)) {
      for (let page = base; page < base + pages; page++) {
        if (!spaces.hasTable(page)) spaces.addTable(page, this.#used.takeMovable(name));
        const pfn = this.#used.takeMovable(name);
        lru.add(this.#pages.zoneOf(pfn), pfn, INACTIVE_ANON);
        this.#pages.handOver(1);
        spaces.map(page, pfn);
        frames.clearFlag(pfn, PAGE_YOUNG);
        frames.setFlag(pfn, PAGE_DIRTY);
      }
    }
  }
}
