import * as z from 'zod';
import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import {
  type GfpClass,
  OP_ALLOCATE,
  OP_END,
  OP_FREE,
  type Operation,
  type OperationSource,
  type TaskView,
} from '../../model/operation.ts';
import { gfpClassOf, switchField, timeField } from '../parameter-fields.ts';
import { parseTrace, type TraceTable } from '../trace-text.ts';
import type { Workload } from '../workload.ts';

const PARAMETERS = z.strictObject({
  file: z
    .string()
    .min(1)
    .meta({
      description: 'Trace to play, as import ftrace writes it; relative to the scenario file',
      examples: ['boot.csv'],
    }),
  speed: z
    .number()
    .positive()
    .max(1e6)
    .default(1)
    .meta({ description: 'Times as fast as it was recorded', examples: [1, 10, 0.5] }),
  repeat: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .meta({
      description: 'Times that it is played; before each further one all that is left is freed',
      examples: [1, 20],
    }),
  start: timeField()
    .prefault('0ns')
    .meta({ description: 'Time before the first event', unit: 'ns', examples: ['60s'] }),
  nowarn: switchField()
    .prefault(false)
    .meta({ description: '__GFP_NOWARN is added to every request', examples: [false] }),
});

type Params = z.output<typeof PARAMETERS>;

/**
 * Plays what a kernel's kmem trace events told, event by event at their own times: an open loop.
 * A caller that is delayed has what follows at once, until it has caught up.
 *
 * Departs: objects of named caches are asked of kmalloc, by the bytes that were requested; all
 * requests are one task's, whichever tasks, CPUs and interrupts made them; nobody holds a lock;
 * pages beside those of slabs and large kmallocs are not asked for. A free of what was refused
 * here is left out.
 */
const workload: Workload<Params> = {
  name: 'trace',
  summary: 'play the requests and frees of a recorded trace, each at its time',
  parameters: PARAMETERS,
  files: {
    file: {
      expected: 'a trace as gfpsim import ftrace writes it',
      check: (text, file, kernel) => {
        for (const { gfp, at } of parseTrace(text, file).written) {
          located(at, () => gfpClassOf(gfp, false, kernel));
        }
      },
    },
  },
  start: (params, _streams, kernel) => new TraceSource(params, tableOf(params), kernel),
};

export default workload;

/** Tables by the parameters that they were read from: a scenario's runs share one. */
const TABLES = new WeakMap<Params, TraceTable>();

/** Pure: what is kept is only what would be read again. */
function tableOf(params: Params): TraceTable {
  const known = TABLES.get(params);
  if (known !== undefined) return known;
  const table = parseTrace(params.file, 'the trace');
  TABLES.set(params, table);
  return table;
}

class TraceSource implements OperationSource {
  readonly classes: readonly GfpClass[];
  readonly slots: number;
  readonly interruptsOff = false;
  readonly #table: TraceTable;
  readonly #speed: number;
  readonly #roundNs: number;
  /** When the round in hand began, ns. */
  #roundStartNs: number;
  #roundsLeft: number;
  #row = 0;
  /** Next slot to free before the trace begins again. */
  #cleaned = 0;

  constructor(params: Params, table: TraceTable, kernel: KernelProfile) {
    this.classes = table.written.map(({ gfp }) => gfpClassOf(gfp, params.nowarn, kernel));
    this.slots = table.slots;
    this.#table = table;
    this.#speed = params.speed;
    this.#roundNs = Math.floor(table.timesNs[table.length - 1]! / params.speed);
    this.#roundStartNs = params.start;
    this.#roundsLeft = params.repeat - 1;
  }

  next(operation: Operation, task: TaskView): void {
    const { length, timesNs, objects, sizesBytes, masks } = this.#table;
    // The free of an object that was refused.
    while (this.#row < length && sizesBytes[this.#row] === 0 && !task.isLive(objects[this.#row]!)) {
      this.#row++;
    }
    if (this.#row === length) {
      this.#endRound(operation, task);
      return;
    }
    const row = this.#row++;
    operation.notBeforeNs = this.#roundStartNs + Math.floor(timesNs[row]! / this.#speed);
    operation.slot = objects[row]!;
    operation.sizeBytes = sizesBytes[row]!;
    operation.gfpClass = masks[row]!;
    operation.kind = operation.sizeBytes === 0 ? OP_FREE : OP_ALLOCATE;
  }

  /** Frees what is left, then begins again; after the last round it stays. */
  #endRound(operation: Operation, task: TaskView): void {
    operation.kind = OP_END;
    if (this.#roundsLeft === 0) return;
    while (this.#cleaned < this.slots && !task.isLive(this.#cleaned)) this.#cleaned++;
    operation.notBeforeNs = this.#roundStartNs + this.#roundNs;
    if (this.#cleaned < this.slots) {
      operation.kind = OP_FREE;
      operation.slot = this.#cleaned;
      return;
    }
    this.#roundsLeft--;
    this.#roundStartNs += this.#roundNs;
    this.#cleaned = 0;
    this.#row = 0;
    this.next(operation, task);
  }
}

/** A mask that the kernel does not have is told where it stands. */
function located(at: TraceTable['written'][number]['at'], check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message, { at });
  }
}
