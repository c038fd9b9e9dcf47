import { SLEEP, type SlowPath } from './page-source.ts';
import type { TaskContext } from './sched/task-context.ts';

/** What a sleep answers. */
export const TIMED_OUT = 0;
export const WOKEN = 1;
/** A fatal signal ended it, or was there before; only of a killable sleep. */
export const KILLED = 2;

/**
 * Those who sleep until somebody wakes them, first come, first woken.
 *
 * Models: include/linux/wait.h, kernel/sched/wait.c: wait_event and its variants, wake_up_all
 * (4.17, 6.1, 6.12). Departs: who waits for a condition tests it again by itself.
 */
export class WaitQueue {
  #waiting: TaskContext[] = [];

  /** How many sleep here. */
  get size(): number {
    return this.#waiting.length;
  }

  /** Uninterruptible: WOKEN or TIMED_OUT. An infinite time-out never comes. */
  *sleep(context: TaskContext, timeoutNs: number): SlowPath {
    this.#waiting.push(context);
    context.sleepNs = timeoutNs;
    yield SLEEP;
    const at = this.#waiting.indexOf(context);
    if (at < 0) return WOKEN;
    this.#waiting.splice(at, 1);
    return TIMED_OUT;
  }

  /** As `sleep`, but a fatal signal ends it, too. */
  *sleepKillable(context: TaskContext, timeoutNs: number): SlowPath {
    if (context.fatalSignal) return KILLED;
    context.killable = true;
    const answer = yield* this.sleep(context, timeoutNs);
    context.killable = false;
    return answer === TIMED_OUT && context.fatalSignal ? KILLED : answer;
  }

  /** Everyone who sleeps now is woken, in the order of their coming. */
  wakeAll(): void {
    if (this.#waiting.length === 0) return;
    const woken = this.#waiting;
    this.#waiting = [];
    for (const context of woken) context.sleeper?.wake();
  }
}

/** schedule_timeout_uninterruptible(): off the CPU for this long, whatever happens. */
export function* napFor(context: TaskContext, ns: number): SlowPath {
  context.sleepNs = ns;
  yield SLEEP;
  return TIMED_OUT;
}

/** schedule_timeout_killable(): TIMED_OUT, or KILLED when a fatal signal ended it. */
export function* napKillably(context: TaskContext, ns: number): SlowPath {
  if (context.fatalSignal) return KILLED;
  context.killable = true;
  yield* napFor(context, ns);
  context.killable = false;
  return context.fatalSignal ? KILLED : TIMED_OUT;
}
