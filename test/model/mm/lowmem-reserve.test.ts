import { describe, expect, it } from 'vitest';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import k61 from '../../../src/kernel/profiles/6.1.ts';
import { lowmemReserves } from '../../../src/model/mm/lowmem-reserve.ts';

function node(...managed: readonly number[]) {
  return managed.map((pages, index) => ({ name: `zone ${index}`, managed: pages }));
}

const RATIOS = [256, 256, 32, 0];

describe('lowmemReserves', () => {
  it('equal the worked numbers of an 8 GiB machine', () => {
    expect(lowmemReserves(node(3840, 762000, 1290000, 0), RATIOS, k61)).toEqual([
      [0, 2976, 8015, 8015],
      [0, 0, 5039, 5039],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it('equal a live machine', () => {
    expect(lowmemReserves(node(3840, 772918, 720896, 0), RATIOS, k61).slice(0, 2)).toEqual([
      [0, 3019, 5835, 5835],
      [0, 0, 2816, 2816],
    ]);
  });

  it('round down: 7361280 to 7361535 pages above give 28755', () => {
    const reserve = (normal: number) => lowmemReserves(node(0, 1, normal), RATIOS, k61)[1]![2];
    expect([7361279, 7361280, 7361535, 7361536].map(reserve)).toEqual([28754, 28755, 28755, 28756]);
  });

  it('are none for a ratio below 1, and take any other', () => {
    const pages = node(4000, 96000, 100000, 0);
    expect(lowmemReserves(pages, [0, 256, 32, 0], k61)[0]).toEqual([0, 0, 0, 0]);
    expect(lowmemReserves(pages, [1, 10, 32, 0], k61)[0]).toEqual([0, 96000, 196000, 196000]);
    expect(lowmemReserves(pages, [1, 10, 32, 0], k61)[1]).toEqual([0, 0, 10000, 10000]);
  });

  it('exist for a zone without pages only in old kernels', () => {
    const pages = node(0, 256000, 0, 0);
    expect(lowmemReserves(pages, RATIOS, k417)[0]).toEqual([0, 1000, 1000, 1000]);
    expect(lowmemReserves(pages, RATIOS, k61)[0]).toEqual([0, 0, 0, 0]);
  });
});
