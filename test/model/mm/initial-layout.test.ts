import { describe, expect, test } from 'vitest';
import {
  type FreeState,
  MIGRATE_HIGHATOMIC,
  MIGRATE_MOVABLE,
  MIGRATE_RECLAIMABLE,
  MIGRATE_UNMOVABLE,
} from '../../../src/model/machine-config.ts';
import { buildMemory, type Memory } from '../../../src/model/memory.ts';
import { INACTIVE_FILE, Isolated } from '../../../src/model/reclaim/lru.ts';
import { KERNEL_61, KERNELS, machineOf, zoneX } from '../machines.ts';

const BASE = 1 << 17;
const PAGEBLOCK = 512;
const PAGEBLOCKS = 128;
/** Of every zone. */
const ZONE_INDEX_MAX = 4;

/** Blocks by [type][order]; each argument is a list of [order, count]. */
type Counts = readonly (readonly [number, number])[];

function blocksOf(unmovable: Counts, movable: Counts, more: Partial<Record<number, Counts>> = {}) {
  const given: Partial<Record<number, Counts>> = {
    ...more,
    [MIGRATE_UNMOVABLE]: unmovable,
    [MIGRATE_MOVABLE]: movable,
  };
  return Array.from({ length: 4 }, (_, type) => {
    const counts = new Array<number>(11).fill(0);
    for (const [order, count] of given[type] ?? []) counts[order] = count;
    return counts;
  });
}

function pagesOf(blocks: readonly (readonly number[])[]): number {
  return blocks.flatMap((counts) => counts.map((n, order) => n << order)).reduce((a, b) => a + b);
}

/** The zone of 64 Ki pages, of which the first 64 pageblocks are unmovable. */
function laid(
  blocks: readonly (readonly number[])[],
  more: Partial<FreeState> = {},
  kernel = KERNEL_61,
): Memory {
  const pageblocks = more.pageblocks ?? [64, PAGEBLOCKS - 64, 0, 0];
  const free = { pages: pagesOf(blocks), blocks, ...more, pageblocks };
  return buildMemory(machineOf(kernel, [zoneX(free)]));
}

function census(memory: Memory): number[][] {
  return memory.buddy.census(memory.zones[0]!);
}

function listOf(memory: Memory, type: number, order: number): number[] {
  const list = memory.zones[0]!.list(type, order);
  const found: number[] = [];
  for (let pfn = memory.frames.first(list); pfn !== list; pfn = memory.frames.after(pfn)) {
    found.push(pfn - BASE);
  }
  return found;
}

describe.each(KERNELS.map((kernel) => [kernel.name, kernel] as const))('%s', (_, kernel) => {
  test('as many free pages as the blocks told: they all lie as they were told', () => {
    const blocks = blocksOf([[2, 3]], [[10, 4]]);
    expect(census(laid(blocks, {}, kernel))).toEqual(blocks);
  });

  test('pages gone since were taken by the kernel, out of its own blocks first', () => {
    const blocks = blocksOf([[2, 3]], [[10, 4]]);
    const pages = pagesOf(blocks) - 5;
    const after = blocksOf(
      [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
      [[10, 4]],
    );
    expect(census(laid(blocks, { pages }, kernel))).toEqual(after);
  });

  test('then by stealing a whole block of another type, which raises no boost', () => {
    const blocks = blocksOf([[2, 1]], [[8, 2]]);
    const memory = laid(blocks, { pages: pagesOf(blocks) - 5 }, kernel);
    const rest = Array.from({ length: 8 }, (_, order) => [order, 1] as const);
    expect(census(memory)).toEqual(blocksOf(rest, [[8, 1]]));
    const [stolen] = listOf(memory, MIGRATE_UNMOVABLE, 7);
    expect(memory.buddy.pageblocks.typeOf(BASE + stolen!)).toBe(MIGRATE_UNMOVABLE);
    expect(memory.zones[0]!.boost).toBe(0);
    expect(memory.fallback.steals).toBe(0);
  });

  test('the reserve for high orders is what goes last', () => {
    const blocks = blocksOf([[0, 2]], [[0, 2]], { [MIGRATE_HIGHATOMIC]: [[3, 1]] });
    const types = [1, PAGEBLOCKS - 2, 0, 1];
    const memory = laid(blocks, { pages: 3, pageblocks: types }, kernel);
    expect(census(memory)[MIGRATE_HIGHATOMIC]!.slice(0, 3)).toEqual([1, 1, 0]);
    expect(memory.zones[0]).toMatchObject({ freePages: 3, reservedHighatomic: PAGEBLOCK });
    expect(memory.zones[0]!.freeHighatomic).toBe(3);
  });

  test('pages come free since were given back by the kernel, into its own pageblocks', () => {
    const blocks = blocksOf([[2, 3]], [[10, 4]]);
    const memory = laid(blocks, { pages: pagesOf(blocks) + 7 }, kernel);
    expect(census(memory)[MIGRATE_MOVABLE]).toEqual(blocks[MIGRATE_MOVABLE]);
    expect(pagesOf([census(memory)[MIGRATE_UNMOVABLE]!])).toBe(12 + 7);
  });
});

test('every free list goes by address', () => {
  const counts = [
    [3, 5],
    [7, 6],
  ] as const;
  const memory = laid(blocksOf(counts, counts, { [MIGRATE_RECLAIMABLE]: counts }), {
    pageblocks: [10, PAGEBLOCKS - 20, 10, 0],
  });
  for (const type of [MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE]) {
    for (const [order, count] of counts) {
      const list = listOf(memory, type, order);
      expect(list).toHaveLength(count);
      expect(list).toEqual([...list].sort((a, b) => a - b));
    }
  }
});

test('pages on per-CPU lists are movable ones: no unmovable request gets them', () => {
  const memory = laid(blocksOf([[0, 1]], [[9, 1]]), { pcp: [4] });
  const zone = memory.zones[0]!;
  expect(memory.pcp.pagesOf(zone)).toBe(4);
  expect(memory.pcp.take(0, zone, MIGRATE_UNMOVABLE, 0)).toBeGreaterThan(0);
  expect(memory.pcp.pagesOf(zone)).toBe(4);
  memory.pcp.take(0, zone, MIGRATE_MOVABLE, 0);
  expect(memory.pcp.pagesOf(zone)).toBe(3);
});

test('the age of page cache says nothing of its address, but in windows of read-ahead', () => {
  const windows = 512;
  const machine = {
    ...machineOf(KERNEL_61, [zoneX({ pages: 4096 })]),
    cleanFilePages: 32 * windows,
  };
  const { lru } = buildMemory(machine);
  const batch = new Isolated();
  const starts: number[] = [];
  for (let window = 0; window < windows; window++) {
    lru.isolate(batch, INACTIVE_FILE, 32, ZONE_INDEX_MAX);
    const [first = 0] = batch.pfns;
    expect([...batch.pfns]).toEqual(Array.from({ length: 32 }, (_, page) => first + page));
    starts.push(first);
  }
  expect(new Set(starts).size).toBe(windows);
  // Of a random order, half of the steps go up, and each is a third of the whole way on average.
  const steps = starts.slice(1).map((start, i) => start - starts[i]!);
  const up = steps.filter((step) => step > 0).length / steps.length;
  const way = steps.reduce((sum, step) => sum + Math.abs(step), 0) / steps.length;
  expect(Math.abs(up - 1 / 2)).toBeLessThan(0.1);
  expect(Math.abs(way / (32 * windows) - 1 / 3)).toBeLessThan(0.05);
});
