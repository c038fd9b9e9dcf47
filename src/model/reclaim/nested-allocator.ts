import type { Gfp } from '../../kernel/kernel-profile.ts';
import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';

/** A slab cache of reclaim's own: nobody else's freed objects help it out. */
export interface NestedCache {
  readonly name: string;
  readonly objectSize: number;
  readonly reclaimAccount?: boolean;
  /** Objects that somebody has held since boot; the rest of their slab is free. Absent: none. */
  readonly bootObjects?: number;
}

/**
 * Memory for reclaim itself: bios, nodes of the swap cache. Handed in at construction, since the
 * slab layer stands above reclaim; every object of it is tracked by kmemleak as any other.
 */
export interface NestedAllocator {
  /** Ends with a handle, or NONE. */
  allocate(cache: NestedCache, gfp: Gfp, context: TaskContext): SlowPath;
  free(handle: number, context: TaskContext): void;
}

/** Objects and whole pages. */
export interface NestedPages extends NestedAllocator {
  /** Ends with a pfn, or NONE. */
  allocatePage(gfp: Gfp, context: TaskContext): SlowPath;
  freePage(pfn: number, context: TaskContext): void;
}
