import type { KernelRules } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import {
  NO_OWNER,
  PAGE_ACTIVE,
  PAGE_ANON,
  PAGE_WRITEBACK,
  type PageFrames,
} from '../mm/page-frames.ts';
import type { PerCpuPages } from '../mm/pcp.ts';
import type { SlowPath } from '../page-source.ts';
import {
  PGFREE,
  PGREFILL,
  PGSCAN_DIRECT,
  PGSCAN_KSWAPD,
  PGSTEAL_DIRECT,
  PGSTEAL_KSWAPD,
  type VmStat,
} from '../vmstat.ts';
import { ACTIVE_FILE, INACTIVE_FILE, Isolated, type Lru } from './lru.ts';
import {
  FATE_ACTIVATE,
  FATE_FREE,
  FATE_SWAP_OUT,
  FATE_WRITE,
  type FileWriter,
  type PageFate,
} from './page-fate.ts';
import type { ScanBalance } from './scan-balance.ts';
import type { ScanControl } from './scan-control.ts';

/** What the shrinking of lists stands on. */
export interface ShrinkParts {
  readonly rules: KernelRules;
  readonly frames: PageFrames;
  readonly pcp: PerCpuPages;
  readonly lru: Lru;
  readonly balance: ScanBalance;
  readonly fate: PageFate;
  /** null: no file can be dirty. */
  readonly writer: FileWriter | null;
  readonly vmstat: VmStat;
  readonly costs: Costs;
}

/**
 * One batch of a list, up to SWAP_CLUSTER_MAX pages: isolated, judged, freed or put back.
 *
 * Models: mm/vmscan.c shrink_inactive_list, shrink_page_list, shrink_active_list,
 * move_active_pages_to_lru (4.17, 6.1, 6.12).
 * Departs: the time of a batch passes between its isolation and its pages' fates; pages are
 * never locked by others.
 */
export class ShrinkList {
  readonly #parts: ShrinkParts;
  /** Batches that nobody is using. */
  readonly #idle: Isolated[] = [];

  constructor(parts: ShrinkParts) {
    this.#parts = parts;
  }

  /** shrink_inactive_list(): returns the pages freed. */
  *shrinkInactive(list: number, wanted: number, control: ScanControl): SlowPath {
    const { lru, vmstat, costs, fate } = this.#parts;
    const batch = this.#idle.pop() ?? new Isolated();
    const isFile = list >= INACTIVE_FILE;
    const looked = lru.isolate(batch, list, wanted, control.zoneIndex);
    vmstat.add(control.isKswapd ? PGSCAN_KSWAPD : PGSCAN_DIRECT, looked);
    this.#parts.balance.noteScanned(isFile, batch.count);
    if (batch.count > 0) yield costs.scanPerPageNs * looked;
    const unqueued = control.unqueuedDirty;
    const writtenBefore = control.written;
    let freed = 0;
    for (let i = 0; i < batch.count; i++) {
      const pfn = batch.pfns[i]!;
      let verdict = fate.judge(pfn, control);
      if (verdict === FATE_SWAP_OUT) verdict = yield* fate.swapOut(pfn, control);
      else if (verdict === FATE_WRITE) {
        yield* this.#parts.writer!.writePage(pfn, control.context);
        control.written++;
      }
      if (this.#settle(pfn, verdict, control)) freed++;
    }
    vmstat.add(control.isKswapd ? PGSTEAL_KSWAPD : PGSTEAL_DIRECT, freed);
    const written = control.written - writtenBefore;
    this.#parts.balance.noteReclaim(isFile, { written, kept: looked - freed }, lru);
    control.taken += batch.count;
    if (batch.count > 0 && control.unqueuedDirty - unqueued === batch.count) {
      this.#parts.writer?.ask();
    }
    if (isFile) control.fileTaken += batch.count;
    if (freed > 0) yield costs.reclaimPerPageNs * freed;
    this.#idle.push(batch);
    return freed;
  }

  /** shrink_active_list(): pages that nobody used lately go to the inactive list. */
  *shrinkActive(list: number, wanted: number, control: ScanControl): SlowPath {
    const { lru, vmstat, costs, fate, balance, frames } = this.#parts;
    const batch = this.#idle.pop() ?? new Isolated();
    const isFile = list === ACTIVE_FILE;
    const looked = lru.isolate(batch, list, wanted, control.zoneIndex);
    balance.noteScanned(isFile, batch.count);
    vmstat.add(PGREFILL, looked);
    if (batch.count > 0) yield costs.scanPerPageNs * looked;
    let rotated = 0;
    for (let i = 0; i < batch.count; i++) {
      const pfn = batch.pfns[i]!;
      const isDead = !isFile && frames.ownerOf(pfn) === NO_OWNER;
      if (fate.wasReferenced(pfn)) rotated++;
      if (isDead && !frames.hasFlag(pfn, PAGE_WRITEBACK)) this.#free(pfn, control);
      else {
        lru.markInactive(pfn);
        lru.putBack(pfn);
      }
    }
    balance.noteRotated(isFile, rotated);
    this.#idle.push(batch);
    return 0;
  }

  /** One isolated page gets its fate: true when that is to be freed. */
  #settle(pfn: number, verdict: number, control: ScanControl): boolean {
    const { lru, frames, balance } = this.#parts;
    if (verdict === FATE_FREE) {
      this.#free(pfn, control);
      return true;
    }
    if (verdict === FATE_ACTIVATE) lru.markActive(pfn);
    const isAnon = frames.hasFlag(pfn, PAGE_ANON);
    if (frames.hasFlag(pfn, PAGE_ACTIVE)) balance.noteRotated(!isAnon, 1);
    lru.putBack(pfn);
    return false;
  }

  #free(pfn: number, control: ScanControl): void {
    const { lru, pcp, vmstat } = this.#parts;
    const zone = lru.zoneOf(pfn);
    lru.release(pfn);
    pcp.free(control.context.cpu, zone, pfn, 0);
    vmstat.add(PGFREE, 1);
  }
}
