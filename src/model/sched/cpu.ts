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
  /** Nothing keeps the running thread from going on: nobody waits, no time is owed. */
  isQuiet = true;
  /** Since when threads have waited for it, or one of them was moved last. */
  crowdedSinceNs = 0;
  readonly #queue: Thread[] = [];
  #stolenNs = 0;

  constructor(id: number) {
    this.id = id;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** Threads that run there or wait to. */
  get threads(): number {
    return this.#queue.length + (this.current === null ? 0 : 1);
  }

  get isIdle(): boolean {
    return this.current === null;
  }

  enqueue(thread: Thread): void {
    this.#queue.push(thread);
    this.isQuiet = false;
  }

  enqueueFirst(thread: Thread): void {
    this.#queue.unshift(thread);
    this.needResched = true;
    this.isQuiet = false;
  }

  /** Who runs next; null: nobody waits. */
  takeNext(): Thread | null {
    const next = this.#queue.shift() ?? null;
    this.#settle();
    return next;
  }

  /** Interrupts take so much of the running thread's time. */
  steal(ns: number): void {
    this.#stolenNs += ns;
    this.#settle();
  }

  /** What the running thread has yet to make up for; it owes nothing afterwards. */
  takeStolen(): number {
    const ns = this.#stolenNs;
    this.#stolenNs = 0;
    this.#settle();
    return ns;
  }

  #settle(): void {
    this.isQuiet = this.#queue.length === 0 && this.#stolenNs === 0;
  }
}
