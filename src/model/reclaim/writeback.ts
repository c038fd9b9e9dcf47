import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { PAGE_DIRTY, PAGE_RECLAIM, PAGE_WRITEBACK, type PageFrames } from '../mm/page-frames.ts';
import type { SlowPath } from '../page-source.ts';
import { ROLE_OTHER, TaskContext } from '../sched/task-context.ts';
import type { Timers } from '../timers.ts';
import { NR_DIRTIED, NR_VMSCAN_WRITE, NR_WRITTEN, type VmStat } from '../vmstat.ts';
import { WaitQueue } from '../wait-queue.ts';
import type { BioPool } from './bio-pool.ts';
import type { BlockDevice, WriteListener } from './block-device.ts';
import type { DirtyLimits } from './dirty-limits.ts';
import { DirtyPages } from './dirty-pages.ts';
import type { Lru } from './lru.ts';
import type { FileWriter } from './page-fate.ts';

/** dirty_writeback_centisecs, dirty_expire_centisecs. */
const INTERVAL_NS = 5e9;
const EXPIRE_NS = 30e9;
/** MAX_PAUSE: a writer looks again after so long. */
const PAUSE_NS = 200e6;
/** Pages of one bio of the flusher. */
const BIO_PAGES = 16;

export interface WritebackParts {
  readonly kernel: KernelProfile;
  readonly frames: PageFrames;
  readonly lru: Lru;
  readonly limits: DirtyLimits;
  readonly bios: BioPool;
  readonly device: BlockDevice;
  readonly timers: Timers;
  readonly vmstat: VmStat;
}

/**
 * Dirty file pages and their way to the disk.
 *
 *   dirtied ─► in line ─► the flusher: more than the background limit, older than 30 s, or
 *                         reclaim asked ─► written, 16 pages a bio ─► clean
 *   writer above the freerun ceiling: one page for each that the device has written
 *
 * Models: mm/page-writeback.c balance_dirty_pages, fs/fs-writeback.c wb_workfn, wb_check_*,
 * mm/filemap.c end_page_writeback (4.17, 6.1, 6.12).
 * Departs: pages are written in the order in which they became dirty, not inode by inode; the
 * pace of writers is the device's, not an estimate of it; one page is judged at a time.
 */
export class Writeback implements WriteListener, FileWriter {
  /** NR_FILE_DIRTY, NR_WRITEBACK of files. */
  dirty = 0;
  writeback = 0;
  readonly context = new TaskContext();
  readonly #parts: WritebackParts;
  readonly #gfp: Gfp;
  readonly #line = new DirtyPages();
  readonly #flusher = new WaitQueue();
  readonly #writers = new WaitQueue();
  /** Pages and bio of each write under way, by its tag. */
  readonly #writes: ({ readonly pfns: number[]; readonly bio: number } | null)[] = [];
  /** Pages that writers may dirty for those that were written. */
  #credit = 0;
  /** Reclaim met nothing but dirty pages. */
  #asked = false;

  constructor(parts: WritebackParts) {
    this.#parts = parts;
    this.#gfp = (parts.kernel.gfp.composites['GFP_NOFS']! | parts.kernel.gfp.bits.HIGH) >>> 0;
    this.context.isKthread = true;
    this.context.role = ROLE_OTHER;
  }

