import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import type { Metric } from '../../src/metric/metric.ts';
import { VMSTAT_NAMES } from '../../src/model/vmstat.ts';
import { IDLE_READINGS } from '../metric/idle-readings.ts';

const FOLDER = new URL('../../src/metric/metrics/', import.meta.url);
const metrics = (await loadCatalog<Metric>('metric', FOLDER)).all();
const UNITS = ['count', 'pages', 'bytes', 'ns', 'ratio', 'index', 'flag'];

/** The promised names that this build's model can fill. */
const PROMISED = [
  ...['kmemleak_alive', 'kmemleak_death_alloc', 'kmemleak_death_ns'],
  ...['metadata_attempts', 'metadata_failures', 'metadata_pool'],
  ...['host_attempts', 'host_failures', 'first_host_failure_alloc'],
  ...['injected_host', 'injected_metadata', 'injection_coverage'],
  ...['free_min_pages', 'reserve_depth', 'metadata_pages', 'metadata_bytes_max'],
  ...['stall_ns_p50', 'stall_ns_p99', 'stall_ns_max'],
  ...['metadata_stall_ns_p50', 'metadata_stall_ns_p99', 'metadata_stall_ns_max'],
  ...['loop_rounds_max', 'livelock', 'warnings_W1', 'warnings_W6', 'warnings_L1'],
  ...['allocstall_dma', 'allocstall_dma32', 'allocstall_normal', 'allocstall_movable'],
  ...['pgscan_direct', 'pgsteal_direct', 'pgscan_kswapd', 'pgsteal_kswapd'],
  ...['leaks_planted', 'leaks_reported', 'leaks_missed', 'false_positives'],
  ...['pswpin', 'pswpout', 'oom_kill', 'workingset_refault'],
];

test('every file of the folder is one metric of that name', () => {
  const files = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ''));
  expect(metrics.map((metric) => metric.name)).toEqual(files.sort());
});

test('the promised names exist', () => {
  const names = metrics.map((metric) => metric.name);
  expect(PROMISED.filter((name) => !names.includes(name))).toEqual([]);
});

describe.each(metrics.map((metric) => [metric.name, metric] as const))('%s', (_, metric) => {
  test('declares unit, direction and kind, and says what it is in one phrase', () => {
    expect(UNITS).toContain(metric.unit);
    expect(['lower', 'higher', 'neither']).toContain(metric.better);
    expect(['exact', 'sampled']).toContain(metric.kind);
    expect(metric.summary).toMatch(/^\S.{9,89}[^.\s]$/);
  });

  test('an idle machine gives a finite number or none, twice the same', () => {
    const value = metric.read(IDLE_READINGS);
    expect(value === null || Number.isFinite(value)).toBe(true);
    expect(metric.read(IDLE_READINGS)).toBe(value);
  });

  test('only times to an event may be censored, and are so at a finite moment', () => {
    const censoredAt = metric.survival?.censoredAt(IDLE_READINGS);
    const isTime = ['ns', 'index'].includes(metric.unit) && metric.name.match(/death|first/);
    expect(censoredAt).toBe(isTime ? 0 : undefined);
  });

  test('a counter named after vmstat is one that the model counts', () => {
    const counter =
      /^(allocstall|compact|pgscan|pgsteal|pgalloc|pgmigrate|kswapd|workingset)_/.test(
        metric.name,
      ) || /^(pswp(in|out)|oom_kill|pg(maj)?fault|pageoutrun|slabs_scanned)$/.test(metric.name);
    const counted = VMSTAT_NAMES.includes(metric.name);
    expect(counted).toBe(counter);
  });
});
