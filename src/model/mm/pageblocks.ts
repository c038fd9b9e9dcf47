import { MIGRATE_UNMOVABLE } from '../machine-config.ts';

/**
 * The migratetype of every pageblock: one byte a block.
 *
 * Models: pageblock_flags, get_pageblock_migratetype, set_pageblock_migratetype (4.17, 6.1, 6.12).
 * Departs: no isolation, and no mark that tells compaction to skip a pageblock.
 */
export class Pageblocks {
  readonly order: number;
  readonly #types: Uint8Array;

  constructor(frames: number, order: number) {
    this.order = order;
    this.#types = new Uint8Array((frames >> order) + 1).fill(MIGRATE_UNMOVABLE);
  }

  typeOf(pfn: number): number {
    return this.#types[pfn >> this.order]!;
  }

  setType(pfn: number, migratetype: number): void {
    this.#types[pfn >> this.order] = migratetype;
  }

  /** Every whole pageblock of a block of `order` (which may span several). */
  setRange(pfn: number, order: number, migratetype: number): void {
    const end = pfn + (1 << order);
    for (let at = pfn; at < end; at += 1 << this.order) this.setType(at, migratetype);
  }
}
