import { describe, expect, test } from 'vitest';
import {
  MIGRATE_MOVABLE,
  ZONE_MOVABLE,
  type ZoneConfig,
} from '../../../src/model/machine-config.ts';
import { buildMemory } from '../../../src/model/memory.ts';
import { pcpIndex } from '../../../src/model/mm/pcp.ts';
import { KERNEL_612, machineOf, zoneX } from '../machines.ts';

// One CPU's lists of one zone: batch 4, high 40, which 6.12 may raise to 160.

const LIMITS = { batch: 4, high: 40, highMin: 40, highMax: 160 };
const PLENTY = 20_000;

function setup(kernel = KERNEL_612, more: Partial<ZoneConfig> = {}) {
  const config = { ...zoneX({ pages: PLENTY }), pcp: LIMITS, ...more };
  const memory = buildMemory(machineOf(kernel, [config]));
  const { pcp } = memory;
  const zone = memory.zones[0]!;
  /** Pages that came from the buddy lists, so that frees are all that the CPU's lists see. */
  const blocks = (count: number, order: number): number[] =>
    Array.from({ length: count }, () => memory.fallback.take(zone, order, MIGRATE_MOVABLE, 0));
  const free = (pfns: readonly number[], order = 0): number[] =>
    pfns.map((pfn) => {
      pcp.free(0, zone, pfn, order);
      return pcp.pages();
    });
  const take = () => pcp.take(0, zone, pcpIndex(0, MIGRATE_MOVABLE), 0);
  return { zone, pcp, blocks, free, take };
}

describe('6.12', () => {
  test('whoever frees on and on keeps as much as he frees at a time', () => {
    const { blocks, free } = setup();
    const kept = free(blocks(400, 0));
    // free_count 128 at most, so high rises to 132, and 128 pages go at a time.
    expect(Math.max(...kept)).toBe(131);
  });

  test('blocks of order 1 to 3 go back together when many come one after another', () => {
    const { blocks, free } = setup();
    const kept = free(blocks(4, 1), 1);
    // free_count is 2, 4, 6 before the second, third and fourth block; a batch is 4.
    expect(kept).toEqual([2, 4, 0, 2]);
  });

  test('single pages in between keep such blocks on the lists', () => {
    const { blocks, free } = setup();
    const mixed = blocks(4, 1).flatMap((pfn) => [...free([pfn], 1), ...free(blocks(1, 0))]);
    expect(mixed).toEqual([2, 3, 5, 6, 8, 9, 11, 12]);
  });

  test('below its high mark the zone gets back what was freed, up to the least high', () => {
    const { blocks, free, zone, pcp } = setup();
    free(blocks(120, 0));
    const before = pcp.pages();
    expect(before).toBe(44);
    zone.belowHigh = true;
    zone.freeSeen = 0;
    // 121 were freed in a row: high falls to 40 at once, and all but a batch go.
    free(blocks(1, 0));
    expect(pcp.pages()).toBe(4);
  });

  test('the mark stands until the zone is above high with all that it reserves', () => {
    const short = setup(KERNEL_612, { lowmemReserve: [0, 0, 0, 1000] });
    const { zone } = short;
    zone.belowHigh = true;
    zone.freeHighatomic = 0;
    zone.freeSeen = zone.watermark(2) + zone.lowmemReserve[ZONE_MOVABLE]! - 200;
    short.free(short.blocks(60, 0));
    expect(zone.belowHigh).toBe(true);
    zone.freeSeen = PLENTY;
    short.free(short.blocks(60, 0));
    expect(zone.belowHigh).toBe(false);
  });

  test('limits that the user has fixed are short while kswapd reclaims, too', () => {
    const { blocks, free, zone } = setup(KERNEL_612, { pcp: { ...LIMITS, highMax: 40 } });
    zone.reclaimActive = true;
    expect(Math.max(...free(blocks(60, 0)))).toBeLessThanOrEqual(16);
  });
});
