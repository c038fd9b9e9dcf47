import { assert } from '../../base/assert.ts';
import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { Timers } from '../timers.ts';
import { WaitQueue } from '../wait-queue.ts';

const PAGE_BYTES = 4096;
const NS_PER_S = 1e9;

export interface BlockDeviceSpec {
  readonly latencyNs: number;
  readonly bytesPerSecond: number;
  /** nr_requests: who asks for more waits. */
  readonly queueDepth: number;
}

/** Who is told that a write is done; `tag` is what it was submitted with. */
export interface WriteListener {
  written(tag: number): void;
}

/**
 * A disk, or a part of one: transfers follow one another, latencies overlap.
 *
 *   submitted ─► waits for the transfers before it ─► bytes ÷ bandwidth ─► latency ─► done
 *
 * Models: a request queue of blk-mq with its limit (block/, 4.17, 6.1, 6.12). Departs: no
 * scheduler and no merging; reads do not overtake writes; completions cost nobody CPU time.
 */
export class BlockDevice {
  readonly #id: number;
  readonly #spec: BlockDeviceSpec;
  readonly #timers: Timers;
  readonly #doneKind: number;
  readonly #room = new WaitQueue();
  /** Listener or reader of each request in flight, by request; null: the number is free. */
  readonly #listeners: (WriteListener | WaitQueue | null)[] = [];
  readonly #tags: number[] = [];
  readonly #idle: number[] = [];
  #transferEndNs = 0;
  inFlight = 0;

  constructor(
    spec: BlockDeviceSpec,
    place: { readonly id: number; readonly timers: Timers; readonly doneKind: number },
  ) {
    this.#spec = spec;
    this.#id = place.id;
    this.#timers = place.timers;
    this.#doneKind = place.doneKind;
  }

  /** Ends when the pages are there. */
  *read(pages: number, context: TaskContext): SlowPath {
    yield* this.#waitForRoom(context);
    const done = new WaitQueue();
    this.#start(pages, done, 0);
    yield* done.sleep(context, Number.POSITIVE_INFINITY);
    return 0;
  }

  /** Ends when the write is on its way; the listener hears of its end. */
  *write(pages: number, request: WriteRequest, context: TaskContext): SlowPath {
    yield* this.#waitForRoom(context);
    this.#start(pages, request.listener, request.tag);
    return 0;
  }

  /** The event of this request's end. */
  complete(request: number): void {
    const listener = this.#listeners[request]!;
    assert(listener !== null, 'a request ends twice');
    this.#listeners[request] = null;
    this.#idle.push(request);
    this.inFlight--;
    if (listener instanceof WaitQueue) listener.wakeAll();
    else listener.written(this.#tags[request]!);
    this.#room.wakeAll();
  }

  *#waitForRoom(context: TaskContext): SlowPath {
    while (this.inFlight >= this.#spec.queueDepth) {
      yield* this.#room.sleep(context, Number.POSITIVE_INFINITY);
    }
    return 0;
  }

  #start(pages: number, listener: WriteListener | WaitQueue, tag: number): void {
    const { latencyNs, bytesPerSecond } = this.#spec;
    const transferNs = Math.ceil((pages * PAGE_BYTES * NS_PER_S) / bytesPerSecond);
    const startNs = Math.max(this.#timers.nowNs, this.#transferEndNs);
    this.#transferEndNs = startNs + transferNs;
    const request = this.#idle.pop() ?? this.#listeners.length;
    this.#listeners[request] = listener;
    this.#tags[request] = tag;
    this.inFlight++;
    const delayNs = this.#transferEndNs + latencyNs - this.#timers.nowNs;
    this.#timers.after(delayNs, this.#doneKind, this.#id, request);
  }
}

export interface WriteRequest {
  readonly listener: WriteListener;
  readonly tag: number;
}
