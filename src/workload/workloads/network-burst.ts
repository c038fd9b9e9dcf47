import * as z from 'zod';
import { log } from '../../engine/portable-math.ts';
import type { RandomStream } from '../../engine/random-stream.ts';
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
import {
  attemptsField,
  gfpClassOf,
  gfpField,
  objectSizeField,
  switchField,
  timeField,
} from '../parameter-fields.ts';
import type { Workload } from '../workload.ts';

/** What one packet takes: its descriptor, and a buffer of `size` bytes. */
const DESCRIPTOR_BYTES = 256;
const OBJECTS = 2;

const PARAMETERS = z.strictObject({
  size: objectSizeField()
    .default(2048)
    .meta({ description: 'Bytes of a packet buffer', unit: 'bytes', examples: [2048] }),
  gfp: gfpField()
    .default('GFP_ATOMIC')
    .meta({ description: 'Mask of the receive path', examples: ['GFP_ATOMIC'] }),
  interval: timeField()
    .prefault('1ms')
    .meta({ description: 'Mean time between two bursts, exponential', unit: 'ns' }),
  packets: z
    .int()
    .min(1)
    .max(65536)
    .default(16)
    .meta({ description: 'Mean packets of a burst, geometric', examples: [16, 64] }),
  backlog: z
    .int()
    .min(1)
    .max(1 << 20)
    .default(512)
    .meta({ description: 'Packets that wait for their reader; older ones were read' }),
  attempts: attemptsField()
    .prefault(20000)
    .meta({ description: 'Requests after which no packet comes any more' }),
  nowarn: switchField()
    .prefault(false)
    .meta({ description: '__GFP_NOWARN is added to every request', examples: [false] }),
});

type Params = z.output<typeof PARAMETERS>;

/** Receive interrupts: whoever runs is interrupted, and nobody here can wait for memory. */
const workload: Workload<Params> = {
  name: 'network-burst',
  summary: 'receive packets in interrupts, in bursts that come at random',
  parameters: PARAMETERS,
  start: (params, streams, kernel, task = 0) =>
    new BurstSource(params, kernel, streams.stream('network-burst', task)),
};

export default workload;

/** Packets go round a ring; what a place still holds was read meanwhile and is freed first. */
class BurstSource implements OperationSource {
  readonly classes: readonly GfpClass[];
  readonly slots: number;
  readonly interruptsOff = false;
  readonly interrupt = true;
  readonly #params: Params;
  readonly #draws: RandomStream;
  #slot = 0;
  /** Packets left of the burst in hand. */
  #left = 0;

  constructor(params: Params, kernel: KernelProfile, draws: RandomStream) {
    this.classes = [gfpClassOf(params.gfp, params.nowarn, kernel)];
    this.slots = params.backlog * OBJECTS;
    this.#params = params;
    this.#draws = draws;
  }

  next(operation: Operation, task: TaskView): void {
    if (task.attempts >= this.#params.attempts) {
      operation.kind = OP_END;
      return;
    }
    operation.slot = this.#slot;
    operation.gfpClass = 0;
    operation.thinkNs = this.#left > 0 ? 0 : this.#startBurst();
    if (task.isLive(this.#slot)) {
      operation.kind = OP_FREE;
      return;
    }
    const isBuffer = this.#slot % OBJECTS === 1;
    operation.kind = OP_ALLOCATE;
    operation.sizeBytes = isBuffer ? this.#params.size : DESCRIPTOR_BYTES;
    if (isBuffer) this.#left--;
    this.#slot = (this.#slot + 1) % this.slots;
  }

  /** Draws the size of the next burst; the time until it comes, at least 1 ns. */
  #startBurst(): number {
    const { interval, packets } = this.#params;
    this.#left = 1;
    while (this.#draws.double() * packets >= 1) this.#left++;
    return Math.max(1, Math.floor(-interval * log(1 - this.#draws.double())));
  }
}
