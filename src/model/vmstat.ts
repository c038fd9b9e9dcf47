import { ZONE_NAMES } from './machine-config.ts';

// Counters by the kernel's names, in one column. Those split by zone take one place a zone
// index, in the order of ZONE_NAMES.

export const PGALLOC = 0; // + zone index
export const ALLOCSTALL = 4; // + zone index
export const PGFREE = 8;
export const PGSCAN_DIRECT = 9;
export const PGSTEAL_DIRECT = 10;
export const DROP_PAGECACHE = 11;
export const COMPACT_STALL = 12;
export const COMPACT_FAIL = 13;
export const OOM_KILL = 14;
/** Requests that asked for kswapd, and those that found it asleep: ours, not the kernel's. */
export const KSWAPD_WAKE_REQUEST = 15;
export const KSWAPD_WAKE = 16;
export const SLOW_PATH = 17;
export const PAGE_ALLOCATION_FAILURE = 18;
export const HIGHATOMIC_RESERVE = 19;
export const FALLBACK_STEAL = 20;
export const PGSCAN_KSWAPD = 21;
export const PGSTEAL_KSWAPD = 22;
export const PAGEOUTRUN = 23;
export const KSWAPD_LOW_WMARK_HIT_QUICKLY = 24;
export const KSWAPD_HIGH_WMARK_HIT_QUICKLY = 25;
export const SLABS_SCANNED = 26;
export const PGACTIVATE = 27;
export const PGDEACTIVATE = 28;
export const PGREFILL = 29;
export const PGROTATED = 30;
export const PSWPIN = 31;
export const PSWPOUT = 32;
export const NR_VMSCAN_WRITE = 33;
export const NR_VMSCAN_IMMEDIATE = 34;
export const WORKINGSET_REFAULT = 35;
export const WORKINGSET_ACTIVATE = 36;
export const PGFAULT = 37;
export const PGMAJFAULT = 38;
export const NR_DIRTIED = 39;
export const NR_WRITTEN = 40;
export const COMPACT_SUCCESSES = 41;
export const COMPACT_MIGRATE_SCANNED = 42;
export const COMPACT_FREE_SCANNED = 43;
export const PGMIGRATE_SUCCESS = 44;
export const WORKINGSET_REFAULT_ANON = 45;
export const WORKINGSET_ACTIVATE_ANON = 46;

const NAMES: readonly string[] = [
  ...ZONE_NAMES.map((zone) => `pgalloc_${zone.toLowerCase()}`),
  ...ZONE_NAMES.map((zone) => `allocstall_${zone.toLowerCase()}`),
  'pgfree',
  'pgscan_direct',
  'pgsteal_direct',
  'drop_pagecache',
  'compact_stall',
  'compact_fail',
  'oom_kill',
  'kswapd_wake_request',
  'kswapd_wake',
  'slow_path',
  'page_allocation_failure',
  'highatomic_reserve',
  'fallback_steal',
  'pgscan_kswapd',
  'pgsteal_kswapd',
  'pageoutrun',
  'kswapd_low_wmark_hit_quickly',
  'kswapd_high_wmark_hit_quickly',
  'slabs_scanned',
  'pgactivate',
  'pgdeactivate',
  'pgrefill',
  'pgrotated',
  'pswpin',
  'pswpout',
  'nr_vmscan_write',
  'nr_vmscan_immediate_reclaim',
  'workingset_refault',
  'workingset_activate',
  'pgfault',
  'pgmajfault',
  'nr_dirtied',
  'nr_written',
  'compact_success',
  'compact_migrate_scanned',
  'compact_free_scanned',
  'pgmigrate_success',
  'workingset_refault_anon',
  'workingset_activate_anon',
];
const COUNTERS = NAMES.length;

/**
 * The machine's event counters.
 *
 * Models: vm_event_states (6.1), summed over CPUs. Departs: a few counters of our own stand
 * among them, where the kernel has only a tracepoint or a message.
 */
export class VmStat {
  readonly #counts = new Float64Array(COUNTERS);

  add(counter: number, amount: number): void {
    this.#counts[counter]! += amount;
  }

  count(counter: number): number {
    return this.#counts[counter]!;
  }

  /** By name, in the column's order. Cold. */
  byName(): Record<string, number> {
    return Object.fromEntries(NAMES.map((name, i) => [name, this.#counts[i]!]));
  }
}

/** All counter names: metrics are checked against them. */
export const VMSTAT_NAMES: readonly string[] = NAMES;
