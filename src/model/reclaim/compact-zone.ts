import { MIGRATE_MOVABLE, ZONE_NAMES } from '../machine-config.ts';
import type { Buddy } from '../mm/buddy.ts';
import type { Fallback } from '../mm/fallback.ts';
import type { WatermarkCheck } from '../mm/watermark-check.ts';
import { ORDERS, type Zone } from '../mm/zone.ts';
import type { TaskContext } from '../sched/task-context.ts';
import {
  COMPACT_FREE_SCANNED,
  COMPACT_MIGRATE_SCANNED,
  PGMIGRATE_SUCCESS,
  type VmStat,
} from '../vmstat.ts';
import {
  COMPACT_ASYNC,
  COMPACT_COMPLETE,
  COMPACT_PARTIAL_SKIPPED,
  COMPACT_SUCCESS,
  COMPACT_SYNC_FULL,
} from './compact-results.ts';
import type { Migration } from './migration.ts';

/** COMPACT_CLUSTER_MAX: pages moved between two looks at what has been gained. */
const CLUSTER = 32;
const ZONES = ZONE_NAMES.length;

export interface ZoneCompactorParts {
  readonly buddy: Buddy;
  readonly fallback: Fallback;
  readonly check: WatermarkCheck;
  readonly migration: Migration;
  readonly vmstat: VmStat;
}

/** What a compaction is for. */
export interface CompactRequest {
  readonly order: number;
  readonly migratetype: number;
  readonly priority: number;
  readonly context: TaskContext;
}

/**
 * Two scanners go through a zone: one from its start for pages to move, one from its end, a
 * pageblock at a time, for free pages to move them to.
 *
 *   startPfn │ movable → free │ movable → … │  …free ← │ ← free │ endPfn
 *                      migratePfn ─►        ◄─ freeBlock
 *
 * Models: mm/compaction.c compact_zone, isolate_migratepages, isolate_freepages,
 * compact_finished, suitable_migration_source, suitable_migration_target (4.17, 6.1, 6.12).
 * Departs: no skip bits of pageblocks and no fast searches: the scanners go on where the last
 * run of their mode stopped, and anew when they had met; no proactive compaction, no kcompactd.
 */
export class ZoneCompactor {
  /** Pages looked at and pages moved by the last run. */
  scanned = 0;
  moved = 0;
  readonly #parts: ZoneCompactorParts;
  /** compact_cached_migrate_pfn[asynchronous, synchronous], compact_cached_free_pfn; by zone. */
  readonly #cachedMigrate = new Float64Array(2 * ZONES).fill(-1);
  readonly #cachedFree = new Float64Array(ZONES).fill(-1);
  readonly #sources = new Int32Array(CLUSTER);
  /** Free pages taken for what will be moved; the next one last. */
  readonly #targets: number[] = [];
  #zone!: Zone;
  #request!: CompactRequest;
  #migratePfn = 0;
  #freeBlock = 0;
  /** The next pfn of the free scanner in its pageblock. */
  #freePfn = 0;

  constructor(parts: ZoneCompactorParts) {
    this.#parts = parts;
  }

  /** SUCCESS, COMPLETE or PARTIAL_SKIPPED. */
  run(zone: Zone, request: CompactRequest): number {
    this.#zone = zone;
    this.#request = request;
    this.scanned = 0;
    this.moved = 0;
    const wholeZone = this.#begin();
    let result = this.#finished(wholeZone);
    while (result < 0) {
      this.#moveAll(this.#isolateSources());
      result = this.#finished(wholeZone);
    }
    this.#end(result);
    return result;
  }

