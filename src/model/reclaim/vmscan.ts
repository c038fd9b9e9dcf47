import type { KernelRules } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import type { SlowPath } from '../page-source.ts';
import type { VmStat } from '../vmstat.ts';
import { WORKINGSET_ACTIVATE, WORKINGSET_ACTIVATE_ANON } from '../vmstat.ts';
import { napFor } from '../wait-queue.ts';
import type { Compaction } from './compaction.ts';
import {
  ACTIVE_ANON,
  ACTIVE_FILE,
  INACTIVE_ANON,
  INACTIVE_FILE,
  LRU_LISTS,
  type Lru,
  SWAP_CLUSTER_MAX,
} from './lru.ts';
import type { NodeState } from './node-state.ts';
import type { SwapSpace } from './page-fate.ts';
import { DEF_PRIORITY, type ScanControl } from './scan-control.ts';
import { inactiveIsLow, type ScanCount } from './scan-count.ts';
import type { ShrinkList } from './shrink-list.ts';
import type { Shrinkers } from './shrinkers.ts';

const COSTLY_ORDER = 3;
/** What kswapd waits for pages that it meets under writeback again and again. */
const WRITEBACK_WAIT_NS = 100e6;

export interface VmscanParts {
  readonly rules: KernelRules;
  readonly node: NodeState;
  readonly lru: Lru;
  readonly counts: ScanCount;
  readonly lists: ShrinkList;
  readonly shrinkers: Shrinkers;
  readonly swap: SwapSpace;
  readonly compaction: Compaction;
  readonly vmstat: VmStat;
  readonly costs: Costs;
  /** vm.swappiness */
  readonly swappiness: number;
}

/**
 * One pass over the node at one priority: what direct reclaim and kswapd have in common.
 *
 * Models: mm/vmscan.c shrink_node, shrink_node_memcg or shrink_lruvec, shrink_list,
 * prepare_scan_count, too_many_isolated, should_continue_reclaim (4.17, 6.1, 6.12).
 * Departs: the classic lists in every kernel (no MGLRU); no cgroups; a reclaimer that finds too
 * many pages isolated waits its whole time.
 */
export class Vmscan {
  readonly #parts: VmscanParts;
  /** Activations by refault when the last reclaim ended: of anonymous pages, of files' pages. */
  #anonRefaults = 0;
  #fileRefaults = 0;

  constructor(parts: VmscanParts) {
    this.#parts = parts;
  }

