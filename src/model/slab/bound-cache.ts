import type { Gfp } from '../../kernel/kernel-profile.ts';
import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { KmemCache } from './kmem-cache.ts';
import type { SlabAllocator } from './slab-allocator.ts';

/**
 * One cache with its allocator: for those who allocate from it alone, such as kmemleak.
 *
 * **Models:** kmem_cache_alloc and kmem_cache_free of mm/slub.c (4.17, 6.1, 6.12).
 * **Departs:** nothing beyond what SlabAllocator says.
 */
export class BoundCache {
  readonly cache: KmemCache;
  readonly #allocator: SlabAllocator;

  constructor(allocator: SlabAllocator, cache: KmemCache) {
    this.#allocator = allocator;
    this.cache = cache;
  }

  allocate(gfp: Gfp, context: TaskContext): number {
    return this.#allocator.allocate(this.cache, gfp, context);
  }

  allocateSlowly(gfp: Gfp, context: TaskContext): SlowPath {
    return this.#allocator.allocateSlowly(this.cache, gfp, context);
  }

  free(handle: number, context: TaskContext): void {
    this.#allocator.free(this.cache, handle, context);
  }
}
