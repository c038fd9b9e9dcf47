import { assert } from '../../base/assert.ts';
import { NO_OWNER, PAGE_ANON, PAGE_YOUNG, type PageFrames } from '../mm/page-frames.ts';
import { NONE } from '../page-source.ts';
import { PAGES_PER_TABLE, Process, type ProcessSpec } from './processes.ts';

// The page tables of all processes, one after the other, by virtual page.
//
//              process 0          │ process 1 …
//   entry      pfn │ −1 │ −2−slot │ …               Int32: mapped, never touched, swapped out
//   table      one pfn for 512 of them, NONE until the first is touched          Int32
//   process    its number, beside `table`                                        Int16
//
// A process starts at a whole table. A frame's owner is its virtual page; the flag PAGE_ANON tells
// this owner from a file page's.

/** The entry of a page that was never touched, or was given back. */
export const UNTOUCHED = -1;

/** The entry of a page that stands in this swap slot, and back. */
export function swapEntryOf(slot: number): number {
  return -2 - slot;
}

export function slotOf(entry: number): number {
  return -2 - entry;
}

/**
 * The anonymous memory of every process.
 *
 * Models: page tables with their accessed bits and swap entries, reverse mapping, the rss and
 * swap counters: mm/memory.c, mm/rmap.c try_to_unmap, page_referenced (4.17, 6.1, 6.12).
 * Departs: every page has one mapping (no sharing after fork), so the accessed bit lies in the
 * frame's flags; one level of tables.
 */
export class AddressSpaces {
  readonly processes: readonly Process[];
  readonly #frames: PageFrames;
  readonly #entry: Int32Array;
  readonly #table: Int32Array;
  readonly #processOfTable: Int16Array;

  constructor(frames: PageFrames, specs: readonly ProcessSpec[]) {
    this.#frames = frames;
    const processes: Process[] = [];
    let base = 0;
    specs.forEach((spec, id) => {
      const parent = spec.parent < 0 ? null : processes[spec.parent]!;
      processes.push(new Process(id, spec, base, parent));
      base += Math.ceil(spec.pages / PAGES_PER_TABLE) * PAGES_PER_TABLE;
    });
    this.processes = processes;
    this.#entry = new Int32Array(base).fill(UNTOUCHED);
    this.#table = new Int32Array(base / PAGES_PER_TABLE).fill(NONE);
    this.#processOfTable = new Int16Array(base / PAGES_PER_TABLE);
    for (const { id, base: from, pages } of processes) {
      const end = Math.ceil((from + pages) / PAGES_PER_TABLE);
      this.#processOfTable.fill(id, from / PAGES_PER_TABLE, end);
    }
  }

  processOf(page: number): Process {
    return this.processes[this.#processOfTable[(page / PAGES_PER_TABLE) | 0]!]!;
  }

  /** A pfn, UNTOUCHED, or a swap entry. */
  entryOf(page: number): number {
    return this.#entry[page]!;
  }

  hasTable(page: number): boolean {
    return this.#table[(page / PAGES_PER_TABLE) | 0] !== NONE;
  }

  /** __pte_alloc(): the page tables of this virtual page now have this page. */
  addTable(page: number, pfn: number): void {
    const table = (page / PAGES_PER_TABLE) | 0;
    assert(this.#table[table] === NONE, 'a page table is there twice');
    this.#table[table] = pfn;
    this.processOf(page).tablePages++;
  }

  /** free_pgtables(), one table: its pfn, or NONE. */
  dropTable(page: number): number {
    const table = (page / PAGES_PER_TABLE) | 0;
    const pfn = this.#table[table]!;
    if (pfn === NONE) return NONE;
    this.#table[table] = NONE;
    this.processOf(page).tablePages--;
    return pfn;
  }

  /** A fault fills the entry: the page is mapped, and was accessed. */
  map(page: number, pfn: number): void {
    const mm = this.processOf(page);
    if (this.#entry[page]! < UNTOUCHED) mm.swapEntries--;
    this.#entry[page] = pfn;
    mm.rss++;
    this.#frames.setOwner(pfn, page);
    this.#frames.setFlag(pfn, PAGE_ANON | PAGE_YOUNG);
  }

  /**
   * try_to_unmap(): the mapping of this anonymous page becomes an entry for `slot`; true when
   * the page was accessed since somebody last looked.
   */
  unmap(pfn: number, slot: number): boolean {
    const page = this.#frames.ownerOf(pfn);
    assert(this.#entry[page] === pfn, 'a page is unmapped that its owner does not map');
    const mm = this.processOf(page);
    this.#entry[page] = swapEntryOf(slot);
    mm.rss--;
    mm.swapEntries++;
    this.#frames.setOwner(pfn, swapEntryOf(slot));
    return this.testAndClearYoung(pfn);
  }

  /** Migration: the page stands in another frame, which has its owner. Its process. */
  moved(pfn: number): Process {
    const page = this.#frames.ownerOf(pfn);
    this.#entry[page] = pfn;
    return this.processOf(page);
  }

  /** zap_pte_range(), one entry: what it was. The caller gives the page or the slot back. */
  zap(page: number): number {
    const entry = this.#entry[page]!;
    if (entry === UNTOUCHED) return UNTOUCHED;
    const mm = this.processOf(page);
    this.#entry[page] = UNTOUCHED;
    if (entry < UNTOUCHED) mm.swapEntries--;
    else {
      mm.rss--;
      this.#frames.setOwner(entry, NO_OWNER);
    }
    return entry;
  }

  /** page_referenced(): was the mapped page accessed since this was last asked? */
  testAndClearYoung(pfn: number): boolean {
    const young = this.#frames.hasFlag(pfn, PAGE_YOUNG);
    if (young) this.#frames.clearFlag(pfn, PAGE_YOUNG);
    return young;
  }
}
