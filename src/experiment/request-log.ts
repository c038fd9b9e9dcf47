import { PAGE_BYTES } from '../base/units.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { TaskSpec } from '../model/build-tasks.ts';
import { formatGfp } from '../model/mm/gfp.ts';
import {
  OP_ALLOCATE,
  OP_FREE,
  type Operation,
  type OperationSource,
  type TaskView,
} from '../model/operation.ts';
import {
  KMALLOC_CACHE_SIZE_MAX,
  KMALLOC_SIZES,
  kmallocClass,
} from '../model/slab/kmalloc-classes.ts';
import { orderOfBytes } from '../model/slab/slab-geometry.ts';

/**
 * The requests and frees of loads as lines of the kernel's kmem events, told when each is over:
 *
 *   kmalloc: call_site=load_0 ptr=0000000000000001 bytes_req=64 bytes_alloc=64 gfp_flags=GFP_KERNEL
 *   kfree: call_site=load_0 ptr=0000000000000001
 *
 * It stands between the machine and its loads: when the next operation is asked for, the former
 * one is over, and the task tells what came of it. Pointers are numbers that never come again; that
 * of a refusal is (null). The last operation of a task that is killed is not told.
 */
export class RequestLog {
  readonly #kernel: KernelProfile;
  readonly #lines: string[] = [];
  #objects = 0;

  constructor(kernel: KernelProfile) {
    this.#kernel = kernel;
  }

  /** What was told since it was last taken. */
  take(): string[] {
    return this.#lines.splice(0);
  }

  /** The same load, listened to. */
  watched(spec: TaskSpec, task: number): TaskSpec {
    const { source } = spec;
    const site = `load_${task}`;
    const pointers = new Map<number, string>();
    let refusals = 0;
    let isFirst = true;
    const next = (operation: Operation, view: TaskView): void => {
      if (!isFirst) {
        const isRefused = view.failures > refusals;
        this.#note(operation, { source, site, pointers, isRefused });
      }
      isFirst = false;
      refusals = view.failures;
      source.next(operation, view);
    };
    const { classes, slots, interruptsOff, process, file, background, interrupt } = source;
    const watched: OperationSource = {
      ...{ classes, slots, interruptsOff, next },
      ...(process === undefined ? {} : { process }),
      ...(file === undefined ? {} : { file }),
      ...(background === undefined ? {} : { background }),
      ...(interrupt === undefined ? {} : { interrupt }),
    };
    return { ...spec, source: watched };
  }

  #note({ kind, slot, sizeBytes, gfpClass }: Operation, from: Caller): void {
    const { source, site, pointers, isRefused } = from;
    if (kind === OP_ALLOCATE) {
      const pointer = isRefused ? '(null)' : (++this.#objects).toString(16).padStart(16, '0');
      if (!isRefused) pointers.set(slot, pointer);
      const gfp = formatGfp(source.classes[gfpClass]!.gfp, this.#kernel) || 'none';
      const words = [`call_site=${site}`, `ptr=${pointer}`, `bytes_req=${sizeBytes}`];
      const given = [`bytes_alloc=${bytesGiven(sizeBytes)}`, `gfp_flags=${gfp}`];
      this.#lines.push(`kmalloc: ${[...words, ...given].join(' ')}`);
    }
    if (kind === OP_FREE) this.#lines.push(`kfree: call_site=${site} ptr=${pointers.get(slot)}`);
  }
}

interface Caller {
  readonly source: OperationSource;
  readonly site: string;
  /** Slot → pointer of what is in it. */
  readonly pointers: Map<number, string>;
  readonly isRefused: boolean;
}

/** Of the kmalloc cache, or of the pages where none is so large. */
function bytesGiven(sizeBytes: number): number {
  if (sizeBytes > KMALLOC_CACHE_SIZE_MAX) return PAGE_BYTES * 2 ** orderOfBytes(sizeBytes);
  return KMALLOC_SIZES[kmallocClass(sizeBytes)]!;
}
