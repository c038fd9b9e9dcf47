import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import {
  NO_OWNER,
  PAGE_DIRTY,
  PAGE_RECLAIM,
  PAGE_WORKINGSET,
  PAGE_WRITEBACK,
  type PageFrames,
} from '../mm/page-frames.ts';
import type { PerCpuPages } from '../mm/pcp.ts';
import { NONE, type SlowPath } from '../page-source.ts';
import { TaskContext } from '../sched/task-context.ts';
import { NR_VMSCAN_WRITE, PGFREE, PSWPIN, PSWPOUT, type VmStat } from '../vmstat.ts';
import type { Lru } from './lru.ts';
import type { NestedAllocator, NestedCache } from './nested-allocator.ts';
import type { SwapOut } from './page-fate.ts';
import type { ScanControl } from './scan-control.ts';
import type { SwapBacking, SwapWriter } from './swap-backing.ts';
import { SwapSlots } from './swap-slots.ts';
import type { Workingset } from './workingset.ts';

/**
 * struct radix_tree_node, struct xa_node: 64 slots, or 16 with CONFIG_BASE_SMALL. The free pointer
 * stands behind the object, since the cache has a constructor.
 */
const NODE_SLOTS = 64;
const NODE_BYTES = 584;
const SMALL_NODE_SLOTS = 16;
const SMALL_NODE_BYTES = 200;

export interface SwapParts {
  readonly kernel: KernelProfile;
  readonly frames: PageFrames;
  readonly pcp: PerCpuPages;
  readonly lru: Lru;
  readonly workingset: Workingset;
  readonly nested: NestedAllocator;
  readonly backing: SwapBacking;
  readonly vmstat: VmStat;
  readonly costs: Costs;
  readonly pages: number;
  /** CONFIG_BASE_SMALL. */
  readonly baseSmall: boolean;
}

/**
 * Swap space, with the memory that swapping out takes.
 *
 *   enter   slot ─ node of the swap cache (nested) ─► the page is in the cache
 *   write   to a disk: writeback ─► written ─► rotated to the cold end ─► found clean and freed
 *           into compressed memory: stored, and freed at once
 *
 * Models: add_to_swap, add_to_swap_cache, swap_writepage, end_page_writeback, swap_free (4.17,
 * 6.1, 6.12).
 * Departs: no slot cache per CPU, and no nodes set aside per CPU (4.17); a page that dies while it
 * is written is freed when the write ends.
 */
export class Swap implements SwapOut, SwapWriter {
  readonly #parts: SwapParts;
  readonly #slots: SwapSlots;
  readonly #nodeCache: NestedCache;
  /** The context in which completions run: block interrupts. */
  readonly #completions = new TaskContext();

  constructor(parts: SwapParts) {
    const { pages, baseSmall } = parts;
    this.#parts = parts;
    this.#slots = new SwapSlots(pages, baseSmall ? SMALL_NODE_SLOTS : NODE_SLOTS);
    this.#nodeCache = {
      name: 'radix_tree_node',
      objectSize: baseSmall ? SMALL_NODE_BYTES : NODE_BYTES,
      reclaimAccount: true,
    };
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
      const node = yield* this.#newNode(context);
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

  *#newNode(context: TaskContext): SlowPath {
    const { nested, kernel } = this.#parts;
    for (const gfp of kernel.rules.swapNodeGfp) {
      const node = yield* nested.allocate(this.#nodeCache, gfp, context);
      if (node !== NONE) return node;
    }
    return NONE;
  }

  write(pfn: number, { context }: ScanControl): SlowPath {
    return this.#parts.backing.write(pfn, this.#slotOf(pfn), this, context);
  }

  wants(pfn: number, slot: number): boolean {
    return this.#slotOf(pfn) === slot;
  }

  starts(pfn: number): void {
    const { frames, lru } = this.#parts;
    this.stored(pfn);
    frames.setFlag(pfn, PAGE_WRITEBACK | PAGE_RECLAIM);
    lru.zoneOf(pfn).writePending++;
  }

  stored(pfn: number): void {
    const { frames, vmstat } = this.#parts;
    vmstat.add(NR_VMSCAN_WRITE, 1);
    vmstat.add(PSWPOUT, 1);
    frames.clearFlag(pfn, PAGE_DIRTY);
  }

  /** In interrupt context. */
  written(pfn: number): void {
    const { frames, lru } = this.#parts;
    const rotates = frames.hasFlag(pfn, PAGE_RECLAIM);
    frames.clearFlag(pfn, PAGE_WRITEBACK | PAGE_RECLAIM);
    lru.zoneOf(pfn).writePending--;
    if (frames.ownerOf(pfn) === NO_OWNER) this.#freeDead(pfn);
    else if (rotates) lru.rotate(pfn);
  }

  leaveCache(pfn: number): void {
    const slot = this.#slotOf(pfn);
    const { kernel, workingset, frames } = this.#parts;
    if (kernel.rules.anonLeavesShadows) {
      this.#slots.evict(slot, workingset.evicted(frames.hasFlag(pfn, PAGE_WORKINGSET)));
    } else this.#freeNode(this.#slots.leave(slot));
  }

  /** The page in memory that holds the slot's content, or NONE. */
  pageOf(slot: number): number {
    return this.#slots.pageOf(slot);
  }

  /** What the page that reclaim took has left in the swap cache, or NONE. */
  shadowOf(slot: number): number {
    return this.#slots.shadowOf(slot);
  }

  *read(slot: number, context: TaskContext): SlowPath {
    this.#parts.vmstat.add(PSWPIN, 1);
    yield* this.#parts.backing.read(slot, context);
    return 0;
  }

  /** swap_free(): no page table refers to it; a page that only the cache held is dead. */
  release(slot: number): void {
    const { frames, backing } = this.#parts;
    const pfn = this.#slots.pageOf(slot);
    if (pfn !== NONE) {
      this.#freeNode(this.#slots.leave(slot));
      if (frames.ownerOf(pfn) === -2 - slot) {
        frames.setOwner(pfn, NO_OWNER);
        if (!frames.hasFlag(pfn, PAGE_WRITEBACK)) this.#freeDead(pfn);
      }
    }
    backing.forget(slot, this.#completions);
    this.#freeNode(this.#slots.giveBack(slot));
  }

  #slotOf(pfn: number): number {
    return -2 - this.#parts.frames.ownerOf(pfn);
  }

  #freeNode(node: number): void {
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
