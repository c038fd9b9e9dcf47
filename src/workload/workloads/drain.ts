import * as z from 'zod';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { GfpClass, Operation, OperationSource, TaskView } from '../../model/operation.ts';
import { OP_ALLOCATE, OP_END } from '../../model/operation.ts';
import {
  attemptsField,
  gfpClassOf,
  gfpField,
  objectSizeField,
  switchField,
  timeField,
} from '../parameter-fields.ts';
import type { Workload } from '../workload.ts';

const PARAMETERS = z
  .strictObject({
    size: objectSizeField()
      .default(256)
      .meta({ description: 'Bytes of each object', unit: 'bytes', examples: [64, 256] }),
    gfp: gfpField()
      .default('GFP_ATOMIC')
      .meta({ description: "The callers' gfp mask", examples: ['GFP_ATOMIC', 'GFP_NOWAIT'] }),
    interrupts: switchField()
      .prefault('off')
      .meta({ description: 'Interrupts during the loop', examples: ['off'] }),
    attempts: attemptsField()
      .prefault('unlimited')
      .meta({ description: 'Requests after which the load ends', examples: [100000] }),
    'stop-on-failure': switchField()
      .prefault(true)
      .meta({ description: 'The first refused request ends the load', examples: [true] }),
    think: timeField()
      .prefault('0ns')
      .meta({ description: 'Time between two requests', unit: 'ns', examples: ['20us'] }),
    spinlock: z
      .boolean()
      .optional()
      .meta({ description: 'The callers hold a spinlock', examples: [true] }),
    start: timeField()
      .optional()
      .meta({ description: 'Time before the first request', unit: 'ns', examples: ['60s'] }),
    nowarn: switchField()
      .prefault(true)
      .meta({ description: '__GFP_NOWARN is added to every request', examples: [true] }),
  })
  .refine((params) => params['stop-on-failure'] || params.attempts < Number.POSITIVE_INFINITY, {
    path: ['attempts'],
    error: 'expected a number of attempts, for without stop-on-failure the load would never end',
  });

type Params = z.output<typeof PARAMETERS>;

/** One size, one gfp, nothing freed: how far the reserves let the callers and kmemleak go. */
const workload: Workload<Params> = {
  name: 'drain',
  summary: 'allocate one size with one gfp without freeing, until a refusal or a count',
  parameters: PARAMETERS,
  start: (params, _streams, kernel) => new DrainSource(params, kernel),
};

export default workload;

class DrainSource implements OperationSource {
  readonly classes: readonly GfpClass[];
  readonly slots = 0;
  readonly interruptsOff: boolean;
  readonly #sizeBytes: number;
  readonly #attempts: number;
  readonly #stopOnFailure: boolean;
  readonly #thinkNs: number;
  readonly #startNs: number;

  constructor(params: Params, kernel: KernelProfile) {
    const gfpClass = gfpClassOf(params.gfp, params.nowarn, kernel);
    this.classes = [params.spinlock === true ? { ...gfpClass, underLock: true } : gfpClass];
    this.interruptsOff = !params.interrupts;
    this.#sizeBytes = params.size;
    this.#attempts = params.attempts;
    this.#stopOnFailure = params['stop-on-failure'];
    this.#thinkNs = params.think;
    this.#startNs = params.start ?? 0;
  }

  next(operation: Operation, task: TaskView): void {
    const refused = this.#stopOnFailure && task.failures > 0;
    if (refused || task.attempts >= this.#attempts) {
      operation.kind = OP_END;
      return;
    }
    operation.kind = OP_ALLOCATE;
    operation.slot = -1;
    operation.sizeBytes = this.#sizeBytes;
    operation.gfpClass = 0;
    operation.thinkNs = this.#thinkNs;
    operation.notBeforeNs = this.#startNs;
  }
}
