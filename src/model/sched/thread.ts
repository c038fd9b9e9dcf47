import { NO_EVENT } from '../../engine/event-queue.ts';
import type { SlowPath } from '../page-source.ts';
import type { Cpu } from './cpu.ts';
import { TaskContext } from './task-context.ts';

/** Where a thread stands. */
export const THREAD_SLEEPS = 0;
/** It has its CPU; the event that goes on with it is on its way. */
export const THREAD_RUNS = 1;
/** It waits for a CPU. */
export const THREAD_QUEUED = 2;
/** Inside a slow path that never ends. */
export const THREAD_STUCK = 3;
export const THREAD_ENDED = 4;

/**
 * What the scheduler runs: a task that carries operations out, or a kernel thread, whose whole
 * life is one slow path.
 *
 * Models: struct task_struct as far as time goes. Departs: no priorities and no groups.
 */
export class Thread {
  readonly id: number;
  readonly name: string;
  readonly context: TaskContext;
  state = THREAD_SLEEPS;
  cpu: Cpu | null = null;
  /** Kind of the event that goes on with it as soon as it has a CPU. */
  nextKind = 0;
  /** What it is inside of; null: between two operations. */
  slowPath: SlowPath | null = null;
  sleepsSinceNs = 0;
  /** How long its sleep lasts if nobody wakes it. */
  sleepNs = 0;
  /** Handle of the time-out of its sleep. */
  timeout = NO_EVENT;

  constructor(id: number, name: string, context = new TaskContext()) {
    this.id = id;
    this.name = name;
    this.context = context;
  }

  /** How likely a tick finds it in user space; `returnNs` is its last way there, ns. */
  userShare(_returnNs: number): number {
    return 0;
  }

  get isGone(): boolean {
    return this.state === THREAD_ENDED || this.state === THREAD_STUCK;
  }

  /** Asked only while others want its CPU: may it give the CPU up before its next step? */
  maySwitch(): boolean {
    return !this.context.interruptsOff;
  }
}
