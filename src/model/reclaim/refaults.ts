import type { KernelRules } from '../../kernel/kernel-profile.ts';
import { PAGE_WORKINGSET, type PageFrames } from '../mm/page-frames.ts';
import {
  type VmStat,
  WORKINGSET_ACTIVATE,
  WORKINGSET_ACTIVATE_ANON,
  WORKINGSET_REFAULT,
  WORKINGSET_REFAULT_ANON,
} from '../vmstat.ts';
import { ACTIVE_ANON, ACTIVE_FILE, INACTIVE_ANON, INACTIVE_FILE, type ListSizes } from './lru.ts';
import type { SwapSpace } from './page-fate.ts';
import type { ScanBalance } from './scan-balance.ts';
import { type Workingset, wasActive } from './workingset.ts';

export interface RefaultParts {
  readonly rules: KernelRules;
  readonly frames: PageFrames;
  readonly lru: ListSizes;
  readonly swap: SwapSpace;
  readonly workingset: Workingset;
  readonly balance: ScanBalance;
  readonly vmstat: VmStat;
}

/**
 * Pages that come back after reclaim has taken them.
 *
 *   gone for no longer than it takes to go through the lists → active at once
 *   and active before it was taken, too                      → a cost of its kind (6.x)
 *
 * Models: mm/workingset.c workingset_refault (4.17: pages of files; 6.1, 6.12: all pages).
 * Departs: no cgroups, so that all lists are the machine's.
 */
export class Refaults {
  readonly #parts: RefaultParts;

  constructor(parts: RefaultParts) {
    this.#parts = parts;
  }

  /** True when the page shall start on the active list. */
  comesBack(pfn: number, shadow: number, isFile: boolean): boolean {
    const { vmstat, workingset, frames, balance, lru } = this.#parts;
    vmstat.add(isFile ? WORKINGSET_REFAULT : WORKINGSET_REFAULT_ANON, 1);
    if (workingset.distance(shadow) > this.#pagesBeside(isFile)) return false;
    vmstat.add(isFile ? WORKINGSET_ACTIVATE : WORKINGSET_ACTIVATE_ANON, 1);
    workingset.activated();
    if (wasActive(shadow)) {
      frames.setFlag(pfn, PAGE_WORKINGSET);
      balance.noteRefault(isFile, lru);
    }
    return true;
  }

  /** Pages that might have gone in its stead: 4.17 thinks of active file pages alone. */
  #pagesBeside(isFile: boolean): number {
    const { rules, lru, swap } = this.#parts;
    let pages = lru.sizeOf(ACTIVE_FILE);
    if (!rules.anonLeavesShadows) return pages;
    if (!isFile) pages += lru.sizeOf(INACTIVE_FILE);
    if (swap.free === 0) return pages;
    pages += lru.sizeOf(ACTIVE_ANON);
    return isFile ? pages + lru.sizeOf(INACTIVE_ANON) : pages;
  }
}
