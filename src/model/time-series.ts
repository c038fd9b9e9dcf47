import type { MachineParts } from './machine-parts.ts';
import type { TimeSeriesReadings } from './machine-readings.ts';
import { INACTIVE_ANON, LRU_LISTS } from './reclaim/lru.ts';
import { VMSTAT_NAMES } from './vmstat.ts';

// One row a sample, one after the other:
//
//   ns │ free, by zone │ per-CPU lists │ LRU lists │ slab │ kswapd │ vmstat counters    Float64

/** With more rows than this every second one is dropped, and the period doubles. */
const ROWS_MAX = 65_536;
const FIRST_ROWS = 256;
const LIST_NAMES = ['inactive_anon', 'active_anon', 'inactive_file', 'active_file'];

/**
 * Samples the machine at a simulated period, from time 0 on. It makes no events: between two
 * events nothing changes, so that a sample is taken when the next event shows its time has come.
 */
export class TimeSeries {
  /** When the next row is due. */
  dueNs = 0;
  readonly #parts: MachineParts;
  readonly #names: readonly string[];
  #periodNs: number;
  #rows = 0;
  #values: Float64Array;

  constructor(parts: MachineParts, periodNs: number) {
    this.#parts = parts;
    this.#periodNs = periodNs;
    this.#names = [
      'ns',
      ...parts.memory.zones.map((zone) => `free_${zone.name.toLowerCase()}`),
      'pcp_pages',
      ...LIST_NAMES.map((name) => `nr_${name}`),
      'nr_slab',
      // 1 from its wake-up until it sleeps again.
      'kswapd_awake',
      ...VMSTAT_NAMES,
    ];
    this.#values = new Float64Array(FIRST_ROWS * this.#names.length);
  }

  /** Before anything happens at this time: all rows due up to then. */
  catchUp(nowNs: number): void {
    while (this.dueNs <= nowNs) {
      if (this.#rows === ROWS_MAX) this.#thinOut();
      this.#append(this.dueNs);
      this.dueNs += this.#periodNs;
    }
  }

  readings(): TimeSeriesReadings {
    const width = this.#names.length;
    const values = this.#values.slice(0, this.#rows * width);
    return { names: this.#names, rows: this.#rows, values };
  }

  #append(ns: number): void {
    const { memory, slab, reclaim } = this.#parts;
    const { lru, vmstat, pcp, zones } = memory;
    const width = this.#names.length;
    if ((this.#rows + 1) * width > this.#values.length) this.#grow();
    const values = this.#values;
    let at = this.#rows * width;
    values[at++] = ns;
    for (const zone of zones) values[at++] = zone.freePages;
    values[at++] = pcp.pages();
    for (let list = INACTIVE_ANON; list < LRU_LISTS; list++) values[at++] = lru.sizeOf(list);
    values[at++] = slab.nrSlabPages;
    values[at++] = reclaim.node.kswapdAsleep ? 0 : 1;
    for (let i = 0; i < VMSTAT_NAMES.length; i++) values[at++] = vmstat.count(i);
    this.#rows++;
  }

  #grow(): void {
    const values = new Float64Array(this.#values.length * 2);
    values.set(this.#values);
    this.#values = values;
  }

  /** Rows 0, 2, 4 … stay; the next one due is a whole number of the new periods from 0. */
  #thinOut(): void {
    const width = this.#names.length;
    for (let row = 0; row * 2 < this.#rows; row++) {
      this.#values.copyWithin(row * width, row * 2 * width, (row * 2 + 1) * width);
    }
    this.#rows = Math.ceil(this.#rows / 2);
    this.#periodNs *= 2;
    this.dueNs = this.#rows * this.#periodNs;
  }
}
