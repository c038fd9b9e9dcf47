import { describe, expect, it } from 'vitest';
import { pageblockOrderOf } from '../../../src/scenario/import/pageblock-order.ts';
import { importZoneinfo } from '../../../src/scenario/import/procfs-snapshot.ts';
import { KERNEL_61 } from '../../model/machines.ts';
import { fixture, snapshot } from './dump-fixtures.ts';

// Measured kernels were built without huge pages: their pageblocks have order 10.

const order = (text: string) => pageblockOrderOf(importZoneinfo(text, 'zoneinfo'), KERNEL_61);

/** A machine of one zone, with as many managed pages and this min watermark. */
const zoneinfo = (managed: number, min: number, counters = '') =>
  `Node 0, zone   Normal
  pages free     ${managed}
        boost    0
        min      ${min}
        low      ${min + 10}
        high     ${min + 20}
        spanned  ${managed}
        present  ${managed}
        managed  ${managed}
        protection: (0, 0, 0, 0)
      nr_free_pages ${managed}
${counters}  pagesets
    cpu: 0
              count: 0
              high:  10
              batch: 1
  start_pfn:           1048576
`;

describe('the order of pageblocks', () => {
  it('is what pagetypeinfo says', () => {
    const real = snapshot('6.1/mem-128M');
    expect(pageblockOrderOf(real, KERNEL_61)).toBe(10);
    const other = { ...real, pagetypes: { pageblockOrder: 8, zones: [] } };
    expect(pageblockOrderOf(other, KERNEL_61)).toBe(8);
  });

  it.each(['6.1/w1-128M.zoneinfo.txt', '6.1/mem-8G/zoneinfo', '4.17/mem-512M-smp8/zoneinfo'])(
    'is the largest where nothing speaks of huge pages: %s',
    (name) => {
      expect(order(fixture(name))).toBe(10);
    },
  );

  it('is that of a huge page where khugepaged has raised the reserves', () => {
    // One zone: 512 pages × (2 + 3 × 3), which is less than a twentieth of its pages.
    const raised = 512 * 11;
    expect(order(zoneinfo(2 ** 20, raised))).toBe(9);
    expect(order(zoneinfo(2 ** 20, (raised * 3) / 4 - 1))).toBe(10);
    expect(order(zoneinfo(2 ** 20, (raised * 3) / 4))).toBe(9);
  });

  it('is that of a huge page on a small machine, whose raise is capped', () => {
    const managed = 20_000;
    const capped = Math.floor((managed - 1020) / 20);
    expect(order(zoneinfo(managed, 1000))).toBe(9);
    expect(capped).toBeLessThan(1000);
    expect(order(zoneinfo(managed, 600))).toBe(10);
  });

  it('is that of a huge page in kernels with NUMA counters, whatever the reserves', () => {
    expect(order(zoneinfo(2 ** 20, 600, '      numa_hit 5\n'))).toBe(9);
  });
});
