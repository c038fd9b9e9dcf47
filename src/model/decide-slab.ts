import { UserError } from '../base/user-error.ts';
import type { Gfp, KernelProfile } from '../kernel/kernel-profile.ts';
import type { DecisionRecorder } from './decision-recorder.ts';
import type { MachineParts } from './machine-parts.ts';
import { NONE, type SlowPath, WOULD_BLOCK } from './page-source.ts';
import type { TaskContext } from './sched/task-context.ts';
import { KMALLOC_CACHE_SIZE_MAX } from './slab/kmalloc-classes.ts';
import type { KmemCache } from './slab/kmem-cache.ts';
import { orderOfBytes } from './slab/slab-geometry.ts';

/** kmemleak's own cache: its objects are the metadata. */
const METADATA_CACHE = 'kmemleak_object';

/** An object in question: of a named cache, or a kmalloc of so many bytes. */
export type DecideObject = { readonly cache: string } | { readonly sizeBytes: number };

/** The phase of a slab cache: how far its next new slab is, from this CPU. */
export interface DecideSlab {
  readonly cache: string;
  readonly objectSize: number;
  /** Of a new slab, preferred and smallest. */
  readonly order: number;
  readonly minOrder: number;
  readonly objectsPerSlab: number;
  /** Free objects on this CPU's lists, and slabs with free objects on the node's. */
  readonly cpuFree: number;
  readonly nodePartial: number;
}

/**
 * One object as a decision: where it comes from, and what the page allocator is asked for if no
 * slab has one left.
 */
export class SlabDecision {
  /** null: too large for any cache, so that it is a page request. */
  readonly slab: DecideSlab | null;
  /** Of the pages that it is made of. */
  readonly order: number;
  readonly #parts: MachineParts;
  readonly #object: DecideObject;
  readonly #cache: KmemCache | null;
  readonly #gfp: Gfp;

  constructor(parts: MachineParts, object: DecideObject, gfp: Gfp, kernel: KernelProfile) {
    this.#parts = parts;
    this.#object = object;
    this.#gfp = gfp;
    this.#cache = cacheOf(parts, object, { gfp, kernel });
    this.slab = this.#cache === null ? null : phaseOf(this.#cache);
    this.order = this.slab?.order ?? orderOfBytes(this.#sizeBytes);
  }

  /** A handle, NONE, or WOULD_BLOCK: then run() goes on. */
  start(recorder: DecisionRecorder, context: TaskContext): number {
    const { slab } = this.#parts;
    if (this.#cache === null) return slab.kmalloc(this.#sizeBytes, this.#gfp, context);
    recorder.step('slab', phaseText(this.slab!));
    const partials = this.#cache.nrPartial;
    slab.log = recorder;
    const handle = slab.allocate(this.#cache, this.#gfp, context);
    if (handle === NONE || handle === WOULD_BLOCK || recorder.count('request') > 0) return handle;
    const fromNode = this.#cache.nrPartial < partials;
    const where = fromNode ? "of the node's partial slabs" : 'that the CPU has at hand';
    recorder.step('slab', `takes an object ${where}: no page is needed`);
    return handle;
  }

  run(context: TaskContext): SlowPath {
    const { slab } = this.#parts;
    if (this.#cache === null) return slab.kmallocSlowly(this.#sizeBytes, this.#gfp, context);
    return slab.allocateSlowly(this.#cache, this.#gfp, context);
  }

  get #sizeBytes(): number {
    return 'sizeBytes' in this.#object ? this.#object.sizeBytes : 0;
  }
}

function cacheOf(
  { slab }: MachineParts,
  object: DecideObject,
  { gfp, kernel }: { readonly gfp: Gfp; readonly kernel: KernelProfile },
): KmemCache | null {
  if ('sizeBytes' in object) {
    return object.sizeBytes > KMALLOC_CACHE_SIZE_MAX
      ? null
      : slab.kmallocCache(object.sizeBytes, gfp);
  }
  if (object.cache === METADATA_CACHE) {
    const { objectSize } = kernel.kmemleak;
    return slab.createCache({ name: METADATA_CACHE, objectSize, noLeakTrace: true });
  }
  const cache = slab.caches.find(({ name }) => name === object.cache);
  if (cache !== undefined) return cache;
  const sizes = slab.caches.map(({ name }) => name);
  throw new UserError(`no slab cache '${object.cache.slice(0, 40)}'`, {
    expected: [METADATA_CACHE, ...sizes].join(', '),
  });
}

function phaseOf(cache: KmemCache): DecideSlab {
  const { name, geometry, objectSize, nrPartial } = cache;
  const { order, minOrder, objectsPerSlab } = geometry;
  const cpuFree = cache.cpuFreeObjects(0);
  return {
    cache: name,
    objectSize,
    ...{ order, minOrder, objectsPerSlab },
    ...{ cpuFree, nodePartial: nrPartial },
  };
}

function phaseText(slab: DecideSlab): string {
  const { cache, order, objectsPerSlab, cpuFree, nodePartial } = slab;
  const made = `a slab is ${objectsPerSlab} objects of order ${order}`;
  return `${cache}: ${cpuFree} free on the CPU, ${nodePartial} partial slabs on the node; ${made}`;
}
