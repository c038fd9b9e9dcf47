import { assert } from '../../base/assert.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { DecisionLog } from '../decision-log.ts';
import { gfpAllowedMask, type NewFlag, slabKeptMask } from '../fault/new-flag.ts';
import type { Costs, SlabCacheState } from '../machine-config.ts';
import { reserveFlags } from '../mm/alloc-flags.ts';
import { cacheAllocBits, cutMask, firstAttemptMask, secondAttemptMask } from '../mm/slab-gfp.ts';
import { NONE, type PageSource, type SlowPath, WOULD_BLOCK } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { adoptState, bootState } from './adopt-state.ts';
import {
  KMALLOC_CACHE_SIZE_MAX,
  KMALLOC_DMA,
  KMALLOC_RECLAIMABLE,
  KMALLOC_SIZES,
  kmallocClass,
  kmallocKind,
  kmallocKinds,
  kmallocName,
} from './kmalloc-classes.ts';
import { type CacheSpec, KmemCache, type SlabDiscard } from './kmem-cache.ts';
import { type CpuCounts, orderOfBytes, slabGeometry } from './slab-geometry.ts';
import { FRAMELESS_HANDLES, SlabPages } from './slab-pages.ts';

// One object, on its way:
//
//   gfp & gfp_allowed_mask → failslab ─no→ CPU freelist → CPU slab → CPU partial → node partial
//                               │yes                                                   │none
//                             NONE       new slab: attempt 1, attempt 2

/** Which slab a page frame belongs to: the page frames' own column, or a plain array in tests. */
export interface FrameOwners {
  ownerOf(pfn: number): number;
  setOwner(pfn: number, owner: number): void;
}

/** The slab layer's fault point; see Failslab. */
export interface SlabFaultPoint {
  shouldFail(cache: KmemCache, gfp: Gfp, context: TaskContext): boolean;
}

export interface SlabParts {
  readonly kernel: KernelProfile;
  readonly cpus: CpuCounts;
  readonly pages: PageSource;
  readonly frames: FrameOwners;
  readonly failslab: SlabFaultPoint;
  readonly costs: Pick<Costs, 'slabFastNs' | 'slabNewNs'>;
  /** Told of every request: it may sleep where it must not. */
  readonly sleepCheck: { check(gfp: Gfp, context: TaskContext): void };
  /** The flag that the variant brings; null: none. */
  readonly newFlag: NewFlag | null;
  /** Room in front of every tracked object, where metadata lies inside of them; absent: none. */
  readonly headerBytes?: number;
  /** Names of the caches with SLAB_FAILSLAB; absent: none. */
  readonly failslabCaches?: readonly string[];
  /** What the caches hold when the run starts; a cache that is not named starts empty. */
  readonly states: readonly SlabCacheState[];
}

/**
 * kmalloc and the slab caches. An object's handle is the head pfn of its slab (of its pages for
 * a large kmalloc), or a number from FRAMELESS_HANDLES on for a slab from before the run.
 * Every handle is ≥ 0; a refusal is NONE.
 *
 * **Models:** slab_alloc_node with its pre-allocation hook, allocate_slab and new_slab, free_slab,
 * kmalloc and kmalloc_large of mm/slub.c and mm/slab_common.c (4.17, 6.1, 6.12).
 * **Departs:** no bulk calls, no cgroups, no constructors; a handle names the slab, not the object.
 */
export class SlabAllocator implements SlabDiscard {
  /** Listens to the attempts at new slabs; null: nobody does. */
  log: DecisionLog | null = null;
  /** Slabs made and given back since the start. */
  slabsMade = 0;
  slabsDiscarded = 0;
  /** New slabs whose first attempt was refused, and those that the second one then made. */
  firstAttemptFailures = 0;
  minimumOrderSlabs = 0;

