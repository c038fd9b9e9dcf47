import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { MIGRATE_HIGHATOMIC } from '../machine-config.ts';
import type { Buddy } from './buddy.ts';
import { ORDERS, type Zone } from './zone.ts';

/**
 * The pageblocks set aside for high-order atomic requests.
 *
 * Models: mm/page_alloc.c reserve_highatomic_pageblock, unreserve_highatomic_pageblock
 * (4.17, 6.1, 6.12). A pageblock that the zone's end cuts short is reserved by 4.17 and 6.1 all
 * the same, yet its free pages stay on their lists: what is left of it anybody may take.
 * Departs: nothing is raced for, so that the reserve is never counted below its size.
 */
export class Highatomic {
  readonly #buddy: Buddy;
  readonly #roundsUp: boolean;
  readonly #wholeOnly: boolean;

  constructor(buddy: Buddy, kernel: KernelProfile) {
    this.#buddy = buddy;
    this.#roundsUp = kernel.rules.highatomicCap === 'rounded-up';
    // The release that brought claiming keeps every free page on the list of its pageblock's type.
    this.#wholeOnly = kernel.rules.fallback === 'claim-or-steal';
  }

  /** Pages that the reserve may reach before no further pageblock is added. */
  capOf(zone: Zone): number {
    const percent = Math.floor(zone.managed / 100);
    const block = zone.pageblockPages;
    if (!this.#roundsUp) return percent + block;
    return percent < block ? 0 : Math.ceil(percent / block) * block;
  }

  /** Turns the pageblock of a page just taken into a highatomic one, up to the cap. */
  reserve(zone: Zone, pfn: number): void {
    if (zone.reservedHighatomic >= this.capOf(zone)) return;
    const { pageblocks } = this.#buddy;
    if (pageblocks.typeOf(pfn) === MIGRATE_HIGHATOMIC) return;
    if (this.#wholeOnly && !zone.spansPageblock(pfn)) return;
    zone.reservedHighatomic += zone.pageblockPages;
    this.#buddy.movePageblock(zone, pfn, MIGRATE_HIGHATOMIC);
    pageblocks.setType(pfn, MIGRATE_HIGHATOMIC);
  }

  /**
   * Releases one pageblock of these zones to `migratetype`; unless forced, each zone keeps its
   * last one. True when free pages came out of it.
   */
  unreserve(zones: readonly Zone[], migratetype: number, force: boolean): boolean {
    for (const zone of zones) {
      if (!force && zone.reservedHighatomic <= zone.pageblockPages) continue;
      for (let order = 0; order < ORDERS; order++) {
        const list = zone.list(MIGRATE_HIGHATOMIC, order);
        const pfn = this.#buddy.frames.first(list);
        if (pfn === list) continue;
        const pages = Math.min(zone.pageblockPages, zone.reservedHighatomic);
        zone.reservedHighatomic -= pages;
        const moved = this.#buddy.movePageblock(zone, pfn, migratetype);
        this.#buddy.pageblocks.setType(pfn, migratetype);
        if (moved > 0) return true;
      }
    }
    return false;
  }
}
