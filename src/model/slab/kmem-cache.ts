import { assert } from '../../base/assert.ts';
import type { Gfp } from '../../kernel/kernel-profile.ts';
import { NONE } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { SlabGeometry } from './slab-geometry.ts';
import {
  PLACE_CPU,
  PLACE_CPU_PARTIAL,
  PLACE_FULL,
  PLACE_NODE_PARTIAL,
  type SlabPages,
} from './slab-pages.ts';

// Where the free objects of a cache are, in the order in which they are looked for:
//
//   one CPU   cpuFree[cpu]     count, of the slab below: taken without any lock
//             cpuSlab[cpu]     slot │ its own freelist: objects freed by other CPUs
//             cpuPartial[cpu]  slot → slot → NONE          a stack
//   the node  partial list     sentinel ⇄ slot ⇄ slot ⇄ …  nrPartial of them
//
// Full slabs are on no list: the next free of one of their objects brings them back.

/** What a cache is made as. */
export interface CacheSpec {
  readonly name: string;
  /** Bytes. */
  readonly objectSize: number;
  /** SLAB_NOLEAKTRACE: kmemleak does not track its objects. */
  readonly noLeakTrace?: boolean;
  /** SLAB_FAILSLAB: its sysfs file `failslab` is 1. */
  readonly failslabMarked?: boolean;
  /** SLAB_RECLAIM_ACCOUNT: its pages are RECLAIMABLE. */
  readonly reclaimAccount?: boolean;
  /** Held since boot, on a slab of theirs, where the machine tells nothing of the cache. */
  readonly bootObjects?: number;
  /** SLAB_CACHE_DMA: its pages come from ZONE_DMA. */
  readonly dma?: boolean;
  /** The cache of caches, which failslab never touches. */
  readonly isBootstrap?: boolean;
}

/** What a cache needs from its allocator. */
export interface CacheParts {
  readonly id: number;
  readonly geometry: SlabGeometry;
  /** cpuPartialLimit counts slabs (6.x), not objects (4.17). */
  readonly countsSlabs: boolean;
  readonly cpus: number;
  /** gfp bits that every page of the cache is asked for with. */
  readonly pageFlags: Gfp;
  readonly slabPages: SlabPages;
  readonly discard: SlabDiscard;
}

/** Takes back the pages of a slab that is empty and wanted no more. */
export interface SlabDiscard {
  discardSlab(cache: KmemCache, slot: number, context: TaskContext): void;
}

/**
 * One slab cache: its lists of free objects, the order in which they are used and refilled.
 *
 * **Models:** ___slab_alloc, get_partial_node, put_cpu_partial, unfreeze_partials, __slab_free
 * and deactivate_slab of mm/slub.c (4.17, 6.1; 6.12 does the same in other words).
 * **Departs:** objects of a slab are interchangeable, so a freelist is a count; one node; no
 * debugging caches; an alien CPU's lists are never flushed (hotplug, shrink).
 */
export class KmemCache {
  readonly name: string;
  readonly id: number;
  readonly objectSize: number;
  readonly geometry: SlabGeometry;
  readonly noLeakTrace: boolean;
  readonly reclaimAccount: boolean;
  readonly isBootstrap: boolean;
  readonly pageFlags: Gfp;
  failslabMarked: boolean;

  /** slabs, their objects and pages, free or not, those from before the run included. */
  slabs = 0;
  totalObjects = 0;
  pages = 0;
  /** Objects that callers hold. */
  liveObjects = 0;
  /** Slabs on the node's partial list. */
  nrPartial = 0;
  /** Slabs whose page came from reserves: only then entitlement matters. */
  reserveSlabs = 0;

  readonly cpus: number;
  readonly #slabPages: SlabPages;
  readonly #discard: SlabDiscard;
  readonly #countsSlabs: boolean;
  readonly #cpuFree: Int32Array;
  readonly #cpuSlab: Int32Array;
  readonly #cpuPartial: Int32Array;
  readonly #partialList: number;