  readonly #kernel: KernelProfile;
  readonly #cpus: CpuCounts;
  readonly #pages: PageSource;
  readonly #frames: FrameOwners;
  readonly #failslab: SlabFaultPoint;
  readonly #sleepCheck: SlabParts['sleepCheck'];
  readonly #fastNs: number;
  readonly #newNs: number;
  readonly #allowedMask: Gfp;
  readonly #keptMask: Gfp;
  readonly #kindMask: Gfp;
  readonly #slabPages = new SlabPages();
  readonly #caches: KmemCache[] = [];
  readonly #kmalloc: KmemCache[] = [];
  readonly #largeOrders = new Map<number, number>();
  readonly #states: Map<string, SlabCacheState>;
  readonly #failslabCaches: readonly string[];
  readonly #headerBytes: number;

  constructor(parts: SlabParts) {
    const { kernel } = parts;
    this.#kernel = kernel;
    this.#cpus = parts.cpus;
    this.#pages = parts.pages;
    this.#frames = parts.frames;
    this.#failslab = parts.failslab;
    this.#sleepCheck = parts.sleepCheck;
    this.#fastNs = parts.costs.slabFastNs;
    this.#newNs = parts.costs.slabNewNs;
    this.#allowedMask = gfpAllowedMask(kernel, parts.newFlag);
    this.#keptMask = slabKeptMask(kernel, parts.newFlag);
    this.#kindMask = kernel.gfp.bits.DMA | kernel.gfp.bits.RECLAIMABLE;
    this.#states = new Map(parts.states.map((state) => [state.name, state]));
    this.#failslabCaches = parts.failslabCaches ?? [];
    this.#headerBytes = parts.headerBytes ?? 0;
    for (let kind = 0; kind < kmallocKinds(kernel); kind++) this.#createKmallocCaches(kind);
  }

