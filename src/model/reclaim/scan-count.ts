import type { KernelRules } from '../../kernel/kernel-profile.ts';
import { isqrt } from '../mm/exact-integers.ts';
import {
  ACTIVE_ANON,
  ACTIVE_FILE,
  INACTIVE_ANON,
  INACTIVE_FILE,
  LRU_LISTS,
  type Lru,
} from './lru.ts';
import type { ScanBalance } from './scan-balance.ts';

/** SCAN_*: which kinds of pages a pass looks at. */
const SCAN_BY_SHARE = 0;
const SCAN_EQUAL = 1;
const SCAN_ANON = 2;
const SCAN_FILE = 3;

/** log2 of the pages of a GiB. */
const GIB_SHIFT = 18;

/** What the counts of one pass depend on. */
export interface ScanCountInput {
  readonly priority: number;
  readonly zoneIndex: number;
  /** There is swap space left, and this reclaimer may use it. */
  readonly maySwap: boolean;
  readonly swappiness: number;
  /** Free pages of the node, and the sum of its zones' high marks. */
  readonly freePages: number;
  readonly highMarks: number;
  /** 6.x: verdicts of prepare_scan_count; 4.17 decides here. */
  readonly cacheTrimMode: boolean;
  readonly fileIsTiny: boolean;
}

/**
 * inactive_list_is_low(): the inactive list is short of what its active one would need.
 *
 * Models: mm/vmscan.c inactive_list_is_low, inactive_is_low (4.17, 6.1, 6.12).
 */
export function inactiveIsLow(inactive: number, active: number): boolean {
  const gib = (inactive + active) >> GIB_SHIFT;
  const ratio = gib === 0 ? 1 : isqrt(10 * gib);
  return inactive * ratio < active;
}

/**
 * How many pages of each list one pass over the node looks at.
 *
 * Models: mm/vmscan.c get_scan_count (4.17, 6.1, 6.12). Departs: no cgroups, so swappiness 0
 * only means what the fractions make of it.
 */
export class ScanCount {
  readonly #lru: Lru;
  readonly #balance: ScanBalance;
  readonly #decidesHere: boolean;

  constructor(lru: Lru, balance: ScanBalance, rules: KernelRules) {
    this.#lru = lru;
    this.#balance = balance;
    this.#decidesHere = rules.scanBalance === 'rotations';
  }

  /** Fills `counts`, by list number. */
  fill(counts: Int32Array, input: ScanCountInput): void {
    const which = this.#which(input);
    const balance = this.#balance;
    if (which === SCAN_BY_SHARE) balance.weigh(this.#lru, input.swappiness);
    for (let list = 0; list < LRU_LISTS; list++) {
      const pages = this.#lru.sizeUpTo(list, input.zoneIndex) >> input.priority;
      const isFile = list >= INACTIVE_FILE;
      if (which === SCAN_EQUAL) counts[list] = pages;
      else if (which === SCAN_BY_SHARE) counts[list] = balance.shareOf(pages, isFile);
      else counts[list] = isFile === (which === SCAN_FILE) ? pages : 0;
    }
  }

  #which(input: ScanCountInput): number {
    if (!input.maySwap) return SCAN_FILE;
    if (input.priority === 0 && input.swappiness > 0) return SCAN_EQUAL;
    const tiny = this.#decidesHere ? this.#isTiny(input) : input.fileIsTiny;
    if (tiny) return SCAN_ANON;
    const trim = this.#decidesHere ? this.#hasColdCache(input) : input.cacheTrimMode;
    return trim ? SCAN_FILE : SCAN_BY_SHARE;
  }

  /** 4.17: file pages and free pages together do not reach the high marks. */
  #isTiny({ freePages, highMarks, priority, zoneIndex }: ScanCountInput): boolean {
    const lru = this.#lru;
    const file = lru.sizeOf(INACTIVE_FILE) + lru.sizeOf(ACTIVE_FILE);
    if (file + freePages > highMarks) return false;
    const inactive = lru.sizeUpTo(INACTIVE_ANON, zoneIndex);
    if (inactive >> priority === 0) return false;
    return !inactiveIsLow(inactive, lru.sizeUpTo(ACTIVE_ANON, zoneIndex));
  }

  /** 4.17: enough inactive file pages, and this priority looks at some. */
  #hasColdCache({ priority, zoneIndex }: ScanCountInput): boolean {
    const lru = this.#lru;
    const inactive = lru.sizeUpTo(INACTIVE_FILE, zoneIndex);
    if (inactive >> priority === 0) return false;
    return !inactiveIsLow(inactive, lru.sizeUpTo(ACTIVE_FILE, zoneIndex));
  }
}
