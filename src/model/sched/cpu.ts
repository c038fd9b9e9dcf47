import type { Thread } from './thread.ts';

/**
 * One CPU: who runs on it, who waits for it, what interrupts took from it.
 *
 * Models: struct rq. Departs: first come, first served; no virtual run times.
 */
export class Cpu {
  readonly id: number;
  current: Thread | null = null;
  /** When the running thread got it. */
  sliceStartNs = 0;
  /** Somebody who slept long waits: the running thread shall give way before its slice is over. */
  needResched = false;
  /** Time that interrupts took and that the running thread has yet to make up for, ns. */
  stolenNs = 0;
  readonly #queue: Thread[] = [];

  constructor(id: number) {
    this.id = id;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Nothing keeps the running thread from going on. */
  get isQuiet(): boolean {
    return this.#queue.length === 0 && this.stolenNs === 0;
  }

  get isIdle(): boolean {
    return this.current === null;
  }

  enqueue(thread: Thread): void {
    this.#queue.push(thread);
  }

  enqueueFirst(thread: Thread): void {
    this.#queue.unshift(thread);
    this.needResched = true;
  }

  /** Who runs next; null: nobody waits. */
  takeNext(): Thread | null {
    return this.#queue.shift() ?? null;
  }
}