  constructor(spec: CacheSpec, parts: CacheParts) {
    this.name = spec.name;
    this.id = parts.id;
    this.objectSize = spec.objectSize;
    this.geometry = parts.geometry;
    this.noLeakTrace = spec.noLeakTrace ?? false;
    this.reclaimAccount = spec.reclaimAccount ?? false;
    this.isBootstrap = spec.isBootstrap ?? false;
    this.failslabMarked = spec.failslabMarked ?? false;
    this.pageFlags = parts.pageFlags;
    this.cpus = parts.cpus;
    this.#slabPages = parts.slabPages;
    this.#discard = parts.discard;
    this.#countsSlabs = parts.countsSlabs;
    this.#cpuFree = new Int32Array(parts.cpus);
    this.#cpuSlab = new Int32Array(parts.cpus).fill(NONE);
    this.#cpuPartial = new Int32Array(parts.cpus).fill(NONE);
    this.#partialList = parts.slabPages.addList();
  }

  /** One object of the CPU's freelist: its slab's slot, or NONE when that list is empty. */
  takeFast(cpu: number): number {
    const free = this.#cpuFree[cpu]!;
    if (free === 0) return NONE;
    this.#cpuFree[cpu] = free - 1;
    this.liveObjects++;
    return this.#cpuSlab[cpu]!;
  }

