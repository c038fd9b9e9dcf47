import type { KernelRules } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import type { SlowPath } from '../page-source.ts';
import { SLABS_SCANNED, type VmStat } from '../vmstat.ts';
import type { ScanControl } from './scan-control.ts';

/** SHRINK_BATCH: objects of one call into a cache. */
const SHRINK_BATCH = 128;

/** A cache of objects that can be given back: dentries, inodes, shadow nodes. */
export interface Shrinkable {
  readonly name: string;
  /** Reads that it takes to make an object again; 0: none, half of them may go at once. */
  readonly seeks: number;
  /** Only a reclaimer with __GFP_FS may enter. */
  readonly needsFs: boolean;
  /** Slabs that it has, a page each. */
  readonly slabs: number;
  /** count_objects() */
  count(): number;
  /** scan_objects(): looks at so many, frees what it can; returns the pages that came free. */
  scan(objects: number, control: ScanControl): number;
}

/** Objects that a shrinker wants to scan in one call, and what it was left with before. */
interface Wish {
  readonly total: number;
  readonly delta: number;
}

/**
 * Pressure on caches of slab objects, as strong as that on the lists of pages.
 *
 *   freeable F, priority p, seeks s:   delta = ((F >> p) × 4) ÷ s, scanned in whole batches of 128,
 *   what is left over is deferred to the next call
 *
 * Models: mm/vmscan.c shrink_slab, do_shrink_slab (4.17, 6.1, 6.12). Departs: no cgroups, no
 * per-node caches; deferred work is not shared between CPUs.
 */
export class Shrinkers {
  readonly #caches: readonly Shrinkable[];
  readonly #deferred: Float64Array;
  readonly #byPriority: boolean;
  readonly #vmstat: VmStat;
  readonly #costs: Costs;

  constructor(
    caches: readonly Shrinkable[],
    parts: { readonly rules: KernelRules; readonly vmstat: VmStat; readonly costs: Costs },
  ) {
    this.#caches = caches;
    this.#deferred = new Float64Array(caches.length);
    this.#byPriority = parts.rules.shrinkerDefersByPriority;
    this.#vmstat = parts.vmstat;
    this.#costs = parts.costs;
  }

  /** Pages of all caches. */
  get pages(): number {
    let pages = 0;
    for (const { slabs } of this.#caches) pages += slabs;
    return pages;
  }

  /** shrink_slab(): returns the pages freed. */
  *shrink(control: ScanControl): SlowPath {
    let freed = 0;
    for (let i = 0; i < this.#caches.length; i++) {
      const before = this.#vmstat.count(SLABS_SCANNED);
      freed += this.#shrinkCache(i, control);
      const scanned = this.#vmstat.count(SLABS_SCANNED) - before;
      if (scanned > 0) yield scanned * this.#costs.shrinkObjectNs;
    }
    return freed;
  }

  #shrinkCache(index: number, control: ScanControl): number {
    const cache = this.#caches[index]!;
    if (cache.needsFs && !control.mayFs) return 0;
    const freeable = cache.count();
    if (freeable === 0) return 0;
    const deferred = this.#deferred[index]!;
    const { total, delta } = this.#wish(freeable, cache.seeks, deferred, control.priority);
    let left = total;
    let scanned = 0;
    let freed = 0;
    while (left >= SHRINK_BATCH || left >= freeable) {
      const objects = Math.min(SHRINK_BATCH, left);
      if (objects === 0) break;
      freed += cache.scan(objects, control);
      this.#vmstat.add(SLABS_SCANNED, objects);
      scanned += objects;
      left -= objects;
    }
    const undone = Math.max(deferred + delta - scanned, 0);
    this.#deferred[index] = this.#byPriority ? Math.min(undone, 2 * freeable) : undone;
    return freed;
  }

  #wish(freeable: number, seeks: number, deferred: number, priority: number): Wish {
    const share = (freeable >> priority) * 4;
    const delta = seeks > 0 ? Math.floor(share / seeks) : freeable >> 1;
    if (this.#byPriority) {
      const due = Math.floor(deferred / 2 ** priority) + delta;
      return { total: Math.min(due, 2 * freeable), delta };
    }
    let total = deferred + delta;
    if (delta < Math.floor(freeable / 4)) total = Math.min(total, freeable >> 1);
    return { total: Math.min(total, 2 * freeable), delta };
  }
}