  /** The flusher thread: asleep while nothing is dirty. */
  *run(): SlowPath {
    for (;;) {
      const idle = this.dirty === 0;
      yield* this.#flusher.sleep(this.context, idle ? Number.POSITIVE_INFINITY : INTERVAL_NS);
      while (this.#hasWork()) yield* this.#flushBatch();
      this.#asked = false;
    }
  }

  /** A page that was clean is dirty now. */
  dirtied(pfn: number): void {
    const { lru, timers, vmstat, limits } = this.#parts;
    const wasClean = this.dirty === 0;
    this.dirty++;
    lru.zoneOf(pfn).writePending++;
    vmstat.add(NR_DIRTIED, 1);
    this.#line.add(pfn, timers.nowNs);
    if (wasClean || this.dirty > limits.background()) this.#flusher.wakeAll();
  }

  /** True when the writer must wait; else it may go on, and its page is accounted for. */
  mustWait(): boolean {
    const { limits } = this.#parts;
    const pending = this.dirty + this.writeback;
    if (pending <= limits.freerun()) return false;
    if (pending > limits.limit() || this.#credit === 0) return true;
    this.#credit--;
    return false;
  }

  /** Until the device has written as much, or the writer is killed. */
  *wait(context: TaskContext): SlowPath {
    this.#flusher.wakeAll();
    do {
      yield* this.#writers.sleepKillable(context, PAUSE_NS);
    } while (!context.fatalSignal && this.mustWait());
    return 0;
  }

  /** wakeup_flusher_threads(): reclaim meets nothing but dirty pages. */
  ask(): void {
    this.#asked = true;
    this.#flusher.wakeAll();
  }

  /** pageout() of a file page, by kswapd. */
  *writePage(pfn: number, context: TaskContext): SlowPath {
    this.#parts.vmstat.add(NR_VMSCAN_WRITE, 1);
    this.#begin(pfn);
    yield* this.#submit([pfn], context);
    return 0;
  }

  written(tag: number): void {
    const { lru, frames, bios, vmstat } = this.#parts;
    const { pfns, bio } = this.#writes[tag]!;
    this.#writes[tag] = null;
    bios.give(bio);
    this.writeback -= pfns.length;
    this.#credit += pfns.length;
    vmstat.add(NR_WRITTEN, pfns.length);
    for (const pfn of pfns) {
      const rotates = frames.hasFlag(pfn, PAGE_RECLAIM);
      frames.clearFlag(pfn, PAGE_WRITEBACK | PAGE_RECLAIM);
      lru.zoneOf(pfn).writePending--;
      if (rotates) lru.rotate(pfn);
    }
    this.#writers.wakeAll();
  }

  #hasWork(): boolean {
    if (this.dirty === 0) return false;
    if (this.#asked || this.dirty > this.#parts.limits.background()) return true;
    return this.#line.oldestNs() + EXPIRE_NS <= this.#parts.timers.nowNs;
  }

  *#flushBatch(): SlowPath {
    const { frames } = this.#parts;
    const pfns: number[] = [];
    while (pfns.length < BIO_PAGES && !this.#line.isEmpty) {
      const pfn = this.#line.take();
      // Its page was written by reclaim meanwhile, or the last write of it is not yet done.
      if (!frames.hasFlag(pfn, PAGE_DIRTY)) continue;
      if (frames.hasFlag(pfn, PAGE_WRITEBACK)) {
        this.#line.add(pfn, this.#parts.timers.nowNs);
        break;
      }
      this.#begin(pfn);
      pfns.push(pfn);
    }
    if (pfns.length > 0) yield* this.#submit(pfns, this.context);
    else yield* this.#writers.sleep(this.context, PAUSE_NS);
    return 0;
  }

  /** clear_page_dirty_for_io(), set_page_writeback() */
  #begin(pfn: number): void {
    const { frames } = this.#parts;
    frames.clearFlag(pfn, PAGE_DIRTY);
    frames.setFlag(pfn, PAGE_WRITEBACK);
    this.dirty--;
    this.writeback++;
  }

  *#submit(pfns: number[], context: TaskContext): SlowPath {
    const { bios, device } = this.#parts;
    const bio = yield* bios.take(this.#gfp, context);
    const free = this.#writes.indexOf(null);
    const tag = free < 0 ? this.#writes.length : free;
    this.#writes[tag] = { pfns, bio };
    yield* device.write(pfns.length, { listener: this, tag }, context);
    return 0;
  }
}