  /**
   * One object of any list but the CPU's freelist, which is empty; refills that list.
   * `entitled`: the request may use slabs made from reserves. NONE: a new slab is needed.
   */
  takeSlowly(entitled: boolean, context: TaskContext): number {
    const { cpu } = context;
    let slot = this.#reuseCpuSlab(entitled, context);
    while (slot === NONE && this.#cpuPartial[cpu] !== NONE) {
      const top = this.#cpuPartial[cpu]!;
      this.#cpuPartial[cpu] = this.#slabPages.after(top);
      if (entitled || !this.#slabPages.isFromReserves(top)) slot = top;
      else this.#toNode(top, context);
    }
    if (slot === NONE) slot = this.#takeFromNode(entitled, cpu);
    return slot === NONE ? NONE : this.#load(slot, cpu);
  }

  /** Makes a new slab the CPU's and takes one object of it. */
  takeFromNew(slot: number, context: TaskContext): number {
    const { cpu } = context;
    // Whoever waited for the page may find that this CPU has got another slab meanwhile.
    if (this.#cpuSlab[cpu] !== NONE) this.#deactivate(context);
    const objects = this.#slabPages.objectsOf(slot);
    this.#countSlab(slot, 1);
    this.#slabPages.setPlace(slot, PLACE_CPU);
    this.#cpuSlab[cpu] = slot;
    this.#cpuFree[cpu] = objects - 1;
    this.liveObjects++;
    return slot;
  }

  /** Gives one object back to its slab. */
  give(slot: number, context: TaskContext): void {
    const { cpu } = context;
    this.liveObjects--;
    if (this.#cpuSlab[cpu] === slot) {
      const free = this.#cpuFree[cpu]! + 1;
      assert(free <= this.#slabPages.inUseOf(slot), 'more objects freed than a slab has');
      this.#cpuFree[cpu] = free;
      return;
    }
    const inUse = this.#slabPages.giveBack(slot, 1);
    const place = this.#slabPages.placeOf(slot);
    if (place === PLACE_FULL) this.#toCpuPartial(slot, context, true);
    else if (place === PLACE_NODE_PARTIAL && inUse === 0 && this.#isSpare(slot)) {
      this.#unlinkPartial(slot);
      this.#discardSlab(slot, context);
    }
  }

  /**
   * A slab from before the run, of which `free` objects are on the node's partial list. It has
   * no frame, so it is never given back to the page allocator.
   */
  adoptPartial(slot: number, free: number): void {
    this.#slabPages.giveBack(slot, free);
    this.#linkPartialLast(slot);
  }

  /** The same with the objects on a CPU's lists: its slab first, then its partial list. */
  adoptForCpu(slot: number, free: number, context: TaskContext): void {
    const { cpu } = context;
    if (this.#cpuSlab[cpu] === NONE) {
      this.#slabPages.setPlace(slot, PLACE_CPU);
      this.#cpuSlab[cpu] = slot;
      this.#cpuFree[cpu] = free;
    } else {
      this.#slabPages.giveBack(slot, free);
      this.#toCpuPartial(slot, context, false);
    }
  }

  /** Objects that /proc/slabinfo calls active: all but those of the node's partial list. */
  get activeObjects(): number {
    let free = 0;
    for (let slot = this.#slabPages.first(this.#partialList); slot !== this.#partialList; ) {
      free += this.#slabPages.freeOf(slot);
      slot = this.#slabPages.after(slot);
    }
    return this.totalObjects - free;
  }

  /** Free objects within a CPU's reach without the node's lock: its freelists and partial list. */
  cpuFreeObjects(cpu: number): number {
    const slab = this.#cpuSlab[cpu]!;
    let free = this.#cpuFree[cpu]! + (slab === NONE ? 0 : this.#slabPages.freeOf(slab));
    for (let slot = this.#cpuPartial[cpu]!; slot !== NONE; slot = this.#slabPages.after(slot)) {
      free += this.#slabPages.freeOf(slot);
    }
    return free;
  }

  /** The CPU's slab if other CPUs have freed objects of it; forgets it when it is full. */
  #reuseCpuSlab(entitled: boolean, context: TaskContext): number {
    const slot = this.#cpuSlab[context.cpu]!;
    if (slot === NONE) return NONE;
    if (!entitled && this.#slabPages.isFromReserves(slot)) {
      this.#deactivate(context);
      return NONE;
    }
    if (this.#slabPages.freeOf(slot) > 0) return slot;
    this.#slabPages.setPlace(slot, PLACE_FULL);
    this.#cpuSlab[context.cpu] = NONE;
    return NONE;
  }

  /** The first partial slab of the node; more of them fill the CPU's partial list by half. */
  #takeFromNode(entitled: boolean, cpu: number): number {
    const enough = this.geometry.cpuPartialLimit >> 1;
    let taken = NONE;
    let gathered = 0;
    let slot = this.#slabPages.first(this.#partialList);
    while (slot !== this.#partialList && gathered <= enough) {
      const next = this.#slabPages.after(slot);
      if (entitled || !this.#slabPages.isFromReserves(slot)) {
        // Counting objects, the kernel counts those of the slab to be used too.
        const isFirst = taken === NONE;
        gathered += this.#countsSlabs ? (isFirst ? 0 : 1) : this.#slabPages.freeOf(slot);
        this.#unlinkPartial(slot);
        if (isFirst) taken = slot;
        else this.#pushCpuPartial(slot, cpu);
      }
      slot = next;
    }
    return taken;
  }

  /** Moves a slab's own freelist to the CPU and takes one object of it. */
  #load(slot: number, cpu: number): number {
    this.#slabPages.setPlace(slot, PLACE_CPU);
    this.#cpuSlab[cpu] = slot;
    const free = this.#slabPages.takeFreelist(slot);
    assert(free > 0, 'a partial slab has a free object');
    this.#cpuFree[cpu] = free - 1;
    this.liveObjects++;
    return slot;
  }

  /** put_cpu_partial: a set that has reached the limit goes to the node first, if it may. */
  #toCpuPartial(slot: number, context: TaskContext, mayDrain: boolean): void {
    const { cpu } = context;
    const top = this.#cpuPartial[cpu]!;
    if (mayDrain && top !== NONE) {
      const size = this.#slabPages.setSizeOf(top);
      const limit = this.geometry.cpuPartialLimit;
      if (this.#countsSlabs ? size >= limit : size > limit) this.#drain(context);
    }
    this.#pushCpuPartial(slot, cpu);
  }

  /**
   * The set's size stays as it is noted here: objects that are freed into its slabs later
   * are not added, in the kernel either.
   */
  #pushCpuPartial(slot: number, cpu: number): void {
    const top = this.#cpuPartial[cpu]!;
    const below = top === NONE ? 0 : this.#slabPages.setSizeOf(top);
    const own = this.#countsSlabs ? 1 : this.#slabPages.freeOf(slot);
    this.#slabPages.chain(slot, top, below + own);
    this.#slabPages.setPlace(slot, PLACE_CPU_PARTIAL);
    this.#cpuPartial[cpu] = slot;
  }

