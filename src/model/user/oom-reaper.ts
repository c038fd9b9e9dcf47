import { NONE, type SlowPath } from '../page-source.ts';
import type { VictimQueue } from '../reclaim/oom-killer.ts';
import type { Process } from '../reclaim/processes.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { Timers } from '../timers.ts';
import { napFor, WaitQueue } from '../wait-queue.ts';

/** MAX_OOM_REAP_RETRIES, HZ / 10 apart. */
const TRIES = 10;
const RETRY_NS = 100_000_000;

/** What is taken away: AnonymousMemory. */
export interface ReapedMemory {
  zap(victim: Process, context: TaskContext): SlowPath;
}

/**
 * The thread that takes a victim's anonymous memory away while the victim is stuck.
 *
 * Models: mm/oom_kill.c oom_reaper, oom_reap_task, queue_oom_reaper (4.17, 6.1, 6.12).
 * Departs: does not take oom_lock (4.17); the timer of 6.x is the thread's own sleep.
 */
export class OomReaper implements VictimQueue {
  readonly #timers: Timers;
  readonly #delayNs: number;
  readonly #wake = new WaitQueue();
  readonly #waiting: { readonly victim: Process; readonly dueNs: number }[] = [];

  /** `delayNs`: how long a victim may try by itself. */
  constructor(timers: Timers, delayNs: number) {
    this.#timers = timers;
    this.#delayNs = delayNs;
  }

  queue(victim: Process): void {
    this.#waiting.push({ victim, dueNs: this.#timers.nowNs + this.#delayNs });
    this.#wake.wakeAll();
  }

  /** The thread's whole life. */
  *run(memory: ReapedMemory, context: TaskContext): SlowPath {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        yield* this.#wake.sleep(context, Number.POSITIVE_INFINITY);
        continue;
      }
      const left = next.dueNs - this.#timers.nowNs;
      if (left > 0) yield* napFor(context, left);
      yield* this.#reap(next.victim, memory, context);
    }
  }

  /** oom_reap_task(): afterwards the killer looks past the victim, whatever came of it. */
  *#reap(victim: Process, memory: ReapedMemory, context: TaskContext): SlowPath {
    for (let attempt = 0; attempt < TRIES && !victim.exited; attempt++) {
      if (!victim.mmapLocked) {
        yield* memory.zap(victim, context);
        break;
      }
      yield* napFor(context, RETRY_NS);
    }
    victim.reaped = true;
    return NONE;
  }
}
