// Everything that can happen in time, one line each.

/** a: task. It carries its operation out and asks for the next one. */
export const TASK_STEP = 0;
/** a: task. The slow path that it sleeps in goes on. */
export const TASK_RESUME = 1;
/** An RCU grace period is over: metadata that waited for it returns. */
export const GRACE_PERIOD_END = 2;
/** A worker frees the metadata of a kmemleak that disabled itself. */
export const KMEMLEAK_CLEAN_UP = 3;
