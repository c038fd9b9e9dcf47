import type { KernelRules } from '../../kernel/kernel-profile.ts';
import type { Zone } from '../mm/zone.ts';
import { ACTIVE_ANON, ACTIVE_FILE, INACTIVE_ANON, INACTIVE_FILE, type Lru } from './lru.ts';

/**
 * What reclaim could take from a zone at most.
 *
 * Models: mm/vmscan.c zone_reclaimable_pages (4.17, 6.1.192, 6.12.117). Departs: no cgroup's
 * limit on swap.
 */
export class Reclaimable {
  readonly #lru: Lru;
  readonly #swap: { readonly free: number };
  readonly #fallsBackToFree: boolean;

  constructor(lru: Lru, swap: { readonly free: number }, rules: KernelRules) {
    this.#lru = lru;
    this.#swap = swap;
    this.#fallsBackToFree = rules.reclaimableFallsBackToFree;
  }

  pagesOf(zone: Zone): number {
    const lru = this.#lru;
    let pages = lru.sizeIn(zone, INACTIVE_FILE) + lru.sizeIn(zone, ACTIVE_FILE);
    if (this.#swap.free > 0) {
      pages += lru.sizeIn(zone, INACTIVE_ANON) + lru.sizeIn(zone, ACTIVE_ANON);
    }
    return pages > 0 || !this.#fallsBackToFree ? pages : zone.freePages;
  }
}
