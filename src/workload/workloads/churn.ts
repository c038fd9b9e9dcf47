import * as z from 'zod';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { GfpClass, Operation, OperationSource, TaskView } from '../../model/operation.ts';
import { OP_ALLOCATE, OP_END, OP_FREE } from '../../model/operation.ts';
import {
  gfpClassOf,
  gfpField,
  objectSizeField,
  switchField,
  timeField,
} from '../parameter-fields.ts';
import type { Workload } from '../workload.ts';
import type { Uint32Source } from '../xorshift64-star.ts';
import { Xorshift64Star } from '../xorshift64-star.ts';

const SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096];
interface ClassShare {
  readonly gfp: string | number;
  readonly weight: number;
  readonly spinlock?: boolean | undefined;
  readonly 'scan-area'?: boolean | undefined;
}

const CLASSES = [
  { gfp: 'GFP_KERNEL', weight: 5 },
  { gfp: 'GFP_ATOMIC', weight: 3 },
  { gfp: 'GFP_NOWAIT', weight: 2 },
];

const PARAMETERS = z.strictObject({
  slots: z
    .int()
    .min(1)
    .max(1 << 24)
    .default(2048)
    .meta({ description: 'Objects that may be live at once', examples: [2048] }),
  sizes: z
    .array(objectSizeField())
    .min(1)
    .max(64)
    .default(SIZES)
    .meta({ description: 'Sizes, equally likely', unit: 'bytes', examples: [[64, 256]] }),
  classes: z
    .array(
      z.strictObject({
        gfp: gfpField(),
        weight: z.int().min(1).max(1000).default(1),
        spinlock: z.boolean().optional(),
        'scan-area': z.boolean().optional(),
      }),
    )
    .min(1)
    .max(16)
    .default(CLASSES)
    .meta({
      description:
        'Masks of the callers and their shares; spinlock: they hold one; scan-area: of each ' +
        'object a part alone is to be scanned',
      examples: [CLASSES],
    }),
  gfp: gfpField()
    .optional()
    .meta({ description: 'One mask for all callers, instead of classes', examples: ['0'] }),
  attempts: z
    .int()
    .min(1)
    .default(20000)
    .meta({ description: 'Allocation requests after which the load frees and ends' }),
  seed: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "The measured driver's generator with this seed", examples: [1] }),
  // With about as many frees as requests: 6.3 µs a request, what the measured driver needs on 6.1
  // when nothing else runs. On 4.17 it needs 4.8, on a loaded host some tens on either kernel.
  think: timeField()
    .prefault('3us')
    .meta({ description: 'Time between two operations', unit: 'ns', examples: ['50us'] }),
  rate: z
    .number()
    .positive()
    .optional()
    .meta({
      description:
        'Largest number of requests a second; it sleeps off what it is ahead, now and then',
      unit: '1/s',
      examples: [20000],
    }),
  nowarn: switchField()
    .prefault(true)
    .meta({ description: '__GFP_NOWARN is added to every request', examples: [true] }),
});

/**
 * The measured driver looks at its rate after so many operations: its rows come up to 32 early.
 * A slower load looks sooner, so that it is no longer ahead: one operation in two is a request.
 */
const OPERATIONS_PER_LOOK = 64;
const AHEAD_MAX_NS = 1.6e6;

type Params = z.output<typeof PARAMETERS>;

/** Mixed sizes and classes, allocated and freed at random; everything is freed in the end. */
const workload: Workload<Params> = {
  name: 'churn',
  summary: 'allocate and free mixed sizes and gfp classes in random slots, then free all',
  parameters: PARAMETERS,
  start: (params, streams, kernel, task = 0) => {
    const { seed } = params;
    const draws =
      seed === undefined ? streams.stream('churn', task) : new Xorshift64Star(seed + task);
    return new ChurnSource(params, kernel, draws);
  },
};

export default workload;

/**
 * Draws, in this order: the slot; for an empty one the size, and the class if there are several.
 * A refused request leaves its slot empty, so the draws that follow depend on it.
 */
class ChurnSource implements OperationSource {
  readonly classes: readonly GfpClass[];
  readonly slots: number;
  readonly interruptsOff = false;
  readonly #draws: Uint32Source;
  readonly #sizes: Int32Array;
  /** Class of each of the shares: 5, 3 and 2 of ten make 0000011122. */
  readonly #shares: Uint8Array;
  readonly #attempts: number;
  readonly #thinkNs: number;
  /** Time of one request at the largest rate. */
  readonly #paceNs: number;
  readonly #operationsPerLook: number;
  /** Next slot to free once the requests are done. */
  #cleaned = 0;
  #operations = 0;

  constructor(params: Params, kernel: KernelProfile, draws: Uint32Source) {
    const mix: readonly ClassShare[] =
      params.gfp === undefined ? params.classes : [{ gfp: params.gfp, weight: 1 }];
    this.classes = mix.map(({ gfp, ...rest }) => ({
      ...gfpClassOf(gfp, params.nowarn, kernel),
      ...markersOf(rest),
    }));
    this.slots = params.slots;
    this.#draws = draws;
    this.#sizes = Int32Array.from(params.sizes);
    this.#shares = Uint8Array.from(mix.flatMap(repeatedByWeight));
    this.#attempts = params.attempts;
    this.#thinkNs = params.think;
    this.#paceNs = params.rate === undefined ? 0 : 1e9 / params.rate;
    const ahead = Math.max(1, Math.floor((2 * AHEAD_MAX_NS) / this.#paceNs));
    this.#operationsPerLook = Math.min(OPERATIONS_PER_LOOK, ahead);
  }

  next(operation: Operation, task: TaskView): void {
    operation.thinkNs = this.#thinkNs;
    operation.notBeforeNs = this.#looks() ? Math.floor(task.attempts * this.#paceNs) : 0;
    if (task.attempts >= this.#attempts) {
      this.#freeNext(operation, task);
      return;
    }
    const slot = this.#draws.uint32() % this.slots;
    operation.slot = slot;
    if (task.isLive(slot)) {
      operation.kind = OP_FREE;
      return;
    }
    operation.kind = OP_ALLOCATE;
    operation.sizeBytes = this.#sizes[this.#draws.uint32() % this.#sizes.length]!;
    operation.gfpClass = this.#pickClass();
  }

  /** Is it time to see whether the requests are ahead of the rate? */
  #looks(): boolean {
    this.#operations++;
    return this.#operations % this.#operationsPerLook === 0;
  }

  #pickClass(): number {
    if (this.classes.length === 1) return 0;
    return this.#shares[this.#draws.uint32() % this.#shares.length]!;
  }

  #freeNext(operation: Operation, task: TaskView): void {
    while (this.#cleaned < this.slots && !task.isLive(this.#cleaned)) this.#cleaned += 1;
    operation.kind = this.#cleaned < this.slots ? OP_FREE : OP_END;
    operation.slot = this.#cleaned;
  }
}

function markersOf(share: Omit<ClassShare, 'gfp'>): Pick<GfpClass, 'underLock' | 'scanArea'> {
  return {
    ...(share.spinlock === true ? { underLock: true } : {}),
    ...(share['scan-area'] === true ? { scanArea: true } : {}),
  };
}

function repeatedByWeight(entry: { readonly weight: number }, index: number): number[] {
  return Array.from({ length: entry.weight }, () => index);
}
