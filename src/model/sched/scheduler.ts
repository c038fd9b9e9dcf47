import { assert } from '../../base/assert.ts';
import { NO_EVENT } from '../../engine/event-queue.ts';
import { SLEEP_OVER, TASK_RESUME } from '../event-kind.ts';
import type { Timers } from '../timers.ts';
import { Cpu } from './cpu.ts';
import type { LateWake } from './late-wake.ts';
import { THREAD_QUEUED, THREAD_RUNS, THREAD_SLEEPS, type Thread } from './thread.ts';

export interface SchedulerSetting {
  readonly cpus: number;
  /** How long a thread may keep a CPU that others wait for, ns. */
  readonly sliceNs: number;
  /** From the decision for a thread to its first instruction, ns. */
  readonly switchNs: number;
  /** Each CPU looks so often whether another one has too many threads, ns. */
  readonly balanceNs: number;
  /** More than so many for every hundred of its own. */
  readonly imbalancePercent: number;
  /** How late an idle CPU comes to a woken thread; absent: not at all. */
  readonly lateWake?: LateWake;
}

/**
 * Who runs on which CPU, and when.
 *
 *   start ─► runs ─ sleeps ─► woken ─► its last CPU is idle: runs there
 *     │       ▲ │                      another one is idle: runs there
 *     ▼       │ ▼ slice over           else: queue of its last CPU, at the end;
 *    queue ───┘─┘                            in front when it slept for a slice or longer
 *
 * Models: kernel/sched with PREEMPT_NONE (4.17, 6.1, 6.12): kernel code keeps its CPU up to
 * the points where it gives it up by itself; an idle CPU takes over from the longest queue;
 * load_balance() among busy ones. So of three threads on two CPUs none keeps one for itself.
 * Departs: equal slices in place of virtual run times; a thread that slept long asks for the
 * CPU at once, a shorter sleep earns nothing; the CPUs look for too many threads evenly one after
 * the other, as often when there is nothing to do, and an idle one takes over by its release.
 */
export class Scheduler {
  readonly cpus: readonly Cpu[];
  readonly threads: Thread[] = [];
  readonly #timers: Timers;
  readonly #setting: SchedulerSetting;

  constructor(setting: SchedulerSetting, timers: Timers) {
    this.#setting = setting;
    this.#timers = timers;
    this.cpus = Array.from({ length: setting.cpus }, (_, id) => new Cpu(id));
  }

  /** Makes a thread known; its id is its place. It sleeps until it is woken or started. */
  add(thread: Thread): void {
    assert(thread.id === this.threads.length, 'a thread is known by its place');
    thread.cpu = this.cpus[thread.context.cpu % this.cpus.length]!;
    thread.context.cpu = thread.cpu.id;
    thread.context.sleeper = {
      wake: () => this.wake(thread),
      interrupt: (ns) => {
        if (thread.state === THREAD_RUNS) thread.cpu!.steal(ns);
      },
    };
    this.threads.push(thread);
  }

  /** A kernel thread, from its first sleep on. */
  addAsleep(thread: Thread, timeoutNs: number): void {
    this.add(thread);
    this.#fallAsleep(thread, timeoutNs, TASK_RESUME);
  }

  /** It takes its CPU and the event follows so much later; or it waits for the CPU. */
  start(thread: Thread, delayNs: number, kind: number): void {
    const cpu = thread.cpu!;
    thread.nextKind = kind;
    if (!cpu.isIdle) {
      this.#queue(thread, cpu);
      return;
    }
    this.#take(cpu, thread);
    this.#timers.after(delayNs, kind, thread.id, 0);
  }

  /** The running thread spends so much time on its CPU; then the event goes on with it. */
  goOnAfter(thread: Thread, ns: number, kind: number): void {
    thread.nextKind = kind;
    this.#timers.after(ns, kind, thread.id, 0);
  }

  /** At the event of a running thread. False: it comes again when it may. */
  mayGoOn(thread: Thread): boolean {
    const cpu = thread.cpu!;
    return cpu.isQuiet || this.#contends(thread, cpu);
  }

  /** The running thread leaves its CPU until it is woken, or for so long. */
  sleep(thread: Thread, timeoutNs: number, kind: number): void {
    this.#fallAsleep(thread, timeoutNs, kind);
    this.#release(thread.cpu!);
  }

  /** It is gone; its CPU, if it has one, goes to the next. */
  retire(thread: Thread, state: number): void {
    thread.state = state;
    if (thread.cpu!.current === thread) this.#release(thread.cpu!);
  }

  sleepOver(thread: Thread): void {
    thread.timeout = NO_EVENT;
    this.wake(thread);
  }

