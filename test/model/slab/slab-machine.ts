import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import {
  NONE,
  type PageSource,
  type SlowPath,
  WOULD_BLOCK,
} from '../../../src/model/page-source.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { SlabAllocator, type SlabParts } from '../../../src/model/slab/slab-allocator.ts';

/** What a scripted page source answers to one request. */
type Answer = 'page' | 'reserves' | 'none' | 'block';

/**
 * A page source that writes down what it is asked, as `order gfp`, and answers by a script;
 * when the script has ended, it gives pages. Frames count up from 1000, by block.
 */
export class ScriptedPages implements PageSource {
  readonly asked: string[] = [];
  readonly askedSlowly: string[] = [];
  readonly freed: string[] = [];
  readonly script: Answer[] = [];
  /** Answers of the slow path. */
  readonly slowScript: Answer[] = [];
  lastFromReserves = false;
  /** Pages handed out and not taken back. */
  held = 0;
  #next = 1000;

  allocate(order: number, gfp: number): number {
    this.asked.push(`${order} 0x${gfp.toString(16)}`);
    return this.#answer(this.script.shift() ?? 'page', order);
  }

  *allocateSlowly(order: number, gfp: number): SlowPath {
    this.askedSlowly.push(`${order} 0x${gfp.toString(16)}`);
    yield 100;
    return this.#answer(this.slowScript.shift() ?? 'page', order);
  }

  free(pfn: number, order: number): void {
    this.freed.push(`${pfn} ${order}`);
    this.held -= 1 << order;
  }

  #answer(answer: Answer, order: number): number {
    if (answer === 'none') return NONE;
    if (answer === 'block') return WOULD_BLOCK;
    this.lastFromReserves = answer === 'reserves';
    const pfn = this.#next;
    this.#next += 1 << order;
    this.held += 1 << order;
    return pfn;
  }
}

export interface SlabMachine {
  readonly slab: SlabAllocator;
  readonly pages: ScriptedPages;
  readonly owners: Map<number, number>;
  /** A task on this CPU. */
  on(cpu: number): TaskContext;
}

export function slabMachine(
  kernel: KernelProfile = linux417,
  cpus = 1,
  more: Partial<SlabParts> = {},
): SlabMachine {
  const pages = new ScriptedPages();
  const owners = new Map<number, number>();
  const slab = new SlabAllocator({
    kernel,
    cpus: { present: cpus, possible: cpus },
    pages,
    frames: {
      ownerOf: (pfn) => owners.get(pfn) ?? NONE,
      setOwner: (pfn, owner) => owners.set(pfn, owner),
    },
    failslab: { shouldFail: () => false },
    sleepCheck: { check: () => {} },
    costs: { slabFastNs: 10, slabNewNs: 200 },
    newFlag: null,
    states: [],
    ...more,
  });
  const tasks = Array.from({ length: cpus }, (_, cpu) => {
    const task = new TaskContext();
    task.cpu = cpu;
    return task;
  });
  return { slab, pages, owners, on: (cpu) => tasks[cpu]! };
}

/** Runs a slow path to its end: its answer and the nanoseconds it yielded. */
export function finish(path: SlowPath): { answer: number; ns: number } {
  let ns = 0;
  for (;;) {
    const step = path.next();
    if (step.done === true) return { answer: step.value, ns };
    ns += step.value;
  }
}
