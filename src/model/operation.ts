import type { Gfp } from '../kernel/kernel-profile.ts';

/** Nothing more to do: the task ends. */
export const OP_END = 0;
/** kmalloc(sizeBytes) with the gfp of `gfpClass`, into `slot` (−1: keep it for ever). */
export const OP_ALLOCATE = 1;
/** kfree of what `slot` holds. */
export const OP_FREE = 2;

/** The operation a task asks for next: a cursor that the source fills and the machine reads. */
export class Operation {
  kind = OP_END;
  slot = -1;
  sizeBytes = 0;
  gfpClass = 0;
  /** Time between the end of the former operation and this one, whole ns. */
  thinkNs = 0;
}

/** What a source may know of its own task: a closed loop's next draw depends on it. */
export interface TaskView {
  isLive(slot: number): boolean;
  /** The task's allocation requests so far that were refused, and all of them. */
  readonly failures: number;
  readonly attempts: number;
}

/** The gfp classes that a source uses, by index. */
export interface GfpClass {
  readonly name: string;
  readonly gfp: Gfp;
}

/**
 * Who asks for memory: a generator and a recorded trace are the same thing to the machine.
 * One operation at a time, because the measured driver's random draws depend on outcomes
 * (a refused allocation leaves its slot empty), which no batch made ahead could know.
 */
export interface OperationSource {
  readonly classes: readonly GfpClass[];
  /** Slots it uses; 0 when it never frees. */
  readonly slots: number;
  /** The whole loop runs with interrupts off. */
  readonly interruptsOff: boolean;
  next(operation: Operation, task: TaskView): void;
}