  /** Nothing happens to a thread that does not sleep. */
  wake(thread: Thread): void {
    if (thread.state !== THREAD_SLEEPS) return;
    if (thread.timeout !== NO_EVENT) this.#timers.cancel(thread.timeout);
    thread.timeout = NO_EVENT;
    const last = thread.cpu!;
    const idle = last.isIdle ? last : this.#anyIdle();
    if (idle !== null) {
      this.#switchTo(idle, thread, this.#setting.lateWake?.next() ?? 0);
      return;
    }
    this.#queue(thread, last, this.#timers.nowNs - thread.sleepsSinceNs >= this.#setting.sliceNs);
  }

  /** An interrupt took so much time from whoever runs there. */
  steal(cpu: Cpu, ns: number): void {
    if (!cpu.isIdle) cpu.steal(ns);
  }

  /** Interrupts took time, or others wait for the CPU. */
  #contends(thread: Thread, cpu: Cpu): boolean {
    const stolenNs = cpu.takeStolen();
    if (stolenNs > 0) {
      this.#timers.after(stolenNs, thread.nextKind, thread.id, 0);
      return false;
    }
    if (cpu.queued > 0 && !thread.context.interruptsOff) this.#balance(cpu);
    if (cpu.queued === 0) return true;
    const ranNs = this.#timers.nowNs - cpu.sliceStartNs;
    if (!cpu.needResched && ranNs < this.#setting.sliceNs) return true;
    if (!thread.maySwitch()) return true;
    thread.state = THREAD_QUEUED;
    const next = cpu.takeNext()!;
    cpu.enqueue(thread);
    this.#switchTo(cpu, next);
    return false;
  }

  /** Who looked since this CPU got crowded takes the first that waits, if that is fair. */
  #balance(cpu: Cpu): void {
    const sinceNs = cpu.crowdedSinceNs;
    for (const other of this.cpus) {
      if (!this.#hasLookedSince(other, sinceNs)) continue;
      cpu.crowdedSinceNs = this.#timers.nowNs;
      if (100 * cpu.threads <= this.#setting.imbalancePercent * other.threads) continue;
      this.#moveFirst(cpu, other);
      return;
    }
  }

  /** CPU i of n looks at i/n of each period. */
  #hasLookedSince({ id }: Cpu, sinceNs: number): boolean {
    const { balanceNs, cpus } = this.#setting;
    const phaseNs = (id * balanceNs) / cpus;
    const looks = Math.floor((this.#timers.nowNs - phaseNs) / balanceNs);
    return looks > Math.floor((sinceNs - phaseNs) / balanceNs);
  }

  #moveFirst(from: Cpu, to: Cpu): void {
    const thread = from.takeNext()!;
    if (to.isIdle) {
      this.#switchTo(to, thread);
      return;
    }
    thread.cpu = to;
    thread.context.cpu = to.id;
    to.enqueue(thread);
    to.crowdedSinceNs = this.#timers.nowNs;
  }

  #queue(thread: Thread, cpu: Cpu, isFirst = false): void {
    thread.state = THREAD_QUEUED;
    if (cpu.queued === 0) cpu.crowdedSinceNs = this.#timers.nowNs;
    if (isFirst) cpu.enqueueFirst(thread);
    else cpu.enqueue(thread);
  }

  #fallAsleep(thread: Thread, timeoutNs: number, kind: number): void {
    thread.state = THREAD_SLEEPS;
    thread.nextKind = kind;
    thread.sleepsSinceNs = this.#timers.nowNs;
    thread.sleepNs = timeoutNs;
    if (timeoutNs === Number.POSITIVE_INFINITY) return;
    thread.timeout = this.#timers.after(timeoutNs, SLEEP_OVER, thread.id, 0);
  }

  /** The CPU goes to the next in its queue, else in the longest one, else it is idle. */
  #release(cpu: Cpu): void {
    cpu.current = null;
    cpu.takeStolen();
    const next = cpu.takeNext() ?? this.#longestQueue().takeNext();
    if (next !== null) this.#switchTo(cpu, next);
  }

  #switchTo(cpu: Cpu, thread: Thread, lateNs = 0): void {
    this.#take(cpu, thread, lateNs);
    this.#timers.after(this.#setting.switchNs + lateNs, thread.nextKind, thread.id, 0);
  }

  #take(cpu: Cpu, thread: Thread, lateNs = 0): void {
    cpu.current = thread;
    cpu.sliceStartNs = this.#timers.nowNs + lateNs;
    cpu.needResched = false;
    thread.cpu = cpu;
    thread.context.cpu = cpu.id;
    thread.state = THREAD_RUNS;
  }

  #anyIdle(): Cpu | null {
    for (const cpu of this.cpus) if (cpu.isIdle) return cpu;
    return null;
  }

  #longestQueue(): Cpu {
    let longest = this.cpus[0]!;
    for (const cpu of this.cpus) if (cpu.queued > longest.queued) longest = cpu;
    return longest;
  }
}
