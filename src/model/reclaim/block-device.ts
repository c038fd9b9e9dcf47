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

/** Where a device stands in its machine. */
export interface DevicePlace {
  readonly id: number;
  readonly timers: Timers;
  /** Kind of the event at a request's end. */
  readonly doneKind: number;
  /** CPU time of handing a request to it. */
  readonly submitNs: number;
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
 * scheduler and no merging; reads do not overtake writes; a completion interrupts the CPU that
 * submitted the request.
 */
export class BlockDevice {
  readonly #id: number;
  readonly #spec: BlockDeviceSpec;
  readonly #timers: Timers;
  readonly #doneKind: number;
  readonly #submitNs: number;
  readonly #room = new WaitQueue();
  /** Listener or reader of each request in flight, by request; null: the number is free. */
  readonly #listeners: (WriteListener | WaitQueue | null)[] = [];
  readonly #tags: number[] = [];
  readonly #cpus: number[] = [];
  readonly #idle: number[] = [];
  #transferEndNs = 0;
  inFlight = 0;

  constructor(spec: BlockDeviceSpec, place: DevicePlace) {
    this.#spec = spec;
    this.#id = place.id;
    this.#timers = place.timers;
    this.#doneKind = place.doneKind;
    this.#submitNs = place.submitNs;
  }

  /** Ends when the pages are there. */
  *read(pages: number, context: TaskContext): SlowPath {
    yield* this.#waitForRoom(context);
    const done = new WaitQueue();
    yield this.#submitNs;
    this.#start(pages, { listener: done, tag: 0 }, context);
    yield* done.sleep(context, Number.POSITIVE_INFINITY);
    return 0;
  }

  /** Ends when the write is on its way; the listener hears of its end. */
  *write(pages: number, request: WriteRequest, context: TaskContext): SlowPath {
    yield* this.#waitForRoom(context);
    yield this.#submitNs;
    this.#start(pages, request, context);
    return 0;
  }

  /** The CPU that the interrupt at this request's end goes to. */
  cpuOf(request: number): number {
    return this.#cpus[request]!;
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

  #start(pages: number, asked: Asked, context: TaskContext): void {
    const { latencyNs, bytesPerSecond } = this.#spec;
    const transferNs = Math.ceil((pages * PAGE_BYTES * NS_PER_S) / bytesPerSecond);
    const startNs = Math.max(this.#timers.nowNs, this.#transferEndNs);
    this.#transferEndNs = startNs + transferNs;
    const request = this.#idle.pop() ?? this.#listeners.length;
    this.#listeners[request] = asked.listener;
    this.#tags[request] = asked.tag;
    this.#cpus[request] = context.cpu;
    this.inFlight++;
    const delayNs = this.#transferEndNs + latencyNs - this.#timers.nowNs;
    this.#timers.after(delayNs, this.#doneKind, this.#id, request);
  }
}

interface Asked {
  readonly listener: WriteListener | WaitQueue;
  readonly tag: number;
}

export interface WriteRequest {
  readonly listener: WriteListener;
  readonly tag: number;
}
