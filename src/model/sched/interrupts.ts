import { INTERRUPT } from '../event-kind.ts';
import { OP_END } from '../operation.ts';
import { NEVER, type SlowPath } from '../page-source.ts';
import type { Timers } from '../timers.ts';
import type { Scheduler } from './scheduler.ts';
import type { Task } from './task.ts';

/** What an interrupt does: the operations of its source. */
export interface InterruptWork {
  start(task: Task): SlowPath | null;
}

/**
 * Loads that are not threads but interrupts: network receive.
 *
 *   arrival ─► interrupts are off on its CPU: held until they are on again
 *           ─► all operations of this arrival at once; the time they take is the running thread's
 *
 * Models: a NIC's interrupt with its NET_RX softirq on one CPU (4.17, 6.1, 6.12): nothing of the
 * interrupted task's flags is seen there, as __do_softirq hides PF_MEMALLOC.
 * Departs: no budget, no ksoftirqd, no second CPU; arrivals while one is held are one.
 */
export class Interrupts {
  readonly #scheduler: Scheduler;
  readonly #work: InterruptWork;
  readonly #timers: Timers;
  readonly #sources: Task[] = [];

  constructor(scheduler: Scheduler, work: InterruptWork, timers: Timers) {
    this.#scheduler = scheduler;
    this.#work = work;
    this.#timers = timers;
  }

  /** The first arrival of a source, whose first operation is in hand. */
  expect(source: Task): void {
    this.#sources.push(source);
    this.#timers.after(source.operation.thinkNs, INTERRUPT, source.id, 0);
  }

  /** Does everything that arrived; the source's next operation is in hand afterwards. */
  arrive(source: Task): void {
    const cpu = source.cpu!;
    if (cpu.current?.context.interruptsOff === true) {
      source.isHeldOff = true;
      return;
    }
    const { context, operation } = source;
    context.spentNs = 0;
    do {
      const slowPath = this.#work.start(source);
      if (slowPath !== null) context.spentNs += driveThrough(slowPath);
      source.source.next(operation, source);
    } while (operation.kind !== OP_END && operation.thinkNs === 0);
    this.#scheduler.steal(cpu, context.spentNs);
    if (operation.kind === OP_END) return;
    this.#timers.after(operation.thinkNs, INTERRUPT, source.id, 0);
  }

  /** Interrupts are on again there: what was held comes now. */
  enabled(cpuId: number): void {
    for (const source of this.#sources) {
      if (!source.isHeldOff || source.cpu!.id !== cpuId) continue;
      source.isHeldOff = false;
      this.#timers.after(0, INTERRUPT, source.id, 0);
    }
  }
}

/**
 * A request that may sleep, made where nobody can: a bug of the caller that the kernel warns of.
 * It goes through at once, without its sleeps; returns the time it took.
 */
function driveThrough(slowPath: SlowPath): number {
  let spentNs = 0;
  let step = slowPath.next();
  while (step.done !== true && step.value !== NEVER) {
    spentNs += Math.max(0, step.value);
    step = slowPath.next();
  }
  return spentNs;
}
