import type { Costs } from '../machine-config.ts';
import type { Zone } from '../mm/zone.ts';
import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { ALLOCSTALL, type VmStat } from '../vmstat.ts';
import { type PageCache, SWAP_CLUSTER_MAX } from './page-cache.ts';

/**
 * A task reclaims for itself.
 *
 * Models: mm/page_alloc.c __perform_reclaim, mm/vmscan.c try_to_free_pages (4.17, 6.1, 6.12): the
 * task is PF_MEMALLOC meanwhile and wants SWAP_CLUSTER_MAX pages.
 * Departs: only clean page cache can be dropped, so one round at the first priority decides;
 * slab shrinkers, swap and throttling do not exist yet.
 */
export class DirectReclaim {
  readonly #cache: PageCache;
  readonly #vmstat: VmStat;
  readonly #costs: Costs;

  constructor(cache: PageCache, vmstat: VmStat, costs: Costs) {
    this.#cache = cache;
    this.#vmstat = vmstat;
    this.#costs = costs;
  }

  /** Yields its time; returns the pages freed. `zoneIndex`: what the request's mask allows. */
  *reclaim(zones: readonly Zone[], zoneIndex: number, context: TaskContext): SlowPath {
    this.#vmstat.add(ALLOCSTALL + zoneIndex, 1);
    context.memalloc = true;
    const freed = this.#cache.drop(zones, SWAP_CLUSTER_MAX, context.cpu);
    yield this.#costs.slowPathNs + freed * this.#costs.reclaimPerPageNs;
    context.memalloc = false;
    return freed;
  }
}