  /** shrink_node(): returns the pages freed in this call; they are in `control.reclaimed` too. */
  *shrinkNode(control: ScanControl): SlowPath {
    const { node, costs } = this.#parts;
    const before = control.reclaimed;
    let freed: number;
    let scanned: number;
    do {
      freed = control.reclaimed;
      scanned = control.scanned;
      yield costs.reclaimPassNs;
      control.beginPass();
      this.#prepare(control);
      yield* this.#shrinkLists(control);
      control.reclaimed += yield* this.#parts.shrinkers.shrink(control);
      freed = control.reclaimed - freed;
      scanned = control.scanned - scanned;
      if (control.isKswapd) yield* this.#noteNode(control);
    } while (this.#shouldContinue(control, freed, scanned));
    if (control.reclaimed > before) node.kswapdFailures = 0;
    return control.reclaimed - before;
  }

  /** age_active_anon(), kswapd_age_node(): the anonymous lists are kept in shape. */
  *ageAnon(control: ScanControl): SlowPath {
    const { lists, swap } = this.#parts;
    if (swap.total === 0 || !this.#isLow(INACTIVE_ANON, control)) return 0;
    yield* lists.shrinkActive(ACTIVE_ANON, SWAP_CLUSTER_MAX, control);
    return 0;
  }

  /** snapshot_refaults(): a reclaim ends. */
  snapshotRefaults(): void {
    const { vmstat } = this.#parts;
    this.#anonRefaults = vmstat.count(WORKINGSET_ACTIVATE_ANON);
    this.#fileRefaults = vmstat.count(WORKINGSET_ACTIVATE);
  }

  /** shrink_node_memcg(), shrink_lruvec() */
  *#shrinkLists(control: ScanControl): SlowPath {
    const counts = new Int32Array(LRU_LISTS);
    this.#count(counts, control);
    const targets = counts.slice();
    let proportional = !control.isKswapd && control.priority === DEF_PRIORITY;
    let reclaimed = 0;
    while (counts[INACTIVE_ANON]! + counts[ACTIVE_FILE]! + counts[INACTIVE_FILE]! > 0) {
      for (let list = 0; list < LRU_LISTS; list++) {
        const wanted = Math.min(counts[list]!, SWAP_CLUSTER_MAX);
        if (wanted === 0) continue;
        counts[list]! -= wanted;
        reclaimed += yield* this.#shrinkList(list, wanted, control);
      }
      if (reclaimed < control.wanted || proportional) continue;
      if (!stopInProportion(counts, targets)) break;
      proportional = true;
    }
    control.reclaimed += reclaimed;
    yield* this.ageAnon(control);
    return reclaimed;
  }

  *#shrinkList(list: number, wanted: number, control: ScanControl): SlowPath {
    const { lists } = this.#parts;
    if ((list & 1) === 0) {
      if (!(yield* this.#passIsolation(list, control))) return 0;
      return yield* lists.shrinkInactive(list, wanted, control);
    }
    if (this.#mayDeactivate(list, control)) yield* lists.shrinkActive(list, wanted, control);
    return 0;
  }

  /** Waits once while too many pages are isolated; 0: still so. A killed task goes on. */
  *#passIsolation(list: number, control: ScanControl): SlowPath {
    const { context } = control;
    if (!this.#tooManyIsolated(list, control)) return 1;
    if (this.#parts.rules.isolationWaitNs > 0) {
      yield* napFor(context, this.#parts.rules.isolationWaitNs);
    }
    return context.fatalSignal || this.#tooManyIsolated(list, control) ? 0 : 1;
  }

  /** too_many_isolated(): who may do I/O and enter file systems waits earlier. */
  #tooManyIsolated(list: number, control: ScanControl): boolean {
    if (control.isKswapd) return false;
    const { lru } = this.#parts;
    const inactive = lru.sizeOf(list);
    const limit = control.mayIo && control.mayFs ? inactive >> 3 : inactive;
    return lru.isolated[list >> 1]! > limit;
  }

  #count(counts: Int32Array, control: ScanControl): void {
    const { node, swap, swappiness } = this.#parts;
    this.#parts.counts.fill(counts, {
      priority: control.priority,
      zoneIndex: control.zoneIndex,
      maySwap: control.maySwap && swap.free > 0,
      swappiness,
      freePages: node.freePages(),
      highMarks: node.highMarks(),
      cacheTrimMode: control.cacheTrimMode,
      fileIsTiny: control.fileIsTiny,
    });
  }

