import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import k61 from '../../../src/kernel/profiles/6.1.ts';
import k612 from '../../../src/kernel/profiles/6.12.ts';
import {
  freeBufferPages,
  hugePageMinFreeKbytes,
  minFreeKbytes,
} from '../../../src/model/mm/min-free-kbytes.ts';
import { type ZonePages, zoneWatermarks } from '../../../src/model/mm/watermarks.ts';
import { bootMinFreeKbytes } from '../../../src/model/mm/zone-reserves.ts';

const GIB_PAGES = 262144;

function zones(...managed: readonly number[]): ZonePages[] {
  const names = ['DMA', 'DMA32', 'Normal', 'Movable'];
  return managed.map((pages, index) => ({ name: names[index]!, managed: pages }));
}

/** min/low/high of every zone as the facts write them. */
function marks(pages: readonly number[], kbytes: number, kernel = k61): string[] {
  return zoneWatermarks(zones(...pages), kbytes, 10, kernel).map(
    ({ min, low, high }) => `${min}/${low}/${high}`,
  );
}

describe('minFreeKbytes', () => {
  it.each([
    [3840 + 244000, 3982],
    [3840 + 762000 + 1290000, 11470],
    [3840 + 762000 + 65000000, 64876],
  ])('of %i pages is %i in every kernel', (pages, expected) => {
    for (const kernel of [k417, k61, k612]) expect(minFreeKbytes(pages, kernel)).toBe(expected);
  });

  it('is clamped from 128 to what the kernel allows', () => {
    expect(minFreeKbytes(256, k417)).toBe(128);
    expect(minFreeKbytes(255, k417)).toBe(128);
    expect(minFreeKbytes(300 * GIB_PAGES, k417)).toBe(65536);
    expect(minFreeKbytes(300 * GIB_PAGES, k61)).toBe(70944);
    expect(minFreeKbytes(300 * GIB_PAGES, k612)).toBe(70944);
    expect(minFreeKbytes(2 ** 34, k61)).toBe(262144);
  });

  it('is the floor of the root, one page below a square too', () => {
    expect(minFreeKbytes((4096 * 4096) / 64, k61)).toBe(4096);
    expect(minFreeKbytes((4096 * 4096) / 64 - 1, k61)).toBe(4095);
  });
});

describe('hugePageMinFreeKbytes', () => {
  it('is 5632 pages a zone, at most a twentieth of low memory', () => {
    const reserve = { zones: 3, lowmemPages: 2055840, pageblockOrder: 9 };
    expect(hugePageMinFreeKbytes(reserve)).toBe(67584);
    expect(hugePageMinFreeKbytes({ ...reserve, zones: 2 })).toBe(45056);
    expect(hugePageMinFreeKbytes({ ...reserve, lowmemPages: 16896 * 20 - 1 })).toBe(16895 * 4);
  });

  it('raises what boot set and never lowers it', () => {
    const thp = { pageblockOrder: 9 };
    expect(bootMinFreeKbytes(zones(3840, 244000), k61, thp)).toBe(45056);
    expect(bootMinFreeKbytes(zones(3840, 762000, 1290000), k61, thp)).toBe(67584);
    const large = zones(3840, 762000, 300 * GIB_PAGES);
    expect(bootMinFreeKbytes(large, k417, thp)).toBe(67584);
    expect(bootMinFreeKbytes(large, k61, thp)).toBe(bootMinFreeKbytes(large, k61));
  });

  it('counts what stands above the high watermarks, and neither Movable nor HighMem', () => {
    expect(freeBufferPages(zones(3840, 244000, 0, 5000), [21, 1467, 0, 0])).toBe(246352);
    expect(freeBufferPages([{ name: 'HighMem', managed: 9 }])).toBe(0);
    expect(freeBufferPages([{ name: 'Normal', managed: 9 }], [10])).toBe(0);
  });
});

