import * as z from 'zod';
import { PAGE_BYTES } from '../../base/units.ts';
import type { RandomStream } from '../../engine/random-stream.ts';
import {
  OP_END,
  OP_IDLE,
  OP_TOUCH,
  type Operation,
  type OperationSource,
  type OwnMemory,
} from '../../model/operation.ts';
import { attemptsField, memoryField, timeField } from '../parameter-fields.ts';
import type { Workload } from '../workload.ts';
import { Zipf } from '../zipf.ts';

const PARAMETERS = z.strictObject({
  size: memoryField()
    .prefault('unlimited')
    .meta({ description: 'Memory it touches at most', unit: 'bytes', examples: ['200MiB'] }),
  chunk: memoryField()
    .prefault('1MiB')
    .meta({ description: 'Memory it touches, anew or again, between two pauses', unit: 'bytes' }),
  pause: timeField()
    .prefault('0ns')
    .meta({ description: 'Time it sleeps between two chunks', unit: 'ns', examples: ['10ms'] }),
  // The measured hog took 4.5 to 9 ms for 1 MiB on 4.17, its faults included.
  think: timeField()
    .prefault('20us')
    .meta({ description: 'Time between two accesses', unit: 'ns', examples: ['20us'] }),
  start: timeField()
    .prefault('0ns')
    .meta({ description: 'Time before the first access', unit: 'ns', examples: ['1s'] }),
  reuse: z
    .number()
    .min(0)
    .max(100)
    .default(0)
    .meta({
      description: 'Share of the accesses that go to memory it touched before',
      unit: '%',
      examples: [50],
    }),
  'working-set': memoryField()
    .prefault('unlimited')
    .meta({
      description: 'Memory that it uses again: its first pages up to this size',
      unit: 'bytes',
      examples: ['64MiB'],
    }),
  zipf: z
    .number()
    .min(0)
    .max(4)
    .default(0)
    .meta({
      description: 'Exponent of the popularity of what it uses again; 0: all alike',
      examples: [0.8],
    }),
  accesses: attemptsField()
    .prefault('unlimited')
    .meta({ description: 'Accesses after which it exits', examples: [100000] }),
  'when-full': z
    .enum(['hold', 'reuse', 'exit'])
    .default('hold')
    .meta({ description: 'At its full size it sleeps, goes on using its memory, or exits' }),
  'oom-score-adj': z
    .int()
    .min(-1000)
    .max(1000)
    .default(0)
    .meta({ description: 'Its oom_score_adj; -1000 spares it', examples: [0, -1000] }),
});

type Params = z.output<typeof PARAMETERS>;

/** A user process that touches ever more memory, 1 MiB at a time, until it is killed. */
const workload: Workload<Params> = {
  name: 'hog',
  summary: 'touch ever more memory of its own, and what it has again, until killed or full',
  parameters: PARAMETERS,
  start: (params, streams, _kernel, task = 0) => new HogSource(params, streams.stream('hog', task)),
};

export default workload;

class HogSource implements OperationSource {
  readonly classes = [];
  readonly slots = 0;
  readonly interruptsOff = false;
  readonly background: boolean;
  readonly process: OwnMemory;
  readonly #params: Params;
  readonly #draws: RandomStream;
  readonly #popularity: Zipf;
  readonly #pages: number;
  readonly #chunkPages: number;
  readonly #hotPages: number;
  #touched = 0;
  #accesses = 0;

  constructor(params: Params, draws: RandomStream) {
    this.#params = params;
    this.#draws = draws;
    this.#popularity = new Zipf(params.zipf, draws);
    this.#pages = pagesIn(params.size);
    this.#chunkPages = pagesIn(params.chunk);
    this.#hotPages = pagesIn(params['working-set']);
    this.process = { name: 'hog', pages: this.#pages, oomScoreAdj: params['oom-score-adj'] };
    this.background = params['when-full'] === 'hold' && this.#pages < Number.POSITIVE_INFINITY;
  }

  next(operation: Operation): void {
    const { accesses, start, think, pause } = this.#params;
    const whenFull = this.#params['when-full'];
    if (this.#accesses >= accesses) {
      operation.kind = OP_END;
      return;
    }
    operation.notBeforeNs = start;
    const isFull = this.#touched >= this.#pages;
    if (isFull && whenFull !== 'reuse') {
      operation.kind = whenFull === 'exit' ? OP_END : OP_IDLE;
      operation.thinkNs = HOLD_NS;
      return;
    }
    operation.kind = OP_TOUCH;
    operation.thinkNs = think;
    const isNextChunk = this.#accesses > 0 && this.#accesses % this.#chunkPages === 0;
    operation.restNs = isNextChunk ? pause : 0;
    this.#accesses++;
    if (isFull || this.#reuses()) {
      operation.slot = this.#popularity.rank(Math.min(this.#touched, this.#hotPages));
      return;
    }
    operation.slot = this.#touched++;
  }

  #reuses(): boolean {
    const { reuse } = this.#params;
    return reuse > 0 && this.#touched > 0 && this.#draws.double() * 100 < reuse;
  }
}

/** A sleep that nobody lives to see the end of. */
const HOLD_NS = 1e15;

function pagesIn(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES);
}
