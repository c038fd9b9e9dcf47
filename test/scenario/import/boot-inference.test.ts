import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import { lowmemReserves } from '../../../src/model/mm/lowmem-reserve.ts';
import { freeBufferPages, minFreeKbytes } from '../../../src/model/mm/min-free-kbytes.ts';
import { type ZonePages, zoneWatermarks } from '../../../src/model/mm/watermarks.ts';
import {
  earlier,
  explainMarks,
  freedRange,
  kbytesCandidates,
  MAX_FREED,
  marksMatch,
} from '../../../src/scenario/import/boot-inference.ts';
import { explainProtection } from '../../../src/scenario/import/protection-inference.ts';

const RATIOS = k417.lowmemReserveRatio;
const INDEX_NAMES = ['DMA', 'DMA32', 'Normal', 'Movable'];

function machine(...managed: readonly number[]): ZonePages[] {
  return managed.map((pages, index) => ({ name: INDEX_NAMES[index]!, managed: pages }));
}

/** What a boot with these pages reports when later more of them are managed. */
function reported(now: readonly ZonePages[], boot: readonly ZonePages[], kbytes?: number) {
  const rule = minFreeKbytes(freeBufferPages(boot), k417);
  const marks = zoneWatermarks(boot, kbytes ?? rule, 10, k417);
  return { zones: now, marks, watermarkScaleFactor: 10, minFreeKbytes: kbytes ?? rule };
}

describe('explainMarks', () => {
  it('finds the pages that came free in DMA32 since boot', () => {
    const now = machine(3977, 26107);
    const found = explainMarks(reported(now, earlier(now, 1, 2070)), k417)[0]!;
    expect(found).toMatchObject({ zone: 1, minFreeKbytes: 1338 });
    expect(found.freed).toContain(2070);
    expect(found.freed.length).toBeLessThan(50);
  });

  it('knows that none came free', () => {
    const now = machine(3977, 763991, 1274729);
    expect(explainMarks(reported(now, now), k417)[0]!.freed[0]).toBe(0);
  });

  it('holds every mark against it: alone in memory, only the gap of a zone tells', () => {
    const now = [{ name: 'Normal', managed: 1_000_000 }];
    const found = explainMarks(reported(now, earlier(now, 0, 5500), 8000), k417)[0]!;
    expect([found.freed[0], found.freed.at(-1)]).toEqual([5001, 6000]);
  });

  it('gives up on marks that no page count gives', () => {
    const now = machine(3977, 26107);
    const marks = [
      { min: 44, low: 55, high: 66 },
      { min: 289, low: 361, high: 434 },
    ];
    const told = { zones: now, marks, watermarkScaleFactor: 10, minFreeKbytes: 1338 };
    expect(explainMarks(told, k417)).toEqual([]);
  });

  it('infers min_free_kbytes by the square-root rule, or what huge pages set', () => {
    const now = machine(3977, 763991, 1274729);
    const boot = earlier(now, 1, 2070);
    const unknown = (kbytes?: number) =>
      explainMarks({ ...reported(now, boot, kbytes), minFreeKbytes: undefined }, k417);
    expect(unknown()[0]!.freed).not.toHaveLength(0);
    expect(unknown().map(({ minFreeKbytes: kbytes }) => Math.floor(kbytes / 4))).toContain(2857);
    expect(unknown(67584)[0]!.minFreeKbytes).toBe(67584);
  });

  it('always finds the truth among its answers', () => {
    const pages = fc.record({
      dma32: fc.integer({ min: 20000, max: 900000 }),
      normal: fc.integer({ min: 20000, max: 9000000 }),
      freed: fc.integer({ min: 1, max: 19000 }),
    });
    fc.assert(
      fc.property(pages, ({ dma32, normal, freed }) => {
        const now = machine(3840, dma32, normal);
        const found = explainMarks(reported(now, earlier(now, 1, freed)), k417)[0];
        expect(found!.zone).toBe(1);
        expect(found!.freed).toContain(freed);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

describe('kbytesCandidates', () => {
  it('count no zone whose min is clamped', () => {
    const zones = [
      { name: 'Normal', managed: 121412 },
      { name: 'HighMem', managed: 129238 },
    ];
    const marks = zoneWatermarks(zones, 2784, 10, k417);
    const reportedMarks = { zones, marks, minFreeKbytes: undefined };
    expect(kbytesCandidates(reportedMarks, k417)).toEqual([2784]);
    expect(kbytesCandidates({ ...reportedMarks, minFreeKbytes: 5 }, k417)).toEqual([5]);
  });

  it('begin with what huge pages set, by either size of a pageblock', () => {
    const zones = machine(3840, 878483, 3200037);
    const first = (kbytes: number) =>
      kbytesCandidates(
        { zones, marks: zoneWatermarks(zones, kbytes, 10, k417), minFreeKbytes: undefined },
        k417,
      )[0];
    expect(first(67584)).toBe(67584);
    expect(first(135168)).toBe(135168);
    expect(first(135200)).toBeLessThan(135200);
  });
});

describe('freedRange', () => {
  it('is the whole range, as trying every number finds it', () => {
    const count = fc.integer({ min: 9000, max: 400_000 });
    const freed = fc.nat(8000);
    fc.assert(
      fc.property(count, count, freed, fc.integer({ min: 400, max: 90_000 }), (a, b, gone, kb) => {
        const now = machine(3840, a, b);
        const told = reported(now, earlier(now, 1, gone), kb);
        const range = freedRange(told, now, { kbytes: kb, zone: 1 }, k417)!;
        expect(range.first).toBeLessThanOrEqual(gone);
        expect(range.last).toBeGreaterThanOrEqual(gone);
        const fits = (pages: number) => marksMatch(told, earlier(now, 1, pages), kb, k417);
        for (const inside of [range.first, gone, range.last]) expect(fits(inside)).toBe(true);
        if (range.first > 0) expect(fits(range.first - 1)).toBe(false);
        if (range.last < Math.min(MAX_FREED, a - 1)) expect(fits(range.last + 1)).toBe(false);
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});

describe('explainProtection', () => {
  it('finds pages that came free in two zones, where protection tells them apart', () => {
    const now = machine(3840, 414660, 3594430);
    const boot = machine(3840, 1598 * 256 + 10, 14035 * 256 + 10);
    const columns = [...boot, { name: 'Movable', managed: 0 }];
    const rows = lowmemReserves(columns, RATIOS, k417).slice(0, 3);
    const found = explainProtection(
      reported(now, boot),
      { rows, nodes: [0, 0, 0], indexNames: INDEX_NAMES, ratios: RATIOS },
      k417,
    )!;
    expect(found.managed[0]).toBe(3840);
    const same = machine(...found.managed);
    const again = lowmemReserves([...same, { name: 'Movable', managed: 0 }], RATIOS, k417);
    expect(again.slice(0, 3)).toEqual(rows);
    expect(reported(now, same, found.minFreeKbytes).marks).toEqual(reported(now, boot).marks);
    expect(Math.abs(found.managed[1]! - boot[1]!.managed)).toBeLessThan(256);
    expect(Math.abs(found.managed[2]! - boot[2]!.managed)).toBeLessThan(256);
  });
});
