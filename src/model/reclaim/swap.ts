import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import {
  NO_OWNER,
  PAGE_DIRTY,
  PAGE_RECLAIM,
  PAGE_WRITEBACK,
  type PageFrames,
} from '../mm/page-frames.ts';
import type { PerCpuPages } from '../mm/pcp.ts';
import { NONE, type SlowPath } from '../page-source.ts';
import { TaskContext } from '../sched/task-context.ts';
import { NR_VMSCAN_WRITE, PGFREE, PSWPIN, PSWPOUT, type VmStat } from '../vmstat.ts';
import type { BioPool } from './bio-pool.ts';
import type { BlockDevice, WriteListener } from './block-device.ts';
import type { Lru } from './lru.ts';
import type { NestedAllocator, NestedCache } from './nested-allocator.ts';
import type { SwapOut } from './page-fate.ts';
import type { ScanControl } from './scan-control.ts';
import { SwapSlots } from './swap-slots.ts';

/** struct radix_tree_node, struct xa_node. */
const NODE_CACHE: NestedCache = {
  name: 'radix_tree_node',
  objectSize: 576,
  reclaimAccount: true,
};

export interface SwapParts {
  readonly kernel: KernelProfile;
  readonly frames: PageFrames;
  readonly pcp: PerCpuPages;
  readonly lru: Lru;
  readonly nested: NestedAllocator;
  readonly bios: BioPool;
  readonly device: BlockDevice;
  readonly vmstat: VmStat;
  readonly costs: Costs;
  readonly pages: number;
}

/**
 * Swap space on a block device, with the memory that swapping out takes.
 *
 *   enter   slot ─ node of the swap cache (nested) ─► the page is in the cache
 *   write   bio (nested: without reclaim; its pool of two; with reclaim; wait) ─► writeback
 *   written bio freed ─► rotated to the cold end ─► reclaim finds it clean and frees it
 *
 * Models: add_to_swap, add_to_swap_cache, swap_writepage, end_swap_bio_write,
 * end_page_writeback, swap_free (4.17, 6.1, 6.12).
 * Departs: no slot cache per CPU; the request itself needs no memory; a page that dies while it
 * is written is freed when the write ends.
 */
export class Swap implements SwapOut, WriteListener {
  readonly #parts: SwapParts;
  readonly #slots: SwapSlots;
  readonly #nodeGfp: Gfp;
  readonly #bioGfp: Gfp;
  /** Handle of the bio of each page under write. */
  readonly #bioOf = new Map<number, number>();
  /** The context in which completions run: block interrupts. */
  readonly #completions = new TaskContext();

  constructor(parts: SwapParts) {
    const { bits, composites } = parts.kernel.gfp;
    this.#parts = parts;
    this.#slots = new SwapSlots(parts.pages);
    this.#nodeGfp = bits.HIGH | bits.NOMEMALLOC | bits.NOWARN;
    this.#bioGfp = composites['GFP_NOIO']!;
    this.#completions.inHardirq = true;
  }

  get free(): number {
    return this.#slots.free;
  }

  get total(): number {
    return this.#slots.total;
  }

  *enter(pfn: number, { context }: ScanControl): SlowPath {
    const slots = this.#slots;
    const slot = slots.take();
    if (slot === NONE) return NONE;
    yield this.#parts.costs.swapOutPageNs;
    if (!slots.hasNode(slot)) {
      const node = yield* this.#parts.nested.allocate(NODE_CACHE, this.#nodeGfp, context);
      if (node === NONE) {
        slots.giveBack(slot);
        return NONE;
      }
      if (slots.hasNode(slot)) this.#parts.nested.free(node, context);
      else slots.setNode(slot, node);
    }
    slots.enter(slot, pfn);
    return slot;
  }

  *write(pfn: number, { context }: ScanControl): SlowPath {
    const { frames, lru, device, vmstat, bios } = this.#parts;
    const bio = yield* bios.take(this.#bioGfp, context);
    this.#bioOf.set(pfn, bio);
    vmstat.add(NR_VMSCAN_WRITE, 1);
    vmstat.add(PSWPOUT, 1);
    frames.clearFlag(pfn, PAGE_DIRTY);
    frames.setFlag(pfn, PAGE_WRITEBACK | PAGE_RECLAIM);
    lru.zoneOf(pfn).writePending++;
    yield* device.write(1, { listener: this, tag: pfn }, context);
    return 0;
  }

  /** end_swap_bio_write(): in interrupt context. */
  written(pfn: number): void {
    const { frames, lru, bios } = this.#parts;
    bios.give(this.#bioOf.get(pfn)!);
    this.#bioOf.delete(pfn);
    const rotates = frames.hasFlag(pfn, PAGE_RECLAIM);
    frames.clearFlag(pfn, PAGE_WRITEBACK | PAGE_RECLAIM);
    lru.zoneOf(pfn).writePending--;
    if (frames.ownerOf(pfn) === NO_OWNER) this.#freeDead(pfn);
    else if (rotates) lru.rotate(pfn);
  }

  leaveCache(pfn: number): void {
    this.#leave(-2 - this.#parts.frames.ownerOf(pfn));
  }

  /** The page in memory that holds the slot's content, or NONE. */
  pageOf(slot: number): number {
    return this.#slots.pageOf(slot);
  }

  *read(_slot: number, context: TaskContext): SlowPath {
    this.#parts.vmstat.add(PSWPIN, 1);
    yield* this.#parts.device.read(1, context);
    return 0;
  }

  /** swap_free(): no page table refers to it; a page that only the cache held is dead. */
  release(slot: number): void {
    const { frames } = this.#parts;
    const pfn = this.#slots.pageOf(slot);
    if (pfn !== NONE) {
      this.#leave(slot);
      if (frames.ownerOf(pfn) === -2 - slot) {
        frames.setOwner(pfn, NO_OWNER);
        if (!frames.hasFlag(pfn, PAGE_WRITEBACK)) this.#freeDead(pfn);
      }
    }
    this.#slots.giveBack(slot);
  }

  #leave(slot: number): void {
    const node = this.#slots.leave(slot);
    if (node !== NONE) this.#parts.nested.free(node, this.#completions);
  }

  /** Nobody has the page any more; one that reclaim isolated is freed there. */
  #freeDead(pfn: number): void {
    const { lru, pcp, vmstat } = this.#parts;
    if (!lru.isListed(pfn)) return;
    const zone = lru.zoneOf(pfn);
    lru.remove(zone, pfn);
    pcp.free(this.#completions.cpu, zone, pfn, 0);
    vmstat.add(PGFREE, 1);
  }
}
