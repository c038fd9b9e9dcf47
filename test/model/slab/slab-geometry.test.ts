import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import linux612 from '../../../src/kernel/profiles/6.12.ts';
import { orderOfBytes, slabGeometry } from '../../../src/model/slab/slab-geometry.ts';

// Measured in real kernels right after boot: /sys/kernel/slab attributes (attrs-*) and the
// columns objsize, objperslab and pagesperslab of every cache in /proc/slabinfo (slabinfo-*).
const MEASURED: readonly { kernel: KernelProfile; cpus: number; file: string }[] = [
  { kernel: linux417, cpus: 1, file: '4.17-1cpu' },
  { kernel: linux417, cpus: 2, file: '4.17-2cpu' },
  { kernel: linux417, cpus: 8, file: '4.17-8cpu' },
  { kernel: linux61, cpus: 1, file: '6.1-1cpu' },
  { kernel: linux61, cpus: 2, file: '6.1-2cpu' },
];

// Order/objects by size and number of CPUs 1, 2, 4, 8, 16, 64.
const TABLE: Readonly<Record<number, string>> = {
  64: '0/64 0/64 0/64 0/64 0/64 0/64',
  168: '0/24 0/24 0/24 0/24 0/24 1/48',
  176: '0/23 0/23 0/23 0/23 1/46 1/46',
  192: '0/21 0/21 0/21 0/21 1/42 1/42',
  256: '0/16 0/16 0/16 1/32 1/32 1/32',
  304: '0/13 0/13 1/26 1/26 1/26 2/53',
  512: '0/8 1/16 1/16 2/32 2/32 2/32',
  1024: '1/8 2/16 2/16 3/32 3/32 3/32',
  2048: '2/8 3/16 3/16 3/16 3/16 3/16',
  4096: '3/8 3/8 3/8 3/8 3/8 3/8',
  8192: '3/4 3/4 3/4 3/4 3/4 3/4',
};

describe.each(MEASURED)('geometry as measured: $file', ({ kernel, cpus, file }) => {
  it.each(rows(`attrs-${file}.csv`))('%s', (...row) => {
    const [, , objectSize, size, objects, order, cpuPartial, minPartial] = row;
    const geometry = slabGeometry(Number(objectSize), kernel, { present: cpus, possible: cpus });
    expect({
      size: geometry.size,
      objects: geometry.objectsPerSlab,
      order: geometry.order,
      cpuPartial: geometry.cpuPartial,
      minPartial: geometry.minPartial,
    }).toEqual({
      size: Number(size),
      objects: Number(objects),
      order: Number(order),
      cpuPartial: Number(cpuPartial),
      minPartial: Number(minPartial),
    });
  });

  it('every cache of slabinfo', () => {
    const measured = rows(`slabinfo-${file}.csv`).map((row) => row.join());
    const worked = rows(`slabinfo-${file}.csv`).map(([size]) => {
      const geometry = slabGeometry(Number(size), kernel, { present: cpus, possible: cpus });
      return `${size},${geometry.objectsPerSlab},${1 << geometry.order}`;
    });
    expect(measured.length).toBeGreaterThan(30);
    expect(worked).toEqual(measured);
  });
});

describe('geometry by the tables', () => {
  it.each([linux417, linux61, linux612])('of $name, by size and CPUs', (kernel) => {
    for (const [size, expected] of Object.entries(TABLE)) {
      const row = [1, 2, 4, 8, 16, 64].map((cpus) => {
        const geometry = slabGeometry(Number(size), kernel, { present: cpus, possible: cpus });
        return `${geometry.order}/${geometry.objectsPerSlab}`;
      });
      expect(`${size}: ${row.join(' ')}`).toBe(`${size}: ${expected}`);
    }
  });

  it('the two searches for an order agree on every usual size', () => {
    for (let size = 8; size <= 8192; size += 8) {
      for (const cpus of [1, 2, 4, 8, 64]) {
        const counts = { present: cpus, possible: cpus };
        expect(slabGeometry(size, linux612, counts)).toEqual(slabGeometry(size, linux61, counts));
      }
    }
  });

  it('counts possible CPUs in 4.17, present ones in 6.x unless there is one', () => {
    const eight = { present: 2, possible: 8 };
    expect(slabGeometry(512, linux417, eight).objectsPerSlab).toBe(32);
    expect(slabGeometry(512, linux61, eight).objectsPerSlab).toBe(16);
    expect(slabGeometry(512, linux61, { present: 1, possible: 8 }).objectsPerSlab).toBe(32);
    expect(slabGeometry(512, linux612, { present: 1, possible: 8 }).objectsPerSlab).toBe(32);
  });

  it('turns the objects of cpu_partial into half-full slabs in 6.x only', () => {
    const one = { present: 1, possible: 1 };
    // 2 × 120 / 23 = 10.4; 2 × 52 / 16 = 6.5; 2 × 6 / 8 = 1.5
    expect(slabGeometry(176, linux61, one).cpuPartialLimit).toBe(11);
    expect(slabGeometry(256, linux61, one).cpuPartialLimit).toBe(7);
    expect(slabGeometry(4096, linux61, one).cpuPartialLimit).toBe(2);
    expect(slabGeometry(4096, linux417, one).cpuPartialLimit).toBe(2);
    expect(slabGeometry(176, linux417, one).cpuPartialLimit).toBe(30);
  });

  it('falls back to the order of one object, as small as that may be', () => {
    const four = { present: 4, possible: 4 };
    expect(slabGeometry(304, linux417, four)).toMatchObject({ minOrder: 0, minOrderObjects: 13 });
    expect(slabGeometry(8192, linux417, four)).toMatchObject({ minOrder: 1, minOrderObjects: 1 });
    expect(slabGeometry(40000, linux417, four)).toMatchObject({ order: 4, objectsPerSlab: 1 });
    expect(slabGeometry(40000, linux612, four)).toMatchObject({ order: 4, objectsPerSlab: 1 });
  });

  it('rounds an object up to a pointer', () => {
    expect(slabGeometry(1, linux417, { present: 1, possible: 1 }).size).toBe(8);
    expect(slabGeometry(305, linux417, { present: 1, possible: 1 }).size).toBe(312);
  });
});

it('gives the order of a number of bytes', () => {
  const orders = [1, 4096, 4097, 8192, 8193, 4 * 2 ** 20, 4 * 2 ** 20 + 1].map(orderOfBytes);
  expect(orders).toEqual([0, 0, 1, 1, 2, 10, 11]);
});

function rows(name: string): string[][] {
  const text = readFileSync(new URL(`../../fixtures/slab/${name}`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
}
