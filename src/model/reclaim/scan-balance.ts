import type { KernelRules } from '../../kernel/kernel-profile.ts';
import { ACTIVE_ANON, ACTIVE_FILE, INACTIVE_ANON, INACTIVE_FILE, type ListSizes } from './lru.ts';

const ANON = 0;
const FILE = 1;

/** What reclaim did to a batch of pages. */
export interface ReclaimedBatch {
  readonly written: number;
  readonly kept: number;
}

/**
 * Whether anonymous or file pages are the better ones to take.
 *
 * Models: mm/vmscan.c struct zone_reclaim_stat with get_scan_count's fractions (4.17);
 * mm/swap.c lru_note_cost with anon_cost and file_cost (6.1, 6.12). Departs: no cgroups; no active
 * page is spared because it is code (6.12).
 */
export class ScanBalance {
  readonly #byCost: boolean;
  readonly #ioWeight: number;
  readonly #countsRotations: boolean;
  /** 4.17: pages scanned and of those found in use, lately; by kind. */
  readonly #scanned = [0, 0];
  readonly #rotated = [0, 0];
  /** 6.x: cost of reclaim, by kind. */
  readonly #cost = [0, 0];
  #anonShare = 0;
  #fileShare = 0;
  #whole = 1;

  constructor(rules: KernelRules) {
    this.#byCost = rules.scanBalance === 'costs';
    this.#ioWeight = rules.reclaimIoCost;
    this.#countsRotations = rules.rotationsCost;
  }

  noteScanned(isFile: boolean, pages: number): void {
    if (!this.#byCost) this.#scanned[isFile ? FILE : ANON]! += pages;
  }

  noteRotated(isFile: boolean, pages: number): void {
    if (!this.#byCost) this.#rotated[isFile ? FILE : ANON]! += pages;
  }

  /** Of a batch of the inactive list: pages that were written out, and that were not freed. */
  noteReclaim(isFile: boolean, batch: ReclaimedBatch, lru: ListSizes): void {
    if (!this.#byCost) return;
    const rotated = this.#countsRotations ? batch.kept : 0;
    const cost = batch.written * this.#ioWeight + rotated;
    // 6.1 has no exit for nothing: old costs are halved as often as somebody reclaims.
    if (cost > 0 || !this.#countsRotations) this.#addCost(isFile ? FILE : ANON, cost, lru);
  }

  /** A page was read back that should not have been taken. */
  noteRefault(isFile: boolean, lru: ListSizes): void {
    if (this.#byCost) this.#addCost(isFile ? FILE : ANON, this.#ioWeight, lru);
  }

  /** Fixes the shares of the pass that begins. */
  weigh(lru: ListSizes, swappiness: number): void {
    if (this.#byCost) this.#weighCosts(swappiness);
    else this.#weighRotations(lru, swappiness);
  }

  shareOf(pages: number, isFile: boolean): number {
    return Math.floor((pages * (isFile ? this.#fileShare : this.#anonShare)) / this.#whole);
  }

  #weighRotations(lru: ListSizes, swappiness: number): void {
    this.#age(ANON, lru.sizeOf(INACTIVE_ANON) + lru.sizeOf(ACTIVE_ANON));
    this.#age(FILE, lru.sizeOf(INACTIVE_FILE) + lru.sizeOf(ACTIVE_FILE));
    this.#anonShare = this.#benefit(ANON, swappiness);
    this.#fileShare = this.#benefit(FILE, 200 - swappiness);
    this.#whole = this.#anonShare + this.#fileShare + 1;
  }

  #benefit(kind: number, weight: number): number {
    return Math.floor((weight * (this.#scanned[kind]! + 1)) / (this.#rotated[kind]! + 1));
  }

  #age(kind: number, pages: number): void {
    if (this.#scanned[kind]! <= Math.floor(pages / 4)) return;
    this.#scanned[kind] = Math.floor(this.#scanned[kind]! / 2);
    this.#rotated[kind] = Math.floor(this.#rotated[kind]! / 2);
  }

  #weighCosts(swappiness: number): void {
    const [anon, file] = this.#cost as [number, number];
    const anonCost = anon + file + anon;
    const fileCost = anon + file + file;
    const total = anonCost + fileCost;
    this.#anonShare = Math.floor((swappiness * (total + 1)) / (anonCost + 1));
    this.#fileShare = Math.floor(((200 - swappiness) * (total + 1)) / (fileCost + 1));
    this.#whole = this.#anonShare + this.#fileShare;
  }

  #addCost(kind: number, cost: number, lru: ListSizes): void {
    this.#cost[kind]! += cost;
    let size = 0;
    for (let list = INACTIVE_ANON; list <= ACTIVE_FILE; list++) size += lru.sizeOf(list);
    if (this.#cost[ANON]! + this.#cost[FILE]! <= Math.floor(size / 4)) return;
    this.#cost[ANON] = Math.floor(this.#cost[ANON]! / 2);
    this.#cost[FILE] = Math.floor(this.#cost[FILE]! / 2);
  }
}
