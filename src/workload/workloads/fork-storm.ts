import * as z from 'zod';
import { PAGE_BYTES } from '../../base/units.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import {
  type GfpClass,
  OP_ALLOCATE,
  OP_END,
  OP_FREE,
  OP_RELEASE,
  OP_TOUCH,
  type Operation,
  type OperationSource,
  type OwnMemory,
  type TaskView,
} from '../../model/operation.ts';
import { gfpClassOf, memoryField, timeField } from '../parameter-fields.ts';
import type { Workload } from '../workload.ts';

/** What the kernel allocates for a child, bytes: stack, task, mm, files and signal tables. */
const KERNEL_OBJECTS = [16384, 4096, 1024, 1024, 2048];
const OBJECTS = KERNEL_OBJECTS.length;

const PARAMETERS = z
  .strictObject({
    children: z
      .int()
      .min(1)
      .max(65536)
      .default(64)
      .meta({ description: 'Children alive at once', examples: [64] }),
    forks: z
      .int()
      .min(1)
      .default(2000)
      .meta({ description: 'Forks after which all children exit and it ends', examples: [2000] }),
    memory: memoryField()
      .prefault('128kB')
      .meta({ description: 'Memory that a child touches', unit: 'bytes', examples: ['1MiB'] }),
    think: timeField()
      .prefault('5us')
      .meta({ description: 'Time between two steps of a fork', unit: 'ns', examples: ['5us'] }),
    'oom-score-adj': z
      .int()
      .min(-1000)
      .max(1000)
      .default(0)
      .meta({ description: 'Its oom_score_adj; -1000 spares it', examples: [0] }),
  })
  .refine(({ memory }) => memory < Number.POSITIVE_INFINITY, {
    path: ['memory'],
    error: 'expected an amount, for a child must end',
  });

type Params = z.output<typeof PARAMETERS>;

/** Forks and exits: stacks of order 2, kernel objects, and a little memory each. */
const workload: Workload<Params> = {
  name: 'fork-storm',
  summary: 'fork children that touch a little memory, the oldest exiting for every new one',
  parameters: PARAMETERS,
  start: (params, _streams, kernel) => new ForkSource(params, kernel),
};

export default workload;

/**
 * One fork takes a place in the ring of children:
 *
 *   free the old child's objects │ release its pages │ allocate objects │ touch pages
 *
 * and once round again in the end, where nothing new comes. A refused object leaves its child
 * without it; the rest goes on.
 */
class ForkSource implements OperationSource {
  readonly classes: readonly GfpClass[];
  readonly slots: number;
  readonly interruptsOff = false;
  readonly process: OwnMemory;
  readonly #params: Params;
  readonly #pages: number;
  #forks = 0;
  #step = 0;

  constructor(params: Params, kernel: KernelProfile) {
    this.#params = params;
    this.#pages = Math.ceil(params.memory / PAGE_BYTES);
    this.classes = [gfpClassOf('GFP_KERNEL_ACCOUNT', false, kernel)];
    this.slots = params.children * OBJECTS;
    const pages = params.children * this.#pages;
    this.process = { name: 'fork-storm', pages, oomScoreAdj: params['oom-score-adj'] };
  }

  next(operation: Operation, task: TaskView): void {
    const { children, forks, think } = this.#params;
    operation.thinkNs = think;
    operation.gfpClass = 0;
    while (this.#forks < forks + children) {
      const step = this.#step++;
      if (step < OBJECTS + this.#pages) {
        if (this.#leave(operation, step, task)) return;
      } else if (this.#forks < forks && step < 2 * (OBJECTS + this.#pages)) {
        this.#come(operation, step - OBJECTS - this.#pages);
        return;
      } else {
        this.#forks++;
        this.#step = 0;
      }
    }
    operation.kind = OP_END;
  }

  /** True when there is something of an old child left to give back at this step. */
  #leave(operation: Operation, step: number, task: TaskView): boolean {
    const child = this.#forks % this.#params.children;
    if (step < OBJECTS) {
      operation.kind = OP_FREE;
      operation.slot = child * OBJECTS + step;
      return task.isLive(operation.slot);
    }
    operation.kind = OP_RELEASE;
    operation.slot = child * this.#pages + step - OBJECTS;
    return this.#forks >= this.#params.children;
  }

  #come(operation: Operation, step: number): void {
    const child = this.#forks % this.#params.children;
    const isObject = step < OBJECTS;
    operation.kind = isObject ? OP_ALLOCATE : OP_TOUCH;
    operation.slot = isObject ? child * OBJECTS + step : child * this.#pages + step - OBJECTS;
    operation.sizeBytes = KERNEL_OBJECTS[step] ?? 0;
  }
}
