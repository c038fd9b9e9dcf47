import type { MetadataObjects } from './objects.ts';

const EMPTY = -1;

/**
 * Freed objects on their way back: memory that a scanner may still be reading.
 *
 *   free ─► #next ──(a grace period begins)──► #waiting ──(it ends)──► returned in one batch
 *
 * An object that is freed while a grace period runs waits for its end and for the next one: the
 * running one may have begun before a reader came that can still see the object.
 *
 * **Models:** call_rcu as mm/kmemleak.c uses it in put_object, 4.17 to 6.12.
 * **Departs:** when a grace period ends is for the caller to say; the callbacks of a batch run
 * together, not ten at a time.
 */
export class GracePeriods {
  readonly #objects: MetadataObjects;
  readonly #start: () => void;
  #running = false;
  #waitingHead = EMPTY;
  #nextHead = EMPTY;
  #nextTail = EMPTY;

  /** `start` is called when a grace period begins; its end comes back through `ended`. */
  constructor(objects: MetadataObjects, start: () => void) {
    this.#objects = objects;
    this.#start = start;
  }

  /** Puts a freed object at the end of the queue. */
  queue(slot: number): void {
    this.#objects.markFreed(slot);
    this.#objects.setNext(slot, EMPTY);
    if (this.#nextHead === EMPTY) this.#nextHead = slot;
    else this.#objects.setNext(this.#nextTail, slot);
    this.#nextTail = slot;
    if (!this.#running) this.#begin();
  }

  /** The grace period is over: the first of the chain to return, oldest first; −1 when empty. */
  ended(): number {
    const chain = this.#waitingHead;
    this.#waitingHead = EMPTY;
    this.#running = false;
    if (this.#nextHead !== EMPTY) this.#begin();
    return chain;
  }

  #begin(): void {
    this.#waitingHead = this.#nextHead;
    this.#nextHead = EMPTY;
    this.#running = true;
    this.#start();
  }
}
