import type { Gfp } from '../kernel/kernel-profile.ts';
import { FAIL_CALLER, type Kmemleak } from './kmemleak/kmemleak.ts';
import { NONE, type PageSource, type SlowPath, WOULD_BLOCK } from './page-source.ts';
import type { NestedCache, NestedPages } from './reclaim/nested-allocator.ts';
import { ROLE_OTHER, type TaskContext } from './sched/task-context.ts';
import type { KmemCache } from './slab/kmem-cache.ts';
import type { SlabAllocator } from './slab/slab-allocator.ts';

/** No class of the load: kmemleak finds the caller by its flags. */
const NO_CLASS = -1;

/**
 * What reclaim needs to get pages out: objects of the slab layer, tracked as all others are, and
 * pages, which kmemleak does not track.
 *
 *   objects    handle → object       metadata    handle → kmemleak's slot for it, NONE: untracked
 *
 * The requests are the kernel's own: neither the caller's counters nor its fault coins see them.
 *
 * Models: kmem_cache_alloc and alloc_pages as add_to_swap_cache, bio_alloc and zram call them.
 * Departs: of all that reclaim asks for on its way only these.
 */
export class NestedMemory implements NestedPages {
  #slab: SlabAllocator | null = null;
  #kmemleak: Kmemleak | null = null;
  #pages: PageSource | null = null;
  readonly #objects: number[] = [];
  readonly #metadata: number[] = [];
  readonly #idle: number[] = [];
  readonly #caches = new Map<NestedCache, KmemCache>();

  /** The layers above reclaim are built after it. */
  attach(slab: SlabAllocator, kmemleak: Kmemleak, pages: PageSource): void {
    this.#slab = slab;
    this.#kmemleak = kmemleak;
    this.#pages = pages;
  }

  *allocate(cache: NestedCache, gfp: Gfp, context: TaskContext): SlowPath {
    const { role, faultChecks, slabAttempt } = context;
    context.role = ROLE_OTHER;
    const handle = yield* this.#allocate(cache, gfp, context);
    Object.assign(context, { role, faultChecks, slabAttempt });
    return handle;
  }

  free(handle: number, context: TaskContext): void {
    const metadata = this.#metadata[handle]!;
    this.#slab!.kfree(this.#objects[handle]!, context);
    if (metadata !== NONE) this.#kmemleak!.untrack(metadata);
    this.#idle.push(handle);
  }

  *allocatePage(gfp: Gfp, context: TaskContext): SlowPath {
    const { role, faultChecks, slabAttempt } = context;
    context.role = ROLE_OTHER;
    let pfn = this.#pages!.allocate(0, gfp, context);
    if (pfn === WOULD_BLOCK) pfn = yield* this.#pages!.allocateSlowly(0, gfp, context);
    Object.assign(context, { role, faultChecks, slabAttempt });
    return pfn;
  }

  freePage(pfn: number, context: TaskContext): void {
    this.#pages!.free(pfn, 0, context);
  }

  *#allocate(spec: NestedCache, gfp: Gfp, context: TaskContext): SlowPath {
    const slab = this.#slab!;
    const kmemleak = this.#kmemleak!;
    const sizeBytes = spec.objectSize;
    const cache = this.#cacheOf(spec);
    let object = slab.allocate(cache, gfp, context);
    if (object === WOULD_BLOCK) object = yield* slab.allocateSlowly(cache, gfp, context);
    if (object === NONE) return NONE;
    let metadata = kmemleak.track(gfp, NO_CLASS, sizeBytes, context);
    if (metadata === WOULD_BLOCK) {
      metadata = yield* kmemleak.trackSlowly(NO_CLASS, sizeBytes, context);
    }
    if (metadata === FAIL_CALLER) {
      slab.kfree(object, context);
      return NONE;
    }
    const handle = this.#idle.pop() ?? this.#objects.length;
    this.#objects[handle] = object;
    this.#metadata[handle] = metadata;
    return handle;
  }

  /** Made at its first use: most machines never need it. */
  #cacheOf(spec: NestedCache): KmemCache {
    let cache = this.#caches.get(spec);
    if (cache === undefined) {
      cache = this.#slab!.createCache(spec);
      this.#caches.set(spec, cache);
    }
    return cache;
  }
}