  /** prepare_scan_count(): 6.x decides once a pass what 4.17 asks list by list. */
  #prepare(control: ScanControl): void {
    const { lru, rules, node, vmstat } = this.#parts;
    if (rules.scanBalance !== 'costs') return;
    const anonCame = vmstat.count(WORKINGSET_ACTIVATE_ANON) !== this.#anonRefaults;
    const force = control.forceDeactivate;
    control.mayDeactivateAnon = force || anonCame || this.#isLow(INACTIVE_ANON, control);
    control.mayDeactivateFile = force || this.#filesCame() || this.#isLow(INACTIVE_FILE, control);
    const inactiveFile = lru.sizeOf(INACTIVE_FILE);
    control.cacheTrimMode = inactiveFile >> control.priority > 0 && !control.mayDeactivateFile;
    const few = inactiveFile + lru.sizeOf(ACTIVE_FILE) + node.freePages() <= node.highMarks();
    const anon = lru.sizeOf(INACTIVE_ANON) >> control.priority > 0;
    control.fileIsTiny = few && !control.mayDeactivateAnon && anon;
  }

  #mayDeactivate(list: number, control: ScanControl): boolean {
    const { rules, swap } = this.#parts;
    if (rules.scanBalance === 'costs') {
      const may = list === ACTIVE_FILE ? control.mayDeactivateFile : control.mayDeactivateAnon;
      if (!may) control.skippedDeactivate = true;
      return may;
    }
    if (list === ACTIVE_FILE) {
      return this.#filesCame() || this.#isLow(INACTIVE_FILE, control);
    }
    return swap.total > 0 && this.#isLow(INACTIVE_ANON, control);
  }

  #isLow(inactive: number, { zoneIndex }: ScanControl): boolean {
    const { lru } = this.#parts;
    return inactiveIsLow(lru.sizeUpTo(inactive, zoneIndex), lru.sizeUpTo(inactive + 1, zoneIndex));
  }

  /** Pages of files came back that belong to the working set: the active list holds others. */
  #filesCame(): boolean {
    return this.#parts.vmstat.count(WORKINGSET_ACTIVATE) !== this.#fileRefaults;
  }

  /** What kswapd saw at the cold end is remembered by the node; it may have to wait. */
  *#noteNode(control: ScanControl): SlowPath {
    const { node } = this.#parts;
    if (control.writeback > 0 && control.writeback === control.taken) node.writeback = true;
    if (control.unqueuedDirty > 0 && control.unqueuedDirty === control.fileTaken) {
      node.dirty = true;
    }
    if (control.immediate > 0) yield* napFor(control.context, WRITEBACK_WAIT_NS);
    return 0;
  }

  /** should_continue_reclaim(): for compaction's sake the node is shrunk again. */
  #shouldContinue(control: ScanControl, freed: number, scanned: number): boolean {
    const { order, zoneIndex } = control;
    const { rules, lru, swap, compaction } = this.#parts;
    const wanted = order > COSTLY_ORDER || (order > 0 && control.priority < DEF_PRIORITY - 2);
    if (!wanted || (rules.continueNeedsIo && !control.mayIo)) return false;
    const insists = rules.retryMayfailRescans && control.retryMayfail && scanned > 0;
    if (freed === 0 && !insists) return false;
    const gap = 2 << order;
    let inactive = lru.sizeOf(INACTIVE_FILE);
    if (swap.free > 0) inactive += lru.sizeOf(INACTIVE_ANON);
    const total = control.reclaimed;
    if (rules.retryMayfailRescans && total < gap && inactive > gap) return true;
    if (compaction.anyReady(order, zoneIndex)) return false;
    return rules.retryMayfailRescans || inactive > gap;
  }
}

/**
 * Enough was freed: the kind with less left to scan stops, the other goes on in proportion to
 * what the first one did. False when one of them had nothing left anyway.
 */
export function stopInProportion(counts: Int32Array, targets: Int32Array): boolean {
  const anon = counts[INACTIVE_ANON]! + counts[ACTIVE_ANON]!;
  const file = counts[INACTIVE_FILE]! + counts[ACTIVE_FILE]!;
  if (anon === 0 || file === 0) return false;
  const [stopped, goes] =
    file > anon ? [INACTIVE_ANON, INACTIVE_FILE] : [INACTIVE_FILE, INACTIVE_ANON];
  const target = targets[stopped]! + targets[stopped + 1]! + 1;
  const left = Math.floor((Math.min(anon, file) * 100) / target);
  counts[stopped] = 0;
  counts[stopped + 1] = 0;
  for (const list of [goes, goes + 1]) {
    const scanned = targets[list]! - counts[list]!;
    const share = Math.floor((targets[list]! * (100 - left)) / 100);
    counts[list] = share - Math.min(share, scanned);
  }
  return true;
}
