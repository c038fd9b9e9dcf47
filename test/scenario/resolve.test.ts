import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resolveScenario, resolveTasks, variantsOf } from '../../src/scenario/resolve.ts';
import { catalogs, load, SMALL } from './sample-scenarios.ts';

const machine = (section: string, kernel = '4.17') => {
  const text = SMALL.replace('  memory: 128MiB\n', section).replace('4.17', kernel);
  return resolveScenario(load(text).scenario, catalogs).machine;
};
const zone = (section: string, name: string, kernel?: string) =>
  machine(section, kernel).zones.find((one) => one.name === name)!;

describe('a machine from a RAM size', () => {
  it('has the watermarks of boot', () => {
    const dma32 = zone('  memory: 128MiB\n', 'DMA32');
    expect(dma32).toMatchObject({ managed: 26107, watermarks: { min: 286, low: 357, high: 428 } });
    expect(zone('  memory: 128MiB\n', 'DMA').lowmemReserve).toEqual([0, 93, 93, 93]);
  });

  it('is computed anew after a write of a sysctl', () => {
    const written = '  memory: 128MiB\n  sysctl: { min_free_kbytes: 4096 }\n';
    // Managed pages of now: (4096 >> 2) * 26107 / 30084.
    expect(zone(written, 'DMA32').watermarks.min).toBe(888);
  });

  it('has what a booted kernel leaves free, taken from its highest zone', () => {
    expect(zone('  memory: 128MiB\n', 'DMA').free.pages).toBe(3977);
    expect(zone('  memory: 128MiB\n', 'DMA32').free.pages).toBe(26107 - 6400);
    const large = machine('  memory: 8GiB\n');
    const [, dma32, normal] = large.zones;
    expect(dma32?.free.pages).toBe(dma32?.managed);
    expect(normal?.free.pages).toBe(normal!.managed - 6400);
  });

  it('has what kmemleak would hold free, too, where that is off', () => {
    const off = load(`${SMALL}kmemleak: { enabled: N }\n`).scenario;
    const [, dma32] = resolveScenario(off, catalogs).machine.zones;
    expect(dma32!.free.pages).toBe(26107 - 6400 + 1690);
  });

  it('stays free above the high watermark while the footprint spills into lower zones', () => {
    const small = machine('  memory: 40MiB\n', '6.1');
    const [dma, dma32] = small.zones;
    expect(dma32!.free.pages).toBe(dma32!.watermarks.high);
    expect(dma!.free.pages).toBeLessThan(dma!.managed);
  });

  it('spreads pages on per-CPU lists from the highest zone down', () => {
    const section = '  memory: 128MiB\n  cpus: 2\n  pcp: 20\n';
    expect(zone(section, 'DMA32').free.pcp).toEqual([10, 10]);
    // Each list takes six batches of three, DMA's none; the rest overfills the highest zone's.
    const over = '  memory: 128MiB\n  cpus: 2\n  pcp: 41\n';
    expect(zone(over, 'DMA32').free.pcp).toEqual([21, 20]);
    expect(zone(over, 'DMA').free.pcp).toEqual([0, 0]);
    const most = '  memory: 128MiB\n  pcp: 1000000\n';
    expect(() => machine(most)).toThrow('1000000 on per-CPU lists');
  });
});

describe('a small kernel', () => {
  const dump = (name: string): string =>
    readFileSync(`${import.meta.dirname}/../../scenarios/machines/qemu-128M-4.17/${name}`, 'utf8');
  const dumps = { 'vm/zoneinfo': dump('zoneinfo'), 'vm/slabinfo': dump('slabinfo') };
  const isSmall = (section: string): boolean => {
    const text = SMALL.replace('  memory: 128MiB\n', section);
    return resolveScenario(load(text, dumps).scenario, catalogs).machine.baseSmall;
  };

  it('is told by the nodes of radix trees in slabinfo, or by the scenario', () => {
    expect(isSmall('  memory: 128MiB\n')).toBe(false);
    expect(isSmall('  memory: 128MiB\n  base-small: Y\n')).toBe(true);
    expect(isSmall('  procfs: vm\n')).toBe(true);
    expect(isSmall('  procfs: vm\n  base-small: N\n')).toBe(false);
  });
});

describe('zones by hand', () => {
  it('need only their managed pages', () => {
    const section = '  zones: { DMA32: { managed: 30000, start-pfn: 4096 } }\n';
    expect(zone(section, 'DMA32')).toMatchObject({ present: 30000, spanned: 30000, index: 1 });
  });

  it.each([
    ['free: { DMA: 3978 }', '3978 free pages'],
    ['free: { Normal: 5 }', "no zone 'Normal'"],
    ['page-cache: 1GiB', 'do not fit'],
    ['sysctl: { percpu_pagelist_high_fraction: 8 }', 'no vm.percpu_pagelist_high_fraction'],
    ['sysctl: { percpu_pagelist_fraction: 7 }', '7'],
    ['sysctl: { watermark_scale_factor: 1001 }', '1001'],
    ['sysctl: { watermark_boost_factor: 1 }', 'boost'],
    ['zones: { DMA: { managed: 9, present: 3 } }', 'managed'],
  ])('%s is refused', (line, message) => {
    expect(() => machine(`  memory: 128MiB\n  ${line}\n`)).toThrow(message);
  });

  it('a machine of more than 1 TiB of page frames is refused', () => {
    expect(machine('  memory: 1023GiB\n').zones).toHaveLength(3);
    const message =
      'page frames up to 1025 GiB; expected at most 1024 GiB, since each is simulated';
    expect(() => machine('  memory: 1TiB\n')).toThrow(message);
  });

  it('one page less is allowed', () => {
    expect(zone('  memory: 128MiB\n  free: { DMA: 3977 }\n', 'DMA').free.pages).toBe(3977);
    expect(machine('  memory: 128MiB\n  sysctl: { watermark_scale_factor: 1000 }\n').cpus).toBe(1);
  });
});

describe('what a scenario leaves open', () => {
  const resolved = (extra: string) => resolveScenario(load(SMALL + extra).scenario, catalogs);

  it('is as the kernel boots', () => {
    const { config, kmemleak } = resolved('');
    expect(config.fault.failslab).toMatchObject({ probability: 0, times: 1, ignoreGfpWait: true });
    expect(config.fault.failPageAlloc).toMatchObject({ minOrder: 1, ignoreGfpHighmem: true });
    expect(kmemleak).toMatchObject({ enabled: true, gracePeriodNs: 4_000_000 });
  });

  it('a boot string sets four knobs and leaves the others', () => {
    const { failslab } = resolved('fault: { failslab: "100,10,7,-1" }\n').config.fault;
    expect(failslab).toEqual({
      interval: 100,
      probability: 10,
      space: 7,
      times: -1,
      taskFilter: false,
      verbose: 2,
      ignoreGfpWait: true,
      cacheFilter: false,
      markedCaches: [],
    });
  });

  it('tasks take the CPUs in turn, with classes of their own', () => {
    const text = SMALL.replace('workload: drain', 'workload: drain\n    count: 3');
    const { scenario } = load(text.replace('128MiB', '128MiB\n  cpus: 2'));
    expect(resolveTasks(scenario, 0, catalogs).map(({ cpu }) => cpu)).toEqual([0, 1, 0]);
  });

  it('variants stand as listed, masks at the end', () => {
    const { scenario } = load(`${SMALL}variants: [untracked]\nmasks: { mine: gfp }\n`);
    expect(variantsOf(scenario, catalogs).map(({ name }) => name)).toEqual(['untracked', 'mine']);
  });
});
