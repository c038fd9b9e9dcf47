import { Operation, type OperationSource, type TaskView } from '../operation.ts';
import { NONE, type SlowPath } from '../page-source.ts';
import { TaskContext } from './task-context.ts';

/** Where a task stands. */
export const TASK_READY = 0;
/** Inside a slow path; TASK_RESUME goes on with it. */
export const TASK_BLOCKED = 1;
/** Inside a slow path that never ends. */
export const TASK_STUCK = 2;
export const TASK_ENDED = 3;

/** A task's own fault settings, by the names of its /proc files. */
export interface TaskFaults {
  /** make-it-fail: whether the task filter lets its requests be failed. Default true. */
  readonly makeItFail?: boolean;
  /** fail-nth when the load starts: the n-th eligible request fails; 0, the default: off. */
  readonly failNth?: number;
}

interface TaskPlace extends TaskFaults {
  readonly cpu: number;
  readonly firstClass: number;
}

/**
 * One task: its load, its context and what it holds, by slot.
 *
 *   objects    slot → handle of the object, NONE when the slot is empty
 *   metadata   slot → kmemleak's slot for it, NONE when untracked
 *
 * Models: a kernel thread that allocates in a loop. Departs: no address space of its own; it
 * keeps its CPU (one task a CPU at a time is the load's business).
 */
export class Task implements TaskView {
  readonly id: number;
  readonly source: OperationSource;
  readonly context = new TaskContext();
  readonly operation = new Operation();
  state = TASK_READY;
  slowPath: SlowPath | null = null;
  blockedSinceNs = 0;
  /** Index of this task's first gfp class among all callers'. */
  readonly firstClass: number;
  attempts = 0;
  failures = 0;
  readonly #objects: Int32Array;
  readonly #metadata: Int32Array;

  constructor(id: number, source: OperationSource, place: TaskPlace) {
    this.id = id;
    this.source = source;
    this.firstClass = place.firstClass;
    this.context.cpu = place.cpu;
    this.context.interruptsOff = source.interruptsOff;
    this.context.makeItFail = place.makeItFail ?? true;
    this.context.failNth = place.failNth ?? 0;
    this.#objects = new Int32Array(source.slots).fill(NONE);
    this.#metadata = new Int32Array(source.slots).fill(NONE);
  }

  get gone(): boolean {
    return this.state === TASK_ENDED || this.state === TASK_STUCK;
  }

  isLive(slot: number): boolean {
    return this.#objects[slot] !== NONE;
  }

  objectIn(slot: number): number {
    return this.#objects[slot]!;
  }

  metadataIn(slot: number): number {
    return this.#metadata[slot]!;
  }

  /** Remembers what the operation in hand got; without a slot it is kept for ever. */
  keep(object: number, metadata: number): void {
    const { slot } = this.operation;
    if (slot < 0) return;
    this.#objects[slot] = object;
    this.#metadata[slot] = metadata;
  }

  forget(slot: number): void {
    this.#objects[slot] = NONE;
    this.#metadata[slot] = NONE;
  }
}
