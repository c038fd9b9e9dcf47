import type { Gfp } from '../kernel/kernel-profile.ts';
import type { TaskContext } from './sched/task-context.ts';

/** No page, no object: the request failed. */
export const NONE = -1;
/**
 * The request must sleep or reclaim before it can be answered: the caller goes on with the
 * matching `…Slowly` generator, which takes up where the plain call stopped.
 */
export const WOULD_BLOCK = -2;

/** What a slow path yields when it will never go on. */
export const NEVER = Number.POSITIVE_INFINITY;

/**
 * What a slow path yields to leave its CPU: until somebody wakes its context's sleeper, or until
 * `context.sleepNs` nanoseconds have passed. Through a WaitQueue or napFor, never by itself.
 */
export const SLEEP = -1;

/**
 * Nanoseconds of its CPU that a slow path spends at a `yield`, where it may also lose the CPU to
 * others; or NEVER, or SLEEP. What it returns is the answer.
 */
export type SlowPath = Generator<number, number, void>;

/** Where pages come from, as the slab layer sees it. Page frames are named by their pfn. */
export interface PageSource {
  /** A pfn, NONE, or WOULD_BLOCK (only for a mask with DIRECT_RECLAIM whose fast path failed). */
  allocate(order: number, gfp: Gfp, context: TaskContext): number;
  /** Goes on after WOULD_BLOCK: a pfn or NONE. */
  allocateSlowly(order: number, gfp: Gfp, context: TaskContext): SlowPath;
  free(pfn: number, order: number, context: TaskContext): void;
  /**
   * The page handed out last was taken without regard to watermarks (ALLOC_NO_WATERMARKS), so
   * that only entitled requests may share its slab. Absent: never.
   */
  readonly lastFromReserves?: boolean;
}
