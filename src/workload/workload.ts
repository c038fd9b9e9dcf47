import type * as z from 'zod';
import type { Named } from '../base/catalog.ts';
import type { RandomStreams } from '../engine/random-streams.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { OperationSource } from '../model/operation.ts';

/** A parameter that names a file. */
export interface FileParameter {
  /** What the file is to be, as a phrase that follows "expected". */
  readonly expected: string;
  /** The first mistake in its text is a UserError with its place in the file. */
  check(text: string, file: string, kernel: KernelProfile): void;
}

/** A kind of load. Parameters are checked at scenario load, by their schema's own messages. */
export interface Workload<Params = unknown> extends Named {
  /** Every parameter with unit, default and description (`.meta({ description })`). */
  readonly parameters: z.ZodType<Params>;
  /**
   * Parameters that a scenario gives as the path of a file and `start` has as its text: whoever
   * loads the scenario reads it, so that what runs are made of is plain data. Absent: none.
   */
  readonly files?: Readonly<Record<string, FileParameter>>;
  /** Pure: the same parameters, seed and kernel give the same operations for the same outcomes. */
  start(
    params: Params,
    streams: RandomStreams,
    kernel: KernelProfile,
    /** Which of the tasks that run this load, from 0: tasks must not do the same in step. */
    task?: number,
  ): OperationSource;
}
