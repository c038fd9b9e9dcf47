import * as z from 'zod';
import type { RandomStream } from '../../engine/random-stream.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import {
  type GfpClass,
  OP_ALLOCATE,
  OP_END,
  OP_FREE,
  OP_LEAK,
  type Operation,
  type OperationSource,
  type TaskView,
} from '../../model/operation.ts';
import {
  attemptsField,
  gfpClassOf,
  gfpField,
  objectSizeField,
  switchField,
  timeField,
} from '../parameter-fields.ts';
import type { Workload } from '../workload.ts';

const PARAMETERS = z.strictObject({
  size: objectSizeField()
    .default(128)
    .meta({ description: 'Bytes of each object', unit: 'bytes', examples: [128] }),
  gfp: gfpField()
    .default('GFP_KERNEL')
    .meta({ description: "The callers' gfp mask", examples: ['GFP_KERNEL', 'GFP_ATOMIC'] }),
  live: z
    .int()
    .min(1)
    .max(1 << 24)
    .default(256)
    .meta({ description: 'Objects that it holds at once', examples: [256] }),
  leaks: z
    .number()
    .min(0)
    .max(100)
    .default(1)
    .meta({
      description: 'Share of the objects whose last pointer is lost instead of freed',
      unit: '%',
      examples: [1, 0.1],
    }),
  attempts: attemptsField()
    .prefault(20000)
    .meta({ description: 'Requests after which it frees what it still holds and ends' }),
  think: timeField()
    .prefault('50us')
    .meta({ description: 'Time between two operations', unit: 'ns', examples: ['1ms'] }),
  nowarn: switchField()
    .prefault(false)
    .meta({ description: '__GFP_NOWARN is added to every request', examples: [false] }),
});

type Params = z.output<typeof PARAMETERS>;

/** A kernel task that forgets some of what it allocated: what kmemleak is for. */
const workload: Workload<Params> = {
  name: 'leaker',
  summary: 'allocate and free in turn, and lose the last pointer to some of the objects',
  parameters: PARAMETERS,
  start: (params, streams, kernel, task = 0) =>
    new LeakerSource(params, kernel, streams.stream('leaker', task)),
};

export default workload;

/** Goes round its slots: what a slot holds is freed, or leaked, before it is used again. */
class LeakerSource implements OperationSource {
  readonly classes: readonly GfpClass[];
  readonly slots: number;
  readonly interruptsOff = false;
  readonly #params: Params;
  readonly #draws: RandomStream;
  #at = 0;
  #cleaned = 0;

  constructor(params: Params, kernel: KernelProfile, draws: RandomStream) {
    this.classes = [gfpClassOf(params.gfp, params.nowarn, kernel)];
    this.slots = params.live;
    this.#params = params;
    this.#draws = draws;
  }

  next(operation: Operation, task: TaskView): void {
    const { attempts, leaks, size, think } = this.#params;
    operation.thinkNs = think;
    if (task.attempts >= attempts) {
      this.#freeNext(operation, task);
      return;
    }
    const slot = this.#at;
    operation.slot = slot;
    if (task.isLive(slot)) {
      operation.kind = leaks > 0 && this.#draws.double() * 100 < leaks ? OP_LEAK : OP_FREE;
      return;
    }
    this.#at = (slot + 1) % this.slots;
    operation.kind = OP_ALLOCATE;
    operation.sizeBytes = size;
    operation.gfpClass = 0;
  }

  #freeNext(operation: Operation, task: TaskView): void {
    while (this.#cleaned < this.slots && !task.isLive(this.#cleaned)) this.#cleaned++;
    operation.kind = this.#cleaned < this.slots ? OP_FREE : OP_END;
    operation.slot = this.#cleaned;
  }
}
