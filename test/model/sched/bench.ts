import { Simulation, type World } from '../../../src/engine/simulation.ts';
import { SLEEP_OVER, TASK_RESUME } from '../../../src/model/event-kind.ts';
import { SLEEP, type SlowPath } from '../../../src/model/page-source.ts';
import { Scheduler } from '../../../src/model/sched/scheduler.ts';
import { THREAD_ENDED, Thread } from '../../../src/model/sched/thread.ts';

export const MS = 1_000_000;
export const SLICE_NS = 4 * MS;
export const BALANCE_NS = 64 * MS;

/** A scheduler with nothing but threads that are one slow path each. */
export class Bench implements World {
  readonly simulation = new Simulation();
  readonly scheduler: Scheduler;

  constructor(cpus: number, switchNs = 0) {
    const balance = { balanceNs: BALANCE_NS, imbalancePercent: 125 };
    const setting = { cpus, sliceNs: SLICE_NS, switchNs, ...balance };
    this.scheduler = new Scheduler(setting, this.simulation);
  }

  get nowNs(): number {
    return this.simulation.nowNs;
  }

  /** Starts at once, on this CPU. */
  start(name: string, life: (thread: Thread) => SlowPath, cpu = 0): Thread {
    const thread = new Thread(this.scheduler.threads.length, name);
    thread.context.cpu = cpu;
    thread.slowPath = life(thread);
    this.scheduler.add(thread);
    this.scheduler.start(thread, 0, TASK_RESUME);
    return thread;
  }

  run(untilNs = Number.POSITIVE_INFINITY): void {
    this.simulation.run(this, untilNs);
  }

  handle(kind: number, a: number): void {
    const thread = this.scheduler.threads[a]!;
    if (kind === SLEEP_OVER) this.scheduler.sleepOver(thread);
    else if (this.scheduler.mayGoOn(thread)) this.#goOn(thread);
  }

  #goOn(thread: Thread): void {
    const step = thread.slowPath!.next();
    if (step.done === true) this.scheduler.retire(thread, THREAD_ENDED);
    else if (step.value === SLEEP) {
      this.scheduler.sleep(thread, thread.context.sleepNs, TASK_RESUME);
    } else this.scheduler.goOnAfter(thread, step.value, TASK_RESUME);
  }
}
