import { assert } from '../../base/assert.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import { NONE, type SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { NestedCache, NestedPages } from './nested-allocator.ts';
import type { SwapBacking, SwapWriter } from './swap-backing.ts';

const PAGE_BYTES = 4096;
/** ZS_HANDLE_SIZE: what each object begins with. */
const HANDLE_BYTES = 8;
/** ZS_SIZE_CLASS_DELTA */
const CLASS_STEP_BYTES = 16;
/** ZS_MAX_PAGES_PER_ZSPAGE */
const ZSPAGE_PAGES_MAX = 4;

/** One object a stored page: what zsmalloc calls the object by, wherever it lies. */
const HANDLE_CACHE: NestedCache = { name: 'zs_handle', objectSize: HANDLE_BYTES };
/** struct zspage */
const ZSPAGE_CACHE: NestedCache = { name: 'zspage', objectSize: 56 };

/** Pages that hold objects of one size one after the other. */
interface Zspage {
  readonly handle: number;
  readonly pages: readonly number[];
  used: number;
}

/**
 * Swap in compressed memory: zram with its zsmalloc pool. It takes memory to give memory back,
 * and each stored page has an object of its own that kmemleak tracks.
 *
 *   write   compress ─► handle, place in a zspage   without reclaim
 *                       refused: once more          with GFP_NOIO, and compressed again
 *                       refused: the page stays dirty
 *   zspage  │ object │ object │ obj¦ect │ …         1 to 4 pages, whichever wastes least
 *
 * Models: drivers/block/zram/zram_drv.c zram_write_page, mm/zsmalloc.c zs_malloc, zs_free,
 * get_pages_per_zspage (4.17, 6.1, 6.12); SWP_SYNCHRONOUS_IO: no bio, no writeback.
 * Departs: all pages compress alike, and none is found to be filled with one word; of several
 * zspages with room the one that got it last is filled; no compaction of the pool.
 */
export class CompressedSwap implements SwapBacking {
  readonly #memory: NestedPages;
  readonly #costs: Costs;
  /** Masks of the first try and of the second, for pages; `#ofObjects` of them for objects. */
  readonly #tries: readonly Gfp[];
  readonly #ofPages: Gfp;
  readonly #pagesPerZspage: number;
  readonly #objectsPerZspage: number;
  readonly #handleOf: Int32Array;
  readonly #zspageOf: (Zspage | null)[];
  readonly #withRoom: Zspage[] = [];

  constructor(memory: NestedPages, spec: CompressedSpec) {
    const { bits, composites } = spec.kernel.gfp;
    this.#memory = memory;
    this.#costs = spec.costs;
    this.#ofPages = bits.HIGHMEM | bits.MOVABLE;
    const first = bits.KSWAPD_RECLAIM | bits.NOWARN | this.#ofPages;
    this.#tries = [first >>> 0, (composites['GFP_NOIO']! | this.#ofPages) >>> 0];
    const objectBytes = objectBytesOf(spec.compressionRatio);
    this.#pagesPerZspage = pagesPerZspage(objectBytes);
    this.#objectsPerZspage = Math.floor((this.#pagesPerZspage * PAGE_BYTES) / objectBytes);
    this.#handleOf = new Int32Array(spec.slots).fill(NONE);
    this.#zspageOf = Array.from({ length: spec.slots }, () => null);
  }

  *write(pfn: number, slot: number, writer: SwapWriter, context: TaskContext): SlowPath {
    for (const gfp of this.#tries) {
      yield this.#costs.compressPageNs;
      const handle = yield* this.#makeRoom(gfp, context);
      if (handle === NONE) continue;
      if (writer.wants(pfn, slot)) this.#store(slot, handle);
      else this.#memory.free(handle, context);
      writer.stored(pfn);
      break;
    }
    return 0;
  }

  *read(slot: number): SlowPath {
    // The reaper may have emptied the slot while its owner waited for a page to read it into.
    if (this.#handleOf[slot] !== NONE) yield this.#costs.decompressPageNs;
    return 0;
  }

  /** zs_free() */
  forget(slot: number, context: TaskContext): void {
    const zspage = this.#zspageOf[slot]!;
    if (zspage === null) return;
    this.#memory.free(this.#handleOf[slot]!, context);
    this.#handleOf[slot] = NONE;
    this.#zspageOf[slot] = null;
    if (zspage.used === this.#objectsPerZspage) this.#withRoom.push(zspage);
    zspage.used--;
    if (zspage.used > 0) return;
    this.#withRoom.splice(this.#withRoom.lastIndexOf(zspage), 1);
    this.#dissolve(zspage, context);
  }

  #store(slot: number, handle: number): void {
    assert(this.#zspageOf[slot] === null, 'a slot is stored twice');
    const zspage = this.#withRoom.at(-1)!;
    zspage.used++;
    if (zspage.used === this.#objectsPerZspage) this.#withRoom.pop();
    this.#handleOf[slot] = handle;
    this.#zspageOf[slot] = zspage;
  }

  /** zs_malloc(): a handle, and there is room; or NONE. */
  *#makeRoom(gfp: Gfp, context: TaskContext): SlowPath {
    const forObjects = (gfp & ~this.#ofPages) >>> 0;
    const handle = yield* this.#memory.allocate(HANDLE_CACHE, forObjects, context);
    if (handle === NONE) return NONE;
    if (this.#withRoom.length === 0 && (yield* this.#addZspage(gfp, context)) === 0) {
      this.#memory.free(handle, context);
      return NONE;
    }
    return handle;
  }

  /** alloc_zspage(): 1, or 0 and nothing is kept. */
  *#addZspage(gfp: Gfp, context: TaskContext): SlowPath {
    const forObjects = (gfp & ~this.#ofPages) >>> 0;
    const handle = yield* this.#memory.allocate(ZSPAGE_CACHE, forObjects, context);
    if (handle === NONE) return 0;
    const pages: number[] = [];
    const zspage = { handle, pages, used: 0 };
    while (pages.length < this.#pagesPerZspage) {
      const pfn = yield* this.#memory.allocatePage(gfp, context);
      if (pfn === NONE) {
        this.#dissolve(zspage, context);
        return 0;
      }
      pages.push(pfn);
    }
    this.#withRoom.push(zspage);
    return 1;
  }

  #dissolve({ handle, pages }: Zspage, context: TaskContext): void {
    for (const pfn of pages) this.#memory.freePage(pfn, context);
    this.#memory.free(handle, context);
  }
}

export interface CompressedSpec {
  readonly kernel: KernelProfile;
  readonly costs: Costs;
  readonly slots: number;
  /** Bytes of a page against those of its object, at least 1. */
  readonly compressionRatio: number;
}

/** Bytes of the size class; a page that hardly shrinks is stored as it is. */
function objectBytesOf(compressionRatio: number): number {
  const bytes = Math.ceil(PAGE_BYTES / compressionRatio) + HANDLE_BYTES;
  const rounded = Math.ceil(bytes / CLASS_STEP_BYTES) * CLASS_STEP_BYTES;
  return Math.min(rounded, PAGE_BYTES);
}

/** get_pages_per_zspage(): the fewest pages of those that waste least. */
function pagesPerZspage(objectBytes: number): number {
  let best = 1;
  let most = 0;
  for (let pages = 1; pages <= ZSPAGE_PAGES_MAX; pages++) {
    const bytes = pages * PAGE_BYTES;
    const percent = Math.floor(((bytes - (bytes % objectBytes)) * 100) / bytes);
    if (percent <= most) continue;
    most = percent;
    best = pages;
  }
  return best;
}
