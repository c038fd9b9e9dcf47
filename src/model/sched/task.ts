import type { ZoneName } from '../machine-config.ts';
import type { Zone } from '../mm/zone.ts';
import { Operation, type OperationSource, type TaskView } from '../operation.ts';
import { NONE } from '../page-source.ts';
import { Thread } from './thread.ts';

/** The measured driver calls cond_resched() after so many operations. */
const OPERATIONS_PER_RESCHED = 64;

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
  readonly zones: readonly Zone[];
}

/**
 * One task: a thread with a load and with what it holds, by slot.
 *
 *   objects    slot → handle of the object, NONE when the slot is empty
 *   metadata   slot → kmemleak's slot for it, NONE when untracked
 *
 * Models: a driver's loop inside the kernel, a user process's own thread, or an interrupt source.
 * Departs: a user process has one thread; its computing between two operations is not cut by
 * the end of its slice.
 */
export class Task extends Thread implements TaskView {
  readonly source: OperationSource;
  readonly operation = new Operation();
  blockedSinceNs = 0;
  /** Since when it has been blocked for the metadata of its object; infinite: it is not. */
  metadataSinceNs = Number.POSITIVE_INFINITY;
  /** Index of this task's first gfp class among all callers'. */
  readonly firstClass: number;
  /** Time inside the kernel before the pause that its next operation begins with, ns. */
  kernelNs = 0;
  attempts = 0;
  failures = 0;
  /** Metadata of the newest object of its list, where it keeps one; NONE: untracked. */
  listHead = NONE;
  /** It is on its way out: its slow path gives its memory back. */
  isExiting = false;
  /** An interrupt that arrived while they were off. */
  isHeldOff = false;
  #stepsUnderContention = 0;
  readonly #zones: readonly Zone[];
  readonly #objects: Int32Array;
  readonly #metadata: Int32Array;

  constructor(id: number, source: OperationSource, place: TaskPlace) {
    super(id, source.process?.name ?? `load ${id}`);
    this.source = source;
    this.firstClass = place.firstClass;
    this.#zones = place.zones;
    this.context.cpu = place.cpu;
    this.context.interruptsOff = source.interruptsOff;
    this.context.inSoftirq = source.interrupt === true;
    this.context.makeItFail = place.makeItFail ?? true;
    this.context.failNth = place.failNth ?? 0;
    this.#objects = new Int32Array(source.slots).fill(NONE);
    this.#metadata = new Int32Array(source.slots).fill(NONE);
  }

  /** At every operation in user space or inside a slow path, seldom in a driver's loop. */
  override maySwitch(): boolean {
    if (this.source.interruptsOff) return false;
    if (this.source.process !== undefined || this.slowPath !== null) return true;
    this.#stepsUnderContention++;
    return this.#stepsUnderContention % OPERATIONS_PER_RESCHED === 0;
  }

  override userShare(returnNs: number): number {
    if (this.source.process === undefined || this.slowPath !== null) return 0;
    const userNs = this.operation.thinkNs + returnNs;
    return userNs / (this.kernelNs + userNs);
  }

  isLive(slot: number): boolean {
    return this.#objects[slot] !== NONE;
  }

  freePages(zone: ZoneName): number {
    return this.#zones.find(({ name }) => name === zone)?.freeSeen ?? 0;
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
