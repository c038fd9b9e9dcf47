import { NO_EVENT } from '../../engine/event-queue.ts';
import type { Timers } from '../timers.ts';
import type { Scheduler } from './scheduler.ts';
import { Task } from './task.ts';
import { THREAD_SLEEPS, type Thread } from './thread.ts';

/** So long nobody but endless loops may have run: longer than the OOM reaper takes its time. */
const PATIENCE_NS = 5_000_000_000;
/** Who sleeps longer than this will not come back in time. */
const LONG_SLEEP_NS = 1_000_000_000_000;

/**
 * Is the run at its end, because all that is left goes round in endless loops?
 *
 * Models: nothing of the kernel's: there such a machine spins until somebody resets it.
 */
export class DeadEnd {
  readonly #scheduler: Scheduler;
  readonly #timers: Timers;
  #hopelessSinceNs = Number.POSITIVE_INFINITY;

  constructor(scheduler: Scheduler, timers: Timers) {
    this.#scheduler = scheduler;
    this.#timers = timers;
  }

  /** Asked at the steps of endless loops. */
  isReached(): boolean {
    const { nowNs } = this.#timers;
    if (!this.#scheduler.threads.every((thread) => isOutOfPlay(thread))) {
      this.#hopelessSinceNs = Number.POSITIVE_INFINITY;
      return false;
    }
    this.#hopelessSinceNs = Math.min(this.#hopelessSinceNs, nowNs);
    return nowNs - this.#hopelessSinceNs >= PATIENCE_NS;
  }
}

/** It will not free memory: kernel threads only do when somebody wakes them. */
function isOutOfPlay(thread: Thread): boolean {
  if (thread.isGone || thread.context.inEndlessLoop) return true;
  if (thread.state !== THREAD_SLEEPS) return false;
  if (!(thread instanceof Task)) return true;
  if (thread.source.interrupt === true) return false;
  return thread.timeout === NO_EVENT || thread.sleepNs >= LONG_SLEEP_NS;
}
