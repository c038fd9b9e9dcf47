import * as z from 'zod';
import { PAGE_BYTES } from '../../base/units.ts';
import type { RandomStream } from '../../engine/random-stream.ts';
import {
  OP_END,
  OP_READ,
  OP_WRITE,
  type Operation,
  type OperationSource,
  type OwnFile,
  type OwnMemory,
} from '../../model/operation.ts';
import { attemptsField, memoryField, timeField } from '../parameter-fields.ts';
import type { Workload } from '../workload.ts';
import { Zipf } from '../zipf.ts';

const PARAMETERS = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .max(100)
      .default('file')
      .meta({ description: 'Name of the file; tasks that give one name share it' }),
    size: memoryField()
      .prefault('64MiB')
      .meta({ description: 'Size of the file', unit: 'bytes', examples: ['320MiB'] }),
    pattern: z
      .enum(['sequential', 'random'])
      .default('sequential')
      .meta({ description: 'One page after the other, from the start again, or by popularity' }),
    zipf: z
      .number()
      .min(0)
      .max(4)
      .default(0)
      .meta({
        description: 'Exponent of the popularity of the pages of a random pattern; 0: all alike',
        examples: [0.8],
      }),
    write: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .meta({
        description: 'Share of the accesses that write a page',
        unit: '%',
        examples: [30],
      }),
    passes: z
      .number()
      .positive()
      .default(2)
      .meta({
        description: 'Accesses as multiples of the pages of the file, unless accesses are given',
        examples: [2],
      }),
    accesses: attemptsField()
      .optional()
      .meta({ description: 'Accesses after which it exits', examples: [10000] }),
    think: timeField()
      .prefault('1us')
      .meta({ description: 'Time between two accesses', unit: 'ns', examples: ['10us'] }),
    start: timeField()
      .prefault('0ns')
      .meta({ description: 'Time before the first access', unit: 'ns', examples: ['1s'] }),
  })
  .refine(({ size }) => size < Number.POSITIVE_INFINITY, {
    path: ['size'],
    error: 'expected a size, for a file has one',
  });

type Params = z.output<typeof PARAMETERS>;

/** A user process that reads a file through the page cache, and may write to it. */
const workload: Workload<Params> = {
  name: 'file-reader',
  summary: 'read a file through the page cache, in order or at random, and write a share of it',
  parameters: PARAMETERS,
  start: (params, streams, _kernel, task = 0) =>
    new ReaderSource(params, streams.stream('file-reader', task)),
};

export default workload;

class ReaderSource implements OperationSource {
  readonly classes = [];
  readonly slots = 0;
  readonly interruptsOff = false;
  readonly process: OwnMemory = { name: 'file-reader', pages: 0, oomScoreAdj: 0 };
  readonly file: OwnFile;
  readonly #params: Params;
  readonly #draws: RandomStream;
  readonly #popularity: Zipf;
  readonly #pages: number;
  readonly #accesses: number;
  #done = 0;

  constructor(params: Params, draws: RandomStream) {
    this.#params = params;
    this.#draws = draws;
    this.#popularity = new Zipf(params.zipf, draws);
    this.#pages = Math.ceil(params.size / PAGE_BYTES);
    this.#accesses = params.accesses ?? Math.ceil(params.passes * this.#pages);
    this.file = { name: params.file, pages: this.#pages };
  }

  next(operation: Operation): void {
    const { pattern, write, think, start } = this.#params;
    if (this.#done >= this.#accesses) {
      operation.kind = OP_END;
      return;
    }
    const isInOrder = pattern === 'sequential';
    operation.slot = isInOrder ? this.#done % this.#pages : this.#popularity.rank(this.#pages);
    operation.kind = write > 0 && this.#draws.double() * 100 < write ? OP_WRITE : OP_READ;
    operation.thinkNs = think;
    operation.notBeforeNs = start;
    this.#done++;
  }
}
