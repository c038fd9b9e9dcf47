import type { KernelRules } from '../../kernel/kernel-profile.ts';
import {
  NO_OWNER,
  PAGE_ANON,
  PAGE_DIRTY,
  PAGE_RECLAIM,
  PAGE_REFERENCED,
  PAGE_WRITEBACK,
  PAGE_YOUNG,
  type PageFrames,
} from '../mm/page-frames.ts';
import { NONE, type SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { NR_VMSCAN_IMMEDIATE, type VmStat } from '../vmstat.ts';
import type { NodeState } from './node-state.ts';
import type { ScanControl } from './scan-control.ts';

/** What becomes of an isolated page. */
export const FATE_KEEP = 0;
export const FATE_ACTIVATE = 1;
export const FATE_FREE = 2;
/** It must go to swap first: `swapOut` tells its fate. */
export const FATE_SWAP_OUT = 3;
/** A dirty file page that kswapd itself must write. */
export const FATE_WRITE = 4;

/** Whose pages they are: page tables and files, as reclaim sees them. */
export interface PageOwners {
  /** try_to_unmap(): the only mapping of this anonymous page becomes an entry for `slot`. */
  unmap(pfn: number, slot: number, context: TaskContext): void;
  /** __remove_mapping(): its file forgets this page; a shadow stays. */
  evict(pfn: number): void;
  /** remove_migration_ptes(): the owner's page stands in this frame from now on. */
  moved(pfn: number, context: TaskContext): void;
}

/** The way of dirty file pages to the disk, as reclaim sees it. */
export interface FileWriter {
  /** pageout(): the page's write is under way when this returns. */
  writePage(pfn: number, context: TaskContext): SlowPath;
  /** A whole batch was dirty, and nobody writes: the flusher shall. */
  ask(): void;
}

/** Slots of swap space. */
export interface SwapSpace {
  readonly free: number;
  readonly total: number;
}

/** Swap, as reclaim sees it. */
export interface SwapOut extends SwapSpace {
  /** add_to_swap(): a slot for the page, or NONE when there is none or its metadata failed. */
  enter(pfn: number, control: ScanControl): SlowPath;
  /** swap_writepage(): the page's write is under way when this returns. */
  write(pfn: number, control: ScanControl): SlowPath;
  /** __delete_from_swap_cache(): the page leaves; its slot stays taken. */
  leaveCache(pfn: number): void;
  /** Nobody wants the slot any more. */
  release(slot: number): void;
}

/**
 * The fate of one inactive page.
 *
 *   under writeback → marked for later, activated        dirty file page → left to the flusher
 *   referenced      → activated or kept once             anonymous       → swap slot, written
 *   clean           → freed
 *
 * Models: mm/vmscan.c shrink_page_list, page_check_references, pageout, __remove_mapping (4.17,
 * 6.1, 6.12). Departs: pages of files are not mapped; executable mappings do not exist; a page
 * has one mapping, so that it is never found referenced twice in one look.
 */
export class PageFate {
  readonly #rules: KernelRules;
  readonly #frames: PageFrames;
  readonly #vmstat: VmStat;
  readonly #node: NodeState;
  readonly #owners: PageOwners;
  readonly #swap: SwapOut | null;

  constructor(parts: {
    readonly rules: KernelRules;
    readonly frames: PageFrames;
    readonly vmstat: VmStat;
    readonly node: NodeState;
    readonly owners: PageOwners;
    readonly swap: SwapOut | null;
  }) {
    this.#rules = parts.rules;
    this.#frames = parts.frames;
    this.#vmstat = parts.vmstat;
    this.#node = parts.node;
    this.#owners = parts.owners;
    this.#swap = parts.swap;
  }

  judge(pfn: number, control: ScanControl): number {
    const frames = this.#frames;
    const flags = frames.flagsOf(pfn);
    const owner = frames.ownerOf(pfn);
    const isAnon = (flags & PAGE_ANON) !== 0;
    const isMapped = isAnon && owner >= 0;
    if (isAnon && owner === NO_OWNER && (flags & PAGE_WRITEBACK) === 0) return FATE_FREE;
    control.scanned += this.#rules.mappedCountsTwice && isAnon ? 2 : 1;
    if ((flags & PAGE_WRITEBACK) !== 0) return this.#whileWritten(pfn, control);
    if (isMapped && this.wasReferenced(pfn)) {
      const again = (flags & PAGE_REFERENCED) !== 0;
      if (again || this.#rules.anonActivatedAtFirstUse) return FATE_ACTIVATE;
      frames.setFlag(pfn, PAGE_REFERENCED);
      return FATE_KEEP;
    }
    frames.clearFlag(pfn, PAGE_REFERENCED);
    if (isAnon) return this.#swap === null ? FATE_ACTIVATE : FATE_SWAP_OUT;
    if ((flags & PAGE_DIRTY) !== 0) return this.#leaveToFlusher(pfn, control);
    this.#owners.evict(pfn);
    return FATE_FREE;
  }

  /** What becomes of an anonymous page, and the way there: it may sleep for its metadata. */
  *swapOut(pfn: number, control: ScanControl): SlowPath {
    const frames = this.#frames;
    const swap = this.#swap!;
    if (frames.ownerOf(pfn) >= 0) {
      if (!control.mayIo) return FATE_KEEP;
      const slot = yield* swap.enter(pfn, control);
      if (slot === NONE) return FATE_ACTIVATE;
      if (frames.ownerOf(pfn) === NO_OWNER) {
        swap.release(slot);
        return FATE_FREE;
      }
      this.#owners.unmap(pfn, slot, control.context);
      frames.setOwner(pfn, -2 - slot);
      frames.setFlag(pfn, PAGE_DIRTY);
    }
    if (frames.hasFlag(pfn, PAGE_DIRTY)) {
      control.dirty++;
      if (!control.mayIo || !control.mayWrite) return FATE_KEEP;
      yield* swap.write(pfn, control);
      if (frames.hasFlag(pfn, PAGE_DIRTY)) return FATE_ACTIVATE;
      control.written++;
      if (frames.hasFlag(pfn, PAGE_WRITEBACK)) return FATE_KEEP;
      // The write is done already, and meanwhile somebody may have mapped the page again.
      if (frames.ownerOf(pfn) >= 0) return FATE_ACTIVATE;
      if (frames.ownerOf(pfn) === NO_OWNER) return FATE_FREE;
    }
    swap.leaveCache(pfn);
    return FATE_FREE;
  }

  /** page_referenced(): a page-table entry that maps it was used since the last look. */
  wasReferenced(pfn: number): boolean {
    const young = this.#frames.hasFlag(pfn, PAGE_YOUNG);
    this.#frames.clearFlag(pfn, PAGE_YOUNG);
    return young;
  }

  #whileWritten(pfn: number, control: ScanControl): number {
    const again = this.#frames.hasFlag(pfn, PAGE_RECLAIM);
    if (control.isKswapd && again && this.#node.writeback) control.immediate++;
    else {
      this.#frames.setFlag(pfn, PAGE_RECLAIM);
      control.writeback++;
    }
    return FATE_ACTIVATE;
  }

  /**
   * Reclaim only marks a dirty file page: it shall be freed once the flusher has written it.
   * kswapd writes one that comes round again while the cold end is full of such pages.
   */
  #leaveToFlusher(pfn: number, control: ScanControl): number {
    control.dirty++;
    control.unqueuedDirty++;
    const again = control.isKswapd && this.#frames.hasFlag(pfn, PAGE_RECLAIM);
    if (again && this.#node.dirty) return control.mayWrite ? FATE_WRITE : FATE_KEEP;
    this.#vmstat.add(NR_VMSCAN_IMMEDIATE, 1);
    this.#frames.setFlag(pfn, PAGE_RECLAIM);
    return FATE_ACTIVATE;
  }
}