describe('zoneWatermarks', () => {
  it.each<[string, readonly number[], number, readonly string[]]>([
    ['1 GiB', [3840, 244000], 3982, ['15/18/21', '979/1223/1467']],
    ['1 GiB, THP', [3840, 244000], 45056, ['174/217/260', '11089/13861/16633']],
    ['8 GiB', [3840, 762000, 1290000], 11470, ['5/8/11', '1062/1824/2586', '1798/3088/4378']],
    [
      '8 GiB, THP',
      [3840, 762000, 1290000],
      67584,
      ['31/38/45', '6262/7827/9392', '10601/13251/15901'],
    ],
    [
      '64 GiB, THP',
      [3840, 762000, 15600000],
      67584,
      ['3/6/9', '786/1548/2310', '16105/31705/47305'],
    ],
    ['256 GiB', [3840, 762000, 65000000], 64876, ['0/3/6', '187/949/1711', '16030/81030/146030']],
  ])('of %s', (_, pages, kbytes, expected) => {
    for (const kernel of [k417, k61, k612]) expect(marks(pages, kbytes, kernel)).toEqual(expected);
  });

  it('equal a live 6.18 machine, promo and the empty Movable zone with them', () => {
    const live = zoneWatermarks(zones(3840, 772918, 720896, 0), 67584, 10, k612);
    expect(live.map(({ min, low, high, promo }) => [min, low, high, promo])).toEqual([
      [43, 53, 63, 73],
      [8719, 10898, 13077, 15256],
      [8132, 10165, 12198, 14231],
      [32, 32, 32, 32],
    ]);
  });

  it('know promo only where the kernel has it', () => {
    expect(zoneWatermarks(zones(4000), 4000, 10, k417)[0]).not.toHaveProperty('promo');
    expect(zoneWatermarks(zones(4000), 4000, 10, k61)[0]).toHaveProperty('promo', 1750);
  });

  it('treat Movable as any zone before 6.12, and clamp it there', () => {
    const pages = zones(4000, 96000, 0, 100000);
    expect(zoneWatermarks(pages, 8000, 10, k61)[3]!.min).toBe(1000);
    expect(zoneWatermarks(pages, 8000, 10, k612)[3]).toMatchObject({ min: 97, low: 597 });
    expect(zoneWatermarks(pages, 8000, 10, k612)[1]!.min).toBe(1920);
  });

  it('give HighMem a clamped min and the gap of its share', () => {
    const pages = [
      { name: 'Normal', managed: 200000 },
      { name: 'HighMem', managed: 1000000 },
    ];
    const [normal, high] = zoneWatermarks(pages, 4000, 10, k417);
    expect(normal).toEqual({ min: 1000, low: 1250, high: 1500 });
    expect(high).toEqual({ min: 128, low: 128 + 1250, high: 128 + 2500 });
  });

  it('take the larger of a quarter of min and the scale factor', () => {
    expect(zoneWatermarks(zones(100000), 1600, 10, k61)[0]).toMatchObject({ min: 400, low: 500 });
    expect(zoneWatermarks(zones(100000), 1600, 11, k61)[0]).toMatchObject({ min: 400, low: 510 });
  });

  it.each([
    [54546737507, 11377041433, 444218415],
    [38318510616, 1701008484, 514051496],
  ])('are exact where products pass 2^53: %i of pages beside %i', (pages, beside, min) => {
    expect(zoneWatermarks(zones(beside, pages), 2 ** 31 - 1, 10, k61)[1]!.min).toBe(min);
  });

  it('never hand out more than min_free_kbytes, and lose less than a page a zone', () => {
    const count = fc.integer({ min: 1, max: 2 ** 30 });
    fc.assert(
      fc.property(count, count, count, fc.nat(2 ** 26), (a, b, c, kbytes) => {
        const all = zoneWatermarks(zones(a, b, c), kbytes, 10, k61);
        const sum = all.reduce((pages, mark) => pages + mark.min, 0);
        expect(sum).toBeLessThanOrEqual(Math.floor(kbytes / 4));
        expect(sum).toBeGreaterThan(Math.floor(kbytes / 4) - 3);
        for (const { min, low, high } of all) expect(high - low).toBe(low - min);
      }),
      { seed: 20180421 },
    );
  });
});
