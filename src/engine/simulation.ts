import { assert } from '../base/assert.ts';
import { EventQueue } from './event-queue.ts';
import { Fingerprint } from './fingerprint.ts';

/** What is simulated: it gives the events their meaning, by one `switch` on the kind. */
export interface World {
  handle(kind: number, a: number, b: number): void;
}

/** Time: a clock in whole nanoseconds, and the events to come. Knows nothing of what they mean. */
export class Simulation {
  /** The time of the event in hand; after `run`, the horizon or the time of the stop. */
  nowNs = 0;
  /** Events handled so far. */
  events = 0;
  readonly fingerprint = new Fingerprint();
  readonly #queue = new EventQueue();
  #stopped = false;

  /** At a time from now on; the handle is for `cancel`. Equal times happen as scheduled. */
  schedule(timeNs: number, kind: number, a: number, b: number): number {
    assert(timeNs >= this.nowNs, 'an event was scheduled in the past');
    return this.#queue.schedule(timeNs, kind, a, b);
  }

  /** `delayNs` from now; with 0, after everything already scheduled for now. */
  after(delayNs: number, kind: number, a: number, b: number): number {
    return this.schedule(this.nowNs + delayNs, kind, a, b);
  }

  /** False when the event already happened, or was cancelled before. */
  cancel(handle: number): boolean {
    return this.#queue.cancel(handle);
  }

  /**
   * Handles all events up to the horizon, those at the horizon too, and sets the clock to it;
   * an infinite horizon leaves the clock at the last event. Ends early on `stop`.
   */
  run(world: World, untilNs: number): void {
    assert(untilNs >= this.nowNs, 'a horizon lies in the past');
    const queue = this.#queue;
    while (!this.#stopped && queue.next(untilNs)) {
      this.nowNs = queue.time;
      this.events++;
      this.fingerprint.event(queue.time, queue.kind, queue.a, queue.b);
      world.handle(queue.kind, queue.a, queue.b);
    }
    if (!this.#stopped && untilNs < Number.POSITIVE_INFINITY) this.nowNs = untilNs;
    this.#stopped = false;
  }

  /** The run ends with the event in hand; called before a run, that one ends at once. */
  stop(): void {
    this.#stopped = true;
  }
}
