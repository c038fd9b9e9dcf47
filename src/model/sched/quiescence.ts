import { GRACE_PERIOD_END } from '../event-kind.ts';
import type { Timers } from '../timers.ts';
import type { Cpu } from './cpu.ts';

/**
 * From this age on a grace period is urgent: cond_resched() then counts as a quiescent state,
 * HZ/10 in ticks, whatever HZ is.
 */
const URGENT_NS = 100_000_000;

/**
 * When an RCU grace period is over: once every CPU has been seen outside of kernel code.
 *
 *   idle, or switched since it began   at the next look
 *   a user process                     at the next look: the tick finds it in user space
 *   a loop in the kernel               when the grace period has become urgent
 *
 * On one CPU the loop must make room for RCU's own thread, and that switch is all it takes.
 *
 * Models: kernel/rcu/tree.c with PREEMPT_NONE, rcu_implicit_dynticks_qs, rcu_all_qs,
 * jiffies_till_sched_qs (4.17, 6.1, 6.12). Departs: RCU looks in steps of the period it is
 * given, a tick unless told otherwise, and sees at once what its next scan would.
 */
export class Quiescence {
  readonly #cpus: readonly Cpu[];
  readonly #timers: Timers;
  #sinceNs = 0;
  #stepNs = 0;

  constructor(cpus: readonly Cpu[], timers: Timers) {
    this.#cpus = cpus;
    this.#timers = timers;
  }

  /** A grace period begins; its next look comes as an event. */
  begin(stepNs: number): void {
    this.#sinceNs = this.#timers.nowNs;
    this.#stepNs = stepNs;
    this.#timers.after(stepNs, GRACE_PERIOD_END, 0, 0);
  }

  /** At that event: false when it will come again. */
  isOver(): boolean {
    const urgent = this.#timers.nowNs - this.#sinceNs > URGENT_NS;
    if (urgent || this.#cpus.length === 1 || this.#cpus.every((cpu) => this.#isQuiescent(cpu))) {
      return true;
    }
    this.#timers.after(this.#stepNs, GRACE_PERIOD_END, 0, 0);
    return false;
  }

  #isQuiescent({ current, sliceStartNs }: Cpu): boolean {
    return current === null || sliceStartNs >= this.#sinceNs || !current.isInKernel;
  }
}
