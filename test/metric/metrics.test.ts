import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import type { Metric } from '../../src/metric/metric.ts';
import type { MachineReadings } from '../../src/model/machine-readings.ts';
import { IDLE_READINGS, moment, readingsWith } from './idle-readings.ts';

const metrics = await loadCatalog<Metric>(
  'metric',
  new URL('../../src/metric/metrics/', import.meta.url),
);

function read(name: string, part: Partial<MachineReadings>): number | null {
  return metrics.get(name).read(readingsWith(part));
}

describe('quantiles of stalls are stalls that happened', () => {
  const stallsNs = Array.from({ length: 200 }, (_, i) => (i + 1) * 10);

  test.each([
    ['stall_ns_p50', 1000],
    ['stall_ns_p99', 1980],
    ['stall_ns_max', 2000],
  ])('%s of 10, 20 … 2000 is %i', (name, expected) => {
    expect(read(name, { stallsNs })).toBe(expected);
  });

  test('p99 of 100 stalls is the 99th, of 101 the 100th', () => {
    expect(read('stall_ns_p99', { stallsNs: stallsNs.slice(0, 100) })).toBe(990);
    expect(read('stall_ns_p99', { stallsNs: stallsNs.slice(0, 101) })).toBe(1000);
  });

  test('one stall is every quantile; none is no value, not zero', () => {
    expect(read('metadata_stall_ns_p50', { metadataStallsNs: [7] })).toBe(7);
    expect(read('metadata_stall_ns_max', { stallsNs: [7] })).toBeNull();
  });
});

describe('times to an event', () => {
  const readings = readingsWith({ last: moment(20000, 5e6), death: moment(14, 9000) });

  test('an event that happened is its own index and time', () => {
    expect(metrics.get('kmemleak_death_alloc').read(readings)).toBe(14);
    expect(metrics.get('kmemleak_death_ns').read(readings)).toBe(9000);
  });

  test('an event that did not happen is censored at the last moment', () => {
    const failure = metrics.get('first_host_failure_alloc');
    expect(failure.read(readings)).toBeNull();
    expect(failure.survival?.censoredAt(readings)).toBe(20000);
    expect(metrics.get('kmemleak_death_ns').survival?.censoredAt(readings)).toBe(5e6);
  });
});

describe('faults', () => {
  const slab = { host: 30, metadata: 5, area: 3, depot: 1, other: 2 };
  const page = { host: 2, metadata: 4, area: 0, depot: 0, other: 6 };
  const part = {
    failslab: { ...IDLE_READINGS.failslab, injected: slab },
    failPageAlloc: { ...IDLE_READINGS.failPageAlloc, injected: page },
  };

  test('both capabilities count; coverage is the share of all that hit callers', () => {
    expect(read('injected_host', part)).toBe(32);
    expect(read('injected_metadata', part)).toBe(12);
    expect(read('injection_coverage', part)).toBe(32 / 53);
  });

  test('without faults there is no coverage', () => {
    expect(read('injection_coverage', {})).toBeNull();
  });
});

test('flags are 0 or 1', () => {
  expect(read('kmemleak_alive', { kmemleakAlive: false })).toBe(0);
  expect(read('kmemleak_alive', {})).toBe(1);
  expect(read('livelock', { end: 'livelock' })).toBe(1);
  expect(read('livelock', { end: 'horizon' })).toBe(0);
});

test('a livelock lasts until others ended it, or the run did', () => {
  const loop = {
    gfpClass: 'GFP_KERNEL',
    gfp: 0,
    role: 'metadata',
    sinceNs: 10,
    rounds: 9,
  } as const;
  const ended = { ...loop, lastedNs: 25 };
  expect(read('livelock_ns', {})).toBe(0);
  expect(read('livelock_ns', { simulatedNs: 50, livelocks: [ended] })).toBe(25);
  const open = { ...loop, lastedNs: null };
  expect(read('livelock_ns', { simulatedNs: 50, livelocks: [ended, open] })).toBe(40);
});

test('counters read their own name; a zone that is not there has no value', () => {
  const vmstat = { allocstall_dma: 3, pgscan_direct: 40 };
  expect(read('allocstall_dma', { vmstat })).toBe(3);
  expect(read('pgscan_direct', { vmstat })).toBe(40);
  expect(read('allocstall_normal', { vmstat })).toBeNull();
});

test('warnings never met count 0, others their number', () => {
  expect(read('warnings_W2', { warnings: { W2: 41 } })).toBe(41);
  expect(read('warnings_W3', { warnings: { W2: 41 } })).toBe(0);
});

test('metadata bytes are objects times their size', () => {
  expect(read('metadata_bytes_max', { metadataLiveMax: 1000, metadataObjectSize: 304 })).toBe(
    304000,
  );
});
