import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { NONE, type SlowPath } from '../page-source.ts';
import { TaskContext } from '../sched/task-context.ts';
import { WaitQueue } from '../wait-queue.ts';
import type { NestedAllocator, NestedCache } from './nested-allocator.ts';

/** BIO_POOL_SIZE: bios of fs_bio_set that wait for the case that memory is out. */
const BIO_RESERVE = 2;
/** struct bio with four inline vectors, aligned to cache lines. */
const BIO_CACHE: NestedCache = { name: 'bio', objectSize: 192, bootObjects: BIO_RESERVE };
/** mempool_alloc() waits so long for a bio to come back before it looks again. */
const MEMPOOL_WAIT_NS = 5e9;
/** The handle of a bio that the pool has had since boot. */
const FROM_BOOT = -2;

/**
 * Where bios come from: memory without reclaim, then two spare ones, then memory with reclaim,
 * then it waits. So a write always gets on its way, sooner or later. What comes back fills the
 * spare ones up first.
 *
 * Models: fs_bio_set: mm/mempool.c mempool_alloc, mempool_free, block/bio.c (4.17, 6.1, 6.12).
 * Departs: no per-CPU cache of bios; a spare one of the boot's that another replaced is gone.
 */
export class BioPool {
  readonly #nested: NestedAllocator;
  readonly #quiet: Gfp;
  readonly #withoutReclaim: Gfp;
  readonly #back = new WaitQueue();
  readonly #reserve: number[] = new Array(BIO_RESERVE).fill(FROM_BOOT);
  /** The context in which bios come back: block interrupts. */
  readonly #completions = new TaskContext();

  constructor(nested: NestedAllocator, kernel: KernelProfile) {
    const { bits } = kernel.gfp;
    this.#nested = nested;
    this.#quiet = bits.NOMEMALLOC | bits.NORETRY | bits.NOWARN;
    this.#withoutReclaim = bits.DIRECT_RECLAIM | bits.IO;
    this.#completions.inHardirq = true;
  }

  /** Ends with a handle, whatever it takes. */
  *take(callerGfp: Gfp, context: TaskContext): SlowPath {
    const then = (callerGfp | this.#quiet) >>> 0;
    let gfp = (then & ~this.#withoutReclaim) >>> 0;
    for (;;) {
      const bio = yield* this.#nested.allocate(BIO_CACHE, gfp, context);
      if (bio !== NONE) return bio;
      const spare = this.#reserve.pop();
      if (spare !== undefined) return spare;
      if (gfp !== then) gfp = then;
      else yield* this.#back.sleep(context, MEMPOOL_WAIT_NS);
    }
  }

  give(bio: number): void {
    if (this.#reserve.length < BIO_RESERVE) this.#reserve.push(bio);
    else if (bio !== FROM_BOOT) this.#nested.free(bio, this.#completions);
    this.#back.wakeAll();
  }
}