  /** unfreeze_partials: top first to the node's tail; the empty ones discarded, last first. */
  #drain(context: TaskContext): void {
    let slot = this.#cpuPartial[context.cpu]!;
    this.#cpuPartial[context.cpu] = NONE;
    let discarded = NONE;
    while (slot !== NONE) {
      const next = this.#slabPages.after(slot);
      if (this.#slabPages.inUseOf(slot) === 0 && this.#isSpare(slot)) {
        this.#slabPages.chain(slot, discarded, 0);
        discarded = slot;
      } else this.#linkPartialLast(slot);
      slot = next;
    }
    while (discarded !== NONE) {
      const next = this.#slabPages.after(discarded);
      this.#discardSlab(discarded, context);
      discarded = next;
    }
  }

  /** deactivate_slab: gives up the CPU's slab with what is left on the CPU's freelist. */
  #deactivate(context: TaskContext): void {
    const { cpu } = context;
    const slot = this.#cpuSlab[cpu]!;
    const freedByOthers = this.#slabPages.freeOf(slot) > 0;
    const inUse = this.#slabPages.giveBack(slot, this.#cpuFree[cpu]!);
    this.#cpuSlab[cpu] = NONE;
    this.#cpuFree[cpu] = 0;
    if (inUse === 0 && this.#isSpare(slot)) this.#discardSlab(slot, context);
    else if (this.#slabPages.freeOf(slot) === 0) this.#slabPages.setPlace(slot, PLACE_FULL);
    else if (freedByOthers) this.#linkPartialLast(slot);
    else {
      this.#slabPages.pushFront(this.#partialList, slot);
      this.#slabPages.setPlace(slot, PLACE_NODE_PARTIAL);
      this.nrPartial++;
    }
  }

  #toNode(slot: number, context: TaskContext): void {
    if (this.#slabPages.inUseOf(slot) === 0 && this.#isSpare(slot)) {
      this.#discardSlab(slot, context);
    } else this.#linkPartialLast(slot);
  }

  /** The node has enough partial slabs without this one, and its pages can be given back. */
  #isSpare(slot: number): boolean {
    return this.nrPartial >= this.geometry.minPartial && !this.#slabPages.isFrameless(slot);
  }

  #linkPartialLast(slot: number): void {
    this.#slabPages.pushBack(this.#partialList, slot);
    this.#slabPages.setPlace(slot, PLACE_NODE_PARTIAL);
    this.nrPartial++;
  }

  #unlinkPartial(slot: number): void {
    this.#slabPages.unlink(slot);
    this.nrPartial--;
  }

  #discardSlab(slot: number, context: TaskContext): void {
    this.#countSlab(slot, -1);
    this.#discard.discardSlab(this, slot, context);
  }

  #countSlab(slot: number, sign: number): void {
    this.slabs += sign;
    this.totalObjects += sign * this.#slabPages.objectsOf(slot);
    this.pages += sign * (1 << this.#slabPages.orderOf(slot));
    if (this.#slabPages.isFromReserves(slot)) this.reserveSlabs += sign;
  }
}
