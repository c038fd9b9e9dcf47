import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import k417 from '../../src/kernel/profiles/4.17.ts';
import k61 from '../../src/kernel/profiles/6.1.ts';
import k612 from '../../src/kernel/profiles/6.12.ts';
import { importProcfs } from '../../src/scenario/import/procfs-snapshot.ts';
import { queryMachine } from '../../src/scenario/machine-query.ts';
import { machineReportText } from '../../src/scenario/machine-query-text.ts';
import { compareSlabs, machineSlabs } from '../../src/scenario/machine-slabs.ts';
import { fixture, snapshot } from './import/dump-fixtures.ts';

/** Rows of /sys/kernel/slab: name, link, sizes, objects, order, cpu_partial, min_partial. */
function attributes(name: string): string[][] {
  const text = readFileSync(new URL(`../fixtures/slab/attrs-${name}.csv`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
}

const MEASURED = [
  { kernel: k417, cpus: 1 },
  { kernel: k417, cpus: 2 },
  { kernel: k417, cpus: 8 },
  { kernel: k61, cpus: 1 },
  { kernel: k61, cpus: 2 },
];

describe('machineSlabs', () => {
  it.each(MEASURED)('are those of $kernel.name on $cpus CPUs', ({ kernel, cpus }) => {
    const measured = new Map(
      attributes(`${kernel.name}-${cpus}cpu`).map(([name, , , size, objects, order, cpu, min]) => [
        name,
        [size, order, objects, cpu, min].map(Number),
      ]),
    );
    const slabs = machineSlabs(kernel, cpus);
    expect(slabs).toHaveLength(14);
    for (const { name, size, order, objectsPerSlab, cpuPartial, minPartial } of slabs) {
      const worked = [size, order, objectsPerSlab, cpuPartial, minPartial];
      expect([name, worked]).toEqual([name, measured.get(name)]);
    }
  });

  it('have the metadata of each kernel', () => {
    const metadata = (kernel: typeof k417) => machineSlabs(kernel, 64).at(-1);
    expect(metadata(k417)).toMatchObject({ name: 'kmemleak_object', size: 304, order: 2 });
    expect(metadata(k61)).toMatchObject({ size: 176, order: 1, objectsPerSlab: 46 });
    expect(metadata(k612)).toMatchObject({ size: 168, order: 1, objectsPerSlab: 48 });
  });
});

describe('compareSlabs', () => {
  const cache = (objectSize: number, order: number, objectsPerSlab: number) => ({
    name: `cache-${objectSize}`,
    objectSize,
    order,
    objectsPerSlab,
    activeObjects: 0,
    slabs: 0,
  });

  it.each([
    ['4.17/mem-128M', k417],
    ['6.1/mem-128M', k61],
  ])('finds every cache of %s as it was measured', (name, kernel) => {
    const { slabs } = snapshot(name);
    const found = compareSlabs(slabs!, kernel, 1);
    expect(found.differences).toEqual([]);
    expect(found.notes).toEqual([]);
    expect(found.slabs.map((slab) => slab.name)).toEqual(slabs!.map((slab) => slab.name));
  });

  it('finds the possible CPUs where those online give other orders', () => {
    const found = compareSlabs([cache(512, 2, 32), cache(256, 1, 32)], k417, 2);
    expect(found.differences).toEqual([]);
    expect(found.notes.join()).toContain('8 possible CPUs');
    expect(found.slabs[0]).toMatchObject({ order: 2, objectsPerSlab: 32, minOrder: 0 });
  });

  it('tells what no number of CPUs explains', () => {
    const found = compareSlabs([cache(512, 1, 16), cache(832, 1, 9)], k417, 2);
    expect(found.differences).toEqual([
      { cache: 'cache-832', field: 'order', computed: 2, reported: 1 },
      { cache: 'cache-832', field: 'objectsPerSlab', computed: 19, reported: 9 },
    ]);
    expect(found.notes.join()).toContain('of another kernel or allocator');
  });
});

describe('queryMachine', () => {
  it('compares slabinfo where there is one', () => {
    const report = queryMachine({ snapshot: snapshot('6.1/mem-128M') }, {}, k61);
    expect(report.slabDifferences).toEqual([]);
    expect(report.reported!.slabs!.length).toBe(report.slabs.length);
    const without = queryMachine({ snapshot: snapshot('6.1/mem-8G') }, {}, k61);
    expect(without).not.toHaveProperty('slabDifferences');
    expect(without.slabs).toEqual(machineSlabs(k61, 1));
  });

  it('shows the first differences of caches, and how many more there are', () => {
    const files: Readonly<Record<string, string>> = {
      zoneinfo: fixture('6.1/mem-128M/zoneinfo'),
      slabinfo: fixture('6.1/mem-128M/slabinfo').replace(/ +1 : tunables/g, ' 2 : tunables'),
    };
    const report = queryMachine({ snapshot: importProcfs((name) => files[name], 'dir') }, {}, k61);
    const text = machineReportText(report);
    expect(text).toMatch(/\n {2}cache bio-96 order: computed 0, reported 1\n/);
    expect(text).toMatch(/and \d+ more of slab caches/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('shows orders of kmalloc and kmemleak', () => {
    const text = machineReportText(queryMachine({ memoryBytes: 2 ** 27 }, { cpus: 4 }, k417));
    expect(text).toContain('kmalloc-512 1/16,');
    expect(text).toContain('kmemleak_object 1/26\n');
  });
});
