import type { Buddy } from '../mm/buddy.ts';
import { PAGE_ANON, PAGE_DIRTY, PAGE_WRITEBACK, type PageFrames } from '../mm/page-frames.ts';
import type { Zone } from '../mm/zone.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { Lru } from './lru.ts';
import type { PageOwners } from './page-fate.ts';

/**
 * Moving the content of one page to another frame of its zone.
 *
 * Models: mm/migrate.c migrate_pages for one page, isolate_movable_page's conditions (4.17, 6.1,
 * 6.12). Departs: only pages on the lists of reclaim move, since nobody knows whose the others
 * are that boot left in movable blocks; a dirty page of a file is not moved; the old page goes
 * straight to the buddy lists, where the kernel drains it to from the per-CPU list at the end of
 * the pageblock.
 */
export class Migration {
  readonly #frames: PageFrames;
  readonly #lru: Lru;
  readonly #buddy: Buddy;
  readonly #owners: PageOwners;

  constructor(
    parts: { readonly frames: PageFrames; readonly lru: Lru; readonly buddy: Buddy },
    owners: PageOwners,
  ) {
    this.#frames = parts.frames;
    this.#lru = parts.lru;
    this.#buddy = parts.buddy;
    this.#owners = owners;
  }

  /** It could be moved now: nobody holds it, writes it or has yet to map it. */
  canMove(pfn: number): boolean {
    const frames = this.#frames;
    if (!this.#lru.isListed(pfn) || frames.hasFlag(pfn, PAGE_WRITEBACK)) return false;
    return frames.hasFlag(pfn, PAGE_ANON)
      ? frames.ownerOf(pfn) >= 0
      : !frames.hasFlag(pfn, PAGE_DIRTY);
  }

  /** `to` is in use and nobody's; afterwards `from` is free. */
  move(zone: Zone, from: number, to: number, context: TaskContext): void {
    this.#lru.replace(from, to);
    this.#owners.moved(to, context);
    this.#buddy.free(zone, from, 0, this.#buddy.pageblocks.typeOf(from));
  }
}
