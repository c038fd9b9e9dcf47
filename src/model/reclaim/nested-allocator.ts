import type { Gfp } from '../../kernel/kernel-profile.ts';
import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';

/**
 * Memory for reclaim itself: bios, nodes of the swap cache. Handed in at construction, since the
 * slab layer stands above reclaim; every object of it is tracked by kmemleak as any other.
 */
export interface NestedAllocator {
  /** Ends with a handle, or NONE. */
  allocate(sizeBytes: number, gfp: Gfp, context: TaskContext): SlowPath;
  free(handle: number, context: TaskContext): void;
}
