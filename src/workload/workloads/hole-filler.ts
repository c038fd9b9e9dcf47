import * as z from 'zod';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { ZONE_NAMES, type ZoneName } from '../../model/machine-config.ts';
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
  gfpClassOf,
  gfpField,
  objectSizeField,
  switchField,
  timeField,
} from '../parameter-fields.ts';
import type { Workload } from '../workload.ts';

const PARAMETERS = z.strictObject({
  size: objectSizeField()
    .default(512)
    .meta({ description: 'Bytes of the objects that leave holes', unit: 'bytes', examples: [512] }),
  gfp: gfpField()
    .default('GFP_KERNEL')
    .meta({ description: 'Mask of those who fill the holes', examples: ['GFP_KERNEL'] }),
  holes: z
    .int()
    .min(1)
    .max(1 << 22)
    .default(2048)
    .meta({ description: 'Holes: of twice as many objects every other one is freed' }),
  'drain-size': objectSizeField()
    .default(64)
    .meta({ description: 'Bytes of the objects that then empty the machine', unit: 'bytes' }),
  'drain-gfp': gfpField()
    .default('GFP_ATOMIC')
    .meta({ description: 'Mask of those who empty it', examples: ['GFP_ATOMIC'] }),
  drain: z
    .int()
    .min(0)
    .default(100_000)
    .meta({ description: 'How many of them there are at most', examples: [100000] }),
  'drain-until': z
    .partialRecord(z.enum(ZONE_NAMES), z.int().min(0))
    .default({})
    .meta({
      description: 'Free pages of each zone named, at or below which all of them are enough',
      unit: 'pages',
      examples: [{ DMA: 128, DMA32: 210 }],
    }),
  think: timeField()
    .prefault('1us')
    .meta({ description: 'Time between two operations', unit: 'ns', examples: ['1us'] }),
  nowarn: switchField()
    .prefault(true)
    .meta({ description: '__GFP_NOWARN is added to every request', examples: [true] }),
});

type Params = z.output<typeof PARAMETERS>;

/** Callers that need no page themselves, while their metadata does. */
const workload: Workload<Params> = {
  name: 'hole-filler',
  summary:
    'make holes in a cache, empty the machine, then fill the holes: only metadata needs pages',
  parameters: PARAMETERS,
  start: (params, _streams, kernel) => new HoleSource(params, kernel),
};

export default workload;

/** make objects │ free every other one │ drain │ fill the holes │ free what the holes held */
class HoleSource implements OperationSource {
  readonly classes: readonly GfpClass[];
  readonly slots: number;
  readonly interruptsOff = false;
  readonly #params: Params;
  readonly #until: [ZoneName, number][];
  #step = 0;

  constructor(params: Params, kernel: KernelProfile) {
    this.#params = params;
    this.slots = params.holes * 2;
    this.#until = ZONE_NAMES.flatMap((zone) => {
      const pages = params['drain-until'][zone];
      return pages === undefined ? [] : [[zone, pages] as [ZoneName, number]];
    });
    this.classes = [
      gfpClassOf(params.gfp, params.nowarn, kernel),
      gfpClassOf(params['drain-gfp'], params.nowarn, kernel),
    ];
  }

  next(operation: Operation, task: TaskView): void {
    const { holes, drain, size, think } = this.#params;
    const made = this.slots;
    operation.thinkNs = think;
    operation.gfpClass = 0;
    const drained = made + holes + drain;
    for (;;) {
      const isDraining = this.#step >= made + holes && this.#step < drained;
      if (isDraining && this.#isEmptyEnough(task)) this.#step = drained;
      const step = this.#step++;
      operation.kind = OP_ALLOCATE;
      operation.sizeBytes = size;
      if (step < made) operation.slot = step;
      else if (step < made + holes) this.#free(operation, (step - made) * 2);
      else if (step < drained) this.#drain(operation);
      else if (step < drained + holes) operation.slot = (step - drained) * 2;
      else if (step < drained + holes + made) {
        this.#free(operation, step - drained - holes);
      } else {
        operation.kind = OP_END;
        return;
      }
      // A refused object leaves nothing to free.
      if (operation.kind === OP_ALLOCATE || task.isLive(operation.slot)) return;
    }
  }

  #isEmptyEnough(task: TaskView): boolean {
    const until = this.#until;
    return until.length > 0 && until.every(([zone, pages]) => task.freePages(zone) <= pages);
  }

  #free(operation: Operation, slot: number): void {
    operation.kind = OP_FREE;
    operation.slot = slot;
  }

  #drain(operation: Operation): void {
    operation.slot = -1;
    operation.sizeBytes = this.#params['drain-size'];
    operation.gfpClass = 1;
  }
}