  /** True when it starts with the zone's first pageblock. */
  #begin(): boolean {
    const zone = this.#zone;
    const first = zone.startPfn;
    const last = this.#blockOf(zone.endPfn - 1);
    const full = this.#request.priority === COMPACT_SYNC_FULL;
    const cached = full ? -1 : this.#cachedMigrate[this.#modeIndex()]!;
    this.#migratePfn = cached < 0 ? first : cached;
    const free = full ? -1 : this.#cachedFree[zone.index]!;
    this.#freeBlock = free < 0 ? last : free;
    this.#freePfn = Math.max(this.#freeBlock, first);
    return this.#migratePfn <= first;
  }

  /** A result, or −1 to go on. */
  #finished(wholeZone: boolean): number {
    if (this.#freeBlock <= this.#blockOf(this.#migratePfn)) {
      return wholeZone ? COMPACT_COMPLETE : COMPACT_PARTIAL_SKIPPED;
    }
    return this.#blockIsThere() ? COMPACT_SUCCESS : -1;
  }

  /** Of the wanted type, or of one whose pageblock may be taken over. */
  #blockIsThere(): boolean {
    const { buddy, fallback } = this.#parts;
    const { order, migratetype, priority } = this.#request;
    const zone = this.#zone;
    const atBlockEnd =
      migratetype === MIGRATE_MOVABLE ||
      priority === COMPACT_ASYNC ||
      this.#migratePfn % zone.pageblockPages === 0;
    for (let k = order; k < ORDERS; k++) {
      if (buddy.hasBlock(zone, k, migratetype)) return true;
      if (atBlockEnd && fallback.couldTake(zone, k, migratetype)) return true;
    }
    return false;
  }

  /** Movable pages of the next pageblock that has any and suits; how many. */
  #isolateSources(): number {
    const { buddy, migration } = this.#parts;
    const { frames } = buddy;
    const zone = this.#zone;
    let count = 0;
    while (count === 0 && this.#blockOf(this.#migratePfn) < this.#freeBlock) {
      const end = this.#blockOf(this.#migratePfn) + zone.pageblockPages;
      if (!this.#isSource()) {
        this.#migratePfn = end;
        continue;
      }
      while (this.#migratePfn < end && count < CLUSTER) {
        const pfn = this.#migratePfn;
        const free = frames.freeOrder(pfn);
        this.#migratePfn += free > 0 ? 1 << free : 1;
        this.scanned++;
        if (free < 0 && migration.canMove(pfn)) this.#sources[count++] = pfn;
      }
    }
    return count;
  }

  /** Asynchronous compaction moves pages only out of blocks of the type that is wanted. */
  #isSource(): boolean {
    const { priority, migratetype } = this.#request;
    if (priority !== COMPACT_ASYNC) return true;
    return this.#parts.buddy.pageblocks.typeOf(this.#migratePfn) === migratetype;
  }

  #moveAll(count: number): void {
    const { migration } = this.#parts;
    const { context } = this.#request;
    for (let i = 0; i < count; i++) {
      if (this.#targets.length === 0) this.#isolateTargets(count - i);
      const target = this.#targets.pop();
      if (target === undefined) return;
      migration.move(this.#zone, this.#sources[i]!, target, context);
      this.moved++;
    }
  }

  /** Takes at least so many free pages, a free block at a time, or what there is. */
  #isolateTargets(wanted: number): void {
    const zone = this.#zone;
    while (this.#targets.length < wanted && this.#freeBlock > this.#blockOf(this.#migratePfn)) {
      if (this.#isTarget()) this.#takeFree(wanted);
      if (this.#targets.length >= wanted) return;
      this.#freeBlock -= zone.pageblockPages;
      this.#freePfn = Math.max(this.#freeBlock, zone.startPfn);
    }
  }

  #takeFree(wanted: number): void {
    const { frames, pageblocks } = this.#parts.buddy;
    const end = Math.min(this.#freeBlock + this.#zone.pageblockPages, this.#zone.endPfn);
    while (this.#freePfn < end && this.#targets.length < wanted) {
      const pfn = this.#freePfn;
      const order = frames.freeOrder(pfn);
      this.#freePfn += order > 0 ? 1 << order : 1;
      this.#parts.vmstat.add(COMPACT_FREE_SCANNED, 1);
      if (order < 0 || !this.#mayTake(order)) continue;
      this.#parts.buddy.takeBlock(this.#zone, pfn, order, pageblocks.typeOf(pfn));
      for (let i = (1 << order) - 1; i >= 0; i--) this.#targets.push(pfn + i);
    }
  }

  /** __isolate_free_page(): not below min with the block gone. */
  #mayTake(order: number): boolean {
    const zone = this.#zone;
    const mark = zone.watermark(0) + (1 << order);
    return this.#parts.check.passesPlain(zone, mark, zone.index, zone.freePages);
  }

  /** A movable pageblock that is not free as a whole; the last resort takes any. */
  #isTarget(): boolean {
    const { frames, pageblocks } = this.#parts.buddy;
    if (frames.freeOrder(this.#freeBlock) >= pageblocks.order) return false;
    if (this.#request.priority === COMPACT_SYNC_FULL) return true;
    return pageblocks.typeOf(this.#freeBlock) === MIGRATE_MOVABLE;
  }

  #end(result: number): void {
    const { buddy, vmstat } = this.#parts;
    const zone = this.#zone;
    for (const pfn of this.#targets) buddy.free(zone, pfn, 0, buddy.pageblocks.typeOf(pfn));
    this.#targets.length = 0;
    const met = result !== COMPACT_SUCCESS;
    this.#cachedFree[zone.index] = met ? -1 : this.#freeBlock;
    if (met) this.#cachedMigrate.fill(-1, 2 * zone.index, 2 * zone.index + 2);
    else this.#cachedMigrate[this.#modeIndex()] = this.#migratePfn;
    vmstat.add(COMPACT_MIGRATE_SCANNED, this.scanned);
    vmstat.add(PGMIGRATE_SUCCESS, this.moved);
  }

  #modeIndex(): number {
    return 2 * this.#zone.index + (this.#request.priority === COMPACT_ASYNC ? 0 : 1);
  }

  #blockOf(pfn: number): number {
    return pfn - (pfn % this.#zone.pageblockPages);
  }
}
