import type { Gfp } from '../kernel/kernel-profile.ts';
import type { ZoneName } from './machine-config.ts';

/** Nothing more to do: the task ends. */
export const OP_END = 0;
/** kmalloc(sizeBytes) with the gfp of `gfpClass`, into `slot` (−1: keep it for ever). */
export const OP_ALLOCATE = 1;
/** kfree of what `slot` holds. */
export const OP_FREE = 2;
/** A write to page `slot` of the task's own memory. */
export const OP_TOUCH = 3;
/** Page `slot` of the task's own memory is given back. */
export const OP_RELEASE = 4;
/** A read from page `slot` of the task's file, or a write to it. */
export const OP_READ = 5;
export const OP_WRITE = 6;
/** The last pointer to what `slot` holds is lost: it is a leak from now on. */
export const OP_LEAK = 7;
/** Nothing, for as long as the think time says. */
export const OP_IDLE = 8;

/** The operation a task asks for next: a cursor that the source fills and the machine reads. */
export class Operation {
  kind = OP_END;
  slot = -1;
  sizeBytes = 0;
  gfpClass = 0;
  /** Time between the end of the former operation and this one, whole ns. */
  thinkNs = 0;
  /** Time that it then sleeps off its CPU before this operation, whole ns. */
  restNs = 0;
  /** It does not start before this moment of the run, ns: an open loop, or a pace. */
  notBeforeNs = 0;
}

/** What a source may know of its own task: a closed loop's next draw depends on it. */
export interface TaskView {
  isLive(slot: number): boolean;
  /** The task's allocation requests so far that were refused, and all of them. */
  readonly failures: number;
  readonly attempts: number;
  /** NR_FREE_PAGES of this zone as everybody reads it; 0 where the machine has no such zone. */
  freePages(zone: ZoneName): number;
}

/** The gfp classes that a source uses, by index. */
export interface GfpClass {
  readonly name: string;
  readonly gfp: Gfp;
  /** Its callers hold a spinlock. */
  readonly underLock?: boolean;
  /** Of each of its objects a part alone is to be scanned. */
  readonly scanArea?: boolean;
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
  /** The task is a user process that can be killed; absent: it runs inside the kernel. */
  readonly process?: OwnMemory;
  /** The file that it reads and writes; one name is one file, whoever uses it. */
  readonly file?: OwnFile;
  /** The run ends without waiting for this task. */
  readonly background?: boolean;
  /**
   * Not a thread but interrupts: `thinkNs` of an operation is the time since the last arrival, 0
   * for more work of the same one.
   */
  readonly interrupt?: boolean;
  next(operation: Operation, task: TaskView): void;
}

/** The memory of a user process. */
export interface OwnMemory {
  readonly name: string;
  /** Pages that it may ever touch; infinite: as much as the machine and its swap can hold. */
  readonly pages: number;
  readonly oomScoreAdj: number;
}

export interface OwnFile {
  readonly name: string;
  readonly pages: number;
}
