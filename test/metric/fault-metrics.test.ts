import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import type { Metric } from '../../src/metric/metric.ts';
import { FAIL_PAGE_ALLOC_DEFAULTS, FAILSLAB_DEFAULTS } from '../../src/model/fault/fault-attr.ts';
import quiet from '../../src/model/kmemleak/variants/quiet-2011.ts';
import { Machine } from '../../src/model/machine.ts';
import type { MachineReadings } from '../../src/model/machine-readings.ts';
import churn from '../../src/workload/workloads/churn.ts';
import { KERNEL_417, machineOf, zoneX } from '../model/machines.ts';

/*
 * What a user can read of injected faults: by the kind of the caller, by capability and by the
 * role of the request. All numbers come from one small churn under both capabilities.
 */

const metrics = await loadCatalog<Metric>(
  'metric',
  new URL('../../src/metric/metrics/', import.meta.url),
);
const KINDS = ['kernel', 'atomic', 'nowait', 'bare'] as const;

function readingsOf(classes: readonly { gfp: string; weight?: number }[]): MachineReadings {
  const params = churn.parameters.parse({ slots: 1024, attempts: 8000, seed: 1, classes });
  const source = churn.start(params, new RandomStreams('1', 0), KERNEL_417);
  const knobs = { probability: 20, times: -1, ignoreGfpWait: false };
  const config = machineOf(KERNEL_417, [zoneX({ pages: 4000 })]);
  const machine = new Machine(
    {
      ...config,
      fault: {
        failslab: { ...FAILSLAB_DEFAULTS, ...knobs },
        failPageAlloc: { ...FAIL_PAGE_ALLOC_DEFAULTS, ...knobs, minOrder: 0 },
      },
      kmemleak: {
        ...config.kmemleak,
        enabled: true,
        variant: { ...quiet, onFailure: 'leave-untracked' },
      },
    },
    [{ source, cpu: 0 }],
    new RandomStreams('1', 0),
  );
  machine.run(60e9);
  return machine.readings();
}

const readings = readingsOf([
  { gfp: 'GFP_KERNEL', weight: 4 },
  { gfp: 'GFP_NOFS' },
  { gfp: 'GFP_ATOMIC', weight: 3 },
  { gfp: '__GFP_HIGH' },
  { gfp: 'GFP_NOWAIT', weight: 2 },
  { gfp: '0' },
]);
const read = (name: string) => metrics.get(name).read(readings);

describe('by the kind of the caller', () => {
  test.each(['host_attempts', 'host_failures', 'metadata_attempts', 'metadata_failures'])(
    '%s of the four kinds add up to all of them',
    (count) => {
      const parts = KINDS.map((kind) => read(`${count}_${kind}`)!);
      expect(Math.min(...parts)).toBeGreaterThan(0);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(read(count));
    },
  );

  test('a kind takes all classes of the load that are of it', () => {
    const [kernel, nofs, atomic, high, nowait, bare] = readings.classes;
    expect(read('host_attempts_kernel')).toBe(kernel!.attempts + nofs!.attempts);
    expect(read('host_failures_atomic')).toBe(atomic!.failures + high!.failures);
    expect(read('metadata_attempts_nowait')).toBe(nowait!.metadataAttempts);
    expect(read('metadata_failures_bare')).toBe(bare!.metadataFailures);
  });

  test('a kind that the load does not have has no value, not zero', () => {
    const { classes } = readingsOf([{ gfp: 'GFP_ATOMIC' }]);
    const values = KINDS.map((kind) =>
      metrics.get(`host_failures_${kind}`).read({ ...readings, classes }),
    );
    expect(values.map((value) => value === null)).toEqual([true, false, true, true]);
  });
});

describe('by capability and role', () => {
  test('failslab judged every request, and failed what it says', () => {
    expect(read('failslab_checked_host')).toBe(read('host_attempts'));
    expect(read('failslab_checked_metadata')).toBe(read('metadata_attempts'));
    const failed = read('failslab_injected_host')! / read('host_attempts')!;
    expect(Math.abs(failed - 0.2)).toBeLessThan(0.03);
  });

  test('the two capabilities add up to the faults of each role', () => {
    for (const role of ['host', 'metadata']) {
      const parts = [read(`failslab_injected_${role}`)!, read(`fail_page_alloc_injected_${role}`)!];
      expect(Math.min(...parts)).toBeGreaterThan(0);
      expect(parts[0]! + parts[1]!).toBe(read(`injected_${role}`));
    }
    expect(read('fail_page_alloc_checked_host')).toBe(readings.failPageAlloc.checked.host);
    expect(read('fail_page_alloc_checked_metadata')).toBe(readings.failPageAlloc.checked.metadata);
  });

  test('the stack depot, scan areas and the spared are counted apart', () => {
    const spared = { nofail: 3, flag: 4, scope: 5, wrongly: 6 };
    const roles = { host: 0, metadata: 0, area: 3, depot: 7, other: 0 };
    const reported = { ...roles, area: 0, depot: 0, host: 2 };
    const part = { checked: { ...roles, depot: 9 }, injected: roles, reported, spared };
    const other = { ...readings, failPageAlloc: part };
    const of = (name: string) => metrics.get(name).read(other);
    expect(of('fail_page_alloc_checked_depot')).toBe(9);
    expect(of('fail_page_alloc_injected_depot')).toBe(7);
    expect(of('fail_page_alloc_injected_area')).toBe(3);
    expect(of('fail_page_alloc_metadata_share')).toBe(0.3);
    expect(of('injected_metadata')).toBe(3 + readings.failslab.injected.metadata);
    expect(of('fail_page_alloc_spared')).toBe(12);
    expect(of('failslab_spared')).toBe(0);
    expect(of('injection_reports')! - read('injection_reports')!).toBe(
      2 - readings.failPageAlloc.injected.host - readings.failPageAlloc.injected.metadata,
    );
  });
});
