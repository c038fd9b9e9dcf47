// Everything that can happen in time, one line each.

/** a: task. It carries its operation out and asks for the next one. */
export const TASK_STEP = 0;
/** a: thread. The slow path that it is in goes on. */
export const TASK_RESUME = 1;
/** An RCU grace period is over: metadata that waited for it returns. */
export const GRACE_PERIOD_END = 2;
/** A worker frees the metadata of a kmemleak that disabled itself. */
export const KMEMLEAK_CLEAN_UP = 3;
/** a: thread. The time-out of its sleep. */
export const SLEEP_OVER = 4;
/** a: task. An interrupt that it stands for arrives at its CPU. */
export const INTERRUPT = 5;
/** a: block device, b: request. The device has done it. */
export const IO_DONE = 6;
