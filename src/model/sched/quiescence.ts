import type { RandomStream } from '../../engine/random-stream.ts';
import { GRACE_PERIOD_END } from '../event-kind.ts';
import type { Timers } from '../timers.ts';
import type { Cpu } from './cpu.ts';

/**
 * From this age on a grace period is urgent: cond_resched() then counts as a quiescent state,
 * HZ/10 in ticks, whatever HZ is.
 */
const URGENT_NS = 100_000_000;

export interface QuiescenceSetting {
  readonly timers: Timers;
  readonly tickNs: number;
  /** A tick in so many ns at the end of its way back finds a process in user space. */
  readonly returnNs: number;
  /** KernelRules.urgentTickReschedules. */
  readonly urgentTickReschedules: boolean;
  readonly draws: RandomStream;
}

/**
 * When an RCU grace period is over: once every CPU has been seen outside of kernel code.
 *
 *   idle, or switched since it began   at the next look
 *   the one that RCU's own thread uses at the next look: it makes room for that thread
 *   a user process                     when a tick has found it in user space; since 4.19 also as
 *                                      a loop in the kernel does
 *   a loop in the kernel               when the grace period has become urgent
 *
 * RCU's thread looks from the CPU that it used last, or from an idle one if that is taken: on a
 * machine whose CPUs are all busy, one of the loops must make room for it.
 *
 * A process that takes one page fault after the other is hardly ever found there.
 *
 * Models: kernel/rcu/tree.c with PREEMPT_NONE, rcu_check_callbacks (rcu_sched_clock_irq),
 * rcu_implicit_dynticks_qs, rcu_all_qs, jiffies_till_sched_qs (4.17, 6.1, 6.12). Departs: RCU
 * looks first after the period it is given, then at every tick, and sees at once what its next
 * scan would; where a tick falls in an operation is drawn.
 */
export class Quiescence {
  readonly #cpus: readonly Cpu[];
  readonly #timers: Timers;
  readonly #tickNs: number;
  readonly #returnNs: number;
  readonly #tickReschedules: boolean;
  readonly #draws: RandomStream;
  #sinceNs = 0;
  #stepNs = 0;
  /** Where RCU's own thread ran last. */
  #own: Cpu;
  /** By CPU: 1, it was seen quiescent in this grace period. */
  readonly #passed: Uint8Array;

  constructor(cpus: readonly Cpu[], setting: QuiescenceSetting) {
    this.#cpus = cpus;
    this.#timers = setting.timers;
    this.#tickNs = setting.tickNs;
    this.#returnNs = setting.returnNs;
    this.#tickReschedules = setting.urgentTickReschedules;
    this.#draws = setting.draws;
    this.#own = cpus[0]!;
    this.#passed = new Uint8Array(cpus.length);
  }

  /** A grace period begins; its next look comes as an event. */
  begin(stepNs: number): void {
    this.#sinceNs = this.#timers.nowNs;
    this.#stepNs = stepNs;
    this.#passed.fill(0);
    this.#timers.after(stepNs, GRACE_PERIOD_END, 0, 0);
  }

  /** At that event: false when it will come again. */
  isOver(): boolean {
    if (!this.#isIdle(this.#own)) {
      this.#own = this.#cpus.find((cpu) => this.#isIdle(cpu)) ?? this.#own;
    }
    for (const cpu of this.#cpus) {
      if (cpu === this.#own || this.#isQuiescent(cpu)) this.#passed[cpu.id] = 1;
    }
    if (!this.#passed.includes(0)) return true;
    this.#stepNs = this.#tickNs;
    this.#timers.after(this.#tickNs, GRACE_PERIOD_END, 0, 0);
    return false;
  }

  /** Perhaps it has a thread, but has not woken up for it yet. */
  #isIdle({ current, sliceStartNs }: Cpu): boolean {
    return current === null || sliceStartNs > this.#timers.nowNs;
  }

  #isQuiescent({ current, sliceStartNs }: Cpu): boolean {
    if (current === null || sliceStartNs >= this.#sinceNs) return true;
    const share = current.userShare(this.#returnNs);
    const isUrgent = this.#timers.nowNs - this.#sinceNs > URGENT_NS;
    if (isUrgent && (share === 0 || this.#tickReschedules)) return true;
    if (share === 0) return false;
    let ticks = Math.max(1, Math.floor(this.#stepNs / this.#tickNs));
    while (ticks > 0 && this.#draws.double() >= share) ticks--;
    return ticks > 0;
  }
}