  /** A new cache; the state of its name, if the machine has one, becomes its own. */
  createCache(spec: CacheSpec): KmemCache {
    assert(!this.#hasCache(spec.name), 'two caches share one name');
    const { bits } = this.#kernel.gfp;
    const header = spec.noLeakTrace === true ? 0 : this.#headerBytes;
    const geometry = slabGeometry(spec.objectSize + header, this.#kernel, this.#cpus);
    const dma = spec.dma === true ? bits.DMA : 0;
    const kindBits = spec.reclaimAccount === true ? dma | bits.RECLAIMABLE : dma;
    const cache = new KmemCache(spec, {
      id: this.#caches.length,
      geometry,
      countsSlabs: this.#kernel.rules.slubCpuPartial === 'slabs',
      cpus: this.#cpus.present,
      pageFlags: cacheAllocBits(geometry.order, kindBits, this.#kernel),
      slabPages: this.#slabPages,
      discard: this,
    });
    if (this.#failslabCaches.includes(spec.name)) cache.failslabMarked = true;
    this.#caches.push(cache);
    const state = this.#states.get(spec.name) ?? bootState(cache, spec.bootObjects ?? 0);
    if (state !== undefined) adoptState(cache, state, this.#slabPages);
    return cache;
  }

  /** An object's handle, NONE, or WOULD_BLOCK: go on with allocateSlowly. */
  allocate(cache: KmemCache, gfp: Gfp, context: TaskContext): number {
    const flags = gfp & this.#allowedMask;
    this.#sleepCheck.check(flags, context);
    if (this.#failslab.shouldFail(cache, flags, context)) return NONE;
    context.spentNs += this.#fastNs;
    let slot = cache.takeFast(context.cpu);
    if (slot === NONE) {
      slot = cache.takeSlowly(this.#isEntitled(cache, flags, context), context);
      if (slot === NONE) return this.#allocateFromNewSlab(cache, flags, context);
    }
    return this.#slabPages.handleOf(slot);
  }

  /** Goes on where allocate returned WOULD_BLOCK, with the same arguments: a handle or NONE. */
  *allocateSlowly(cache: KmemCache, gfp: Gfp, context: TaskContext): SlowPath {
    const cut = cutMask(gfp & this.#allowedMask, this.#keptMask, cache.pageFlags);
    const { order, minOrder } = cache.geometry;
    let pfn = WOULD_BLOCK;
    if (context.slabAttempt === 1) {
      const first = firstAttemptMask(cut, order, minOrder, this.#kernel);
      pfn = yield* this.#pages.allocateSlowly(order, first, context);
      if (pfn !== NONE) return this.#useNewSlab(cache, pfn, order, context);
      pfn = this.#attemptAgain(cut, minOrder, context);
    }
    if (pfn === WOULD_BLOCK) {
      pfn = yield* this.#pages.allocateSlowly(minOrder, secondAttemptMask(cut), context);
    }
    return this.#useSecondAttempt(cache, pfn, context);
  }

  free(cache: KmemCache, handle: number, context: TaskContext): void {
    const slot = this.#slotOf(handle);
    assert(slot !== NONE, 'a freed object has a slab');
    assert(this.#slabPages.cacheOf(slot) === cache.id, 'an object is freed to its own cache');
    context.spentNs += this.#fastNs;
    cache.give(slot, context);
  }

  /** The cache that serves a kmalloc of this size; only for sizes up to KMALLOC_CACHE_SIZE_MAX. */
  kmallocCache(sizeBytes: number, gfp: Gfp): KmemCache {
    const kind = (gfp & this.#kindMask) === 0 ? 0 : kmallocKind(gfp, this.#kernel);
    return this.#kmalloc[kind * KMALLOC_SIZES.length + kmallocClass(sizeBytes)]!;
  }

  kmalloc(sizeBytes: number, gfp: Gfp, context: TaskContext): number {
    assert(sizeBytes > 0, 'kmalloc of no bytes');
    if (sizeBytes <= KMALLOC_CACHE_SIZE_MAX) {
      return this.allocate(this.kmallocCache(sizeBytes, gfp), gfp, context);
    }
    const order = orderOfBytes(sizeBytes);
    return this.#noteLarge(this.#pages.allocate(order, this.#largeFlags(gfp), context), order);
  }

  /** Goes on where kmalloc returned WOULD_BLOCK. */
  *kmallocSlowly(sizeBytes: number, gfp: Gfp, context: TaskContext): SlowPath {
    if (sizeBytes <= KMALLOC_CACHE_SIZE_MAX) {
      return yield* this.allocateSlowly(this.kmallocCache(sizeBytes, gfp), gfp, context);
    }
    const order = orderOfBytes(sizeBytes);
    const pfn = yield* this.#pages.allocateSlowly(order, this.#largeFlags(gfp), context);
    return this.#noteLarge(pfn, order);
  }

  kfree(handle: number, context: TaskContext): void {
    const slot = this.#slotOf(handle);
    if (slot !== NONE) {
      context.spentNs += this.#fastNs;
      this.#caches[this.#slabPages.cacheOf(slot)]!.give(slot, context);
      return;
    }
    const order = this.#largeOrders.get(handle);
    assert(order !== undefined, 'kfree of what kmalloc never gave');
    this.#largeOrders.delete(handle);
    this.#pages.free(handle, order, context);
  }

  /** All caches in the order of their making. */
  get caches(): readonly KmemCache[] {
    return this.#caches;
  }

  /** Pages of all slabs, those of caches included that only the machine's state has. */
  get nrSlabPages(): number {
    let pages = 0;
    for (const cache of this.#caches) pages += cache.pages;
    for (const { name, slabs, order } of this.#states.values()) {
      if (!this.#hasCache(name)) pages += slabs * (1 << order);
    }
    return pages;
  }

  /** What /proc/slabinfo would show, and the free objects of each CPU, which it would not. */
  slabinfo(): SlabCacheState[] {
    const cpus = Array.from({ length: this.#cpus.present }, (_, cpu) => cpu);
    return this.#caches.map((cache) => ({
      name: cache.name,
      objectSize: cache.geometry.size,
      order: cache.geometry.order,
      objectsPerSlab: cache.geometry.objectsPerSlab,
      activeObjects: cache.activeObjects,
      slabs: cache.slabs,
      cpuFreeObjects: cpus.map((cpu) => cache.cpuFreeObjects(cpu)),
    }));
  }

  discardSlab(_cache: KmemCache, slot: number, context: TaskContext): void {
    const pfn = this.#slabPages.handleOf(slot);
    const order = this.#slabPages.orderOf(slot);
    this.slabsDiscarded++;
    this.#slabPages.remove(slot);
    this.#frames.setOwner(pfn, NONE);
    this.#pages.free(pfn, order, context);
  }

  #hasCache(name: string): boolean {
    return this.#caches.some((cache) => cache.name === name);
  }

  #createKmallocCaches(kind: number): void {
    for (const size of KMALLOC_SIZES) {
      const cache = this.createCache({
        name: kmallocName(size, kind, this.#kernel),
        objectSize: size,
        dma: kind === KMALLOC_DMA,
        reclaimAccount: kind === KMALLOC_RECLAIMABLE,
      });
      this.#kmalloc.push(cache);
    }
  }

  /** Both attempts; context.slabAttempt says which one would block. */
  #allocateFromNewSlab(cache: KmemCache, gfp: Gfp, context: TaskContext): number {
    const cut = cutMask(gfp, this.#keptMask, cache.pageFlags);
    const { order, minOrder } = cache.geometry;
    const first = firstAttemptMask(cut, order, minOrder, this.#kernel);
    this.log?.step('slab', `${cache.name}: a new slab; attempt 1 with weaker flags`);
    let pfn = this.#pages.allocate(order, first, context);
    if (pfn >= 0) return this.#useNewSlab(cache, pfn, order, context);
    context.slabAttempt = 1;
    if (pfn === WOULD_BLOCK) return WOULD_BLOCK;
    pfn = this.#attemptAgain(cut, minOrder, context);
    context.slabAttempt = 2;
    return pfn === WOULD_BLOCK ? WOULD_BLOCK : this.#useSecondAttempt(cache, pfn, context);
  }

  #attemptAgain(cut: Gfp, minOrder: number, context: TaskContext): number {
    this.firstAttemptFailures++;
    this.log?.step('slab', 'attempt 2: the smallest order, the flags as they are');
    return this.#pages.allocate(minOrder, secondAttemptMask(cut), context);
  }

  #useSecondAttempt(cache: KmemCache, pfn: number, context: TaskContext): number {
    if (pfn === NONE) return NONE;
    this.minimumOrderSlabs++;
    return this.#useNewSlab(cache, pfn, cache.geometry.minOrder, context);
  }

  #useNewSlab(cache: KmemCache, pfn: number, order: number, context: TaskContext): number {
    const { geometry } = cache;
    const preferred = order === geometry.order;
    const objects = preferred ? geometry.objectsPerSlab : geometry.minOrderObjects;
    const slot = this.#slabPages.add(pfn, cache.id, order, objects);
    if (this.#pages.lastFromReserves === true) this.#slabPages.markFromReserves(slot);
    this.#frames.setOwner(pfn, slot);
    this.slabsMade++;
    context.spentNs += this.#newNs;
    cache.takeFromNew(slot, context);
    return pfn;
  }

  #largeFlags(gfp: Gfp): Gfp {
    return (gfp & this.#allowedMask) | this.#kernel.gfp.bits.COMP;
  }

  #noteLarge(pfn: number, order: number): number {
    if (pfn >= 0) this.#largeOrders.set(pfn, order);
    return pfn;
  }

  #slotOf(handle: number): number {
    return handle >= FRAMELESS_HANDLES ? handle - FRAMELESS_HANDLES : this.#frames.ownerOf(handle);
  }

  #isEntitled(cache: KmemCache, gfp: Gfp, context: TaskContext): boolean {
    return cache.reserveSlabs === 0 || reserveFlags(gfp, this.#kernel, context) !== 0;
  }
}
