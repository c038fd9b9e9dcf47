import { describe, expect, test } from 'vitest';
import {
  MIGRATE_HIGHATOMIC,
  MIGRATE_MOVABLE,
  MIGRATE_RECLAIMABLE,
  MIGRATE_UNMOVABLE,
} from '../../../src/model/machine-config.ts';
import { buildMemory, type Memory } from '../../../src/model/memory.ts';
import type { Zone } from '../../../src/model/mm/zone.ts';
import { NONE } from '../../../src/model/page-source.ts';
import { KERNEL_61, KERNEL_417, KERNEL_612, KERNELS, machineOf, zoneX } from '../machines.ts';

const BASE = 1 << 17;

/** A zone without any free page, to be filled block by block. */
function empty(kernel = KERNEL_61): { memory: Memory; zone: Zone } {
  const memory = buildMemory(machineOf(kernel, [zoneX({ pages: 0 })]));
  return { memory, zone: memory.zones[0]! };
}

function freeAt(memory: Memory, zone: Zone, type: number): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (let order = 0; order <= 10; order++) {
    const list = zone.list(type, order);
    for (let pfn = memory.frames.first(list); pfn !== list; pfn = memory.frames.after(pfn)) {
      found[order] = [...(found[order] ?? []), pfn - BASE];
    }
  }
  return found;
}

describe('split and merge', () => {
  test('an order-3 block at 8 splits into 12, 10, 9 and comes together again', () => {
    const { memory, zone } = empty();
    memory.buddy.free(zone, BASE + 8, 3, MIGRATE_UNMOVABLE);
    const pfn = memory.buddy.takeSmallest(zone, 0, MIGRATE_UNMOVABLE);
    expect(pfn).toBe(BASE + 8);
    expect(freeAt(memory, zone, MIGRATE_UNMOVABLE)).toEqual({ 0: [9], 1: [10], 2: [12] });
    memory.buddy.free(zone, pfn, 0, MIGRATE_UNMOVABLE);
    expect(freeAt(memory, zone, MIGRATE_UNMOVABLE)).toEqual({ 3: [8] });
    expect(zone.freePages).toBe(8);
  });

  test('the smallest block that fits is taken, the first of its list', () => {
    const { memory, zone } = empty();
    memory.buddy.free(zone, BASE + 64, 4, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE + 8, 2, MIGRATE_MOVABLE);
    expect(memory.buddy.takeSmallest(zone, 2, MIGRATE_MOVABLE)).toBe(BASE + 8);
    expect(memory.buddy.takeSmallest(zone, 2, MIGRATE_MOVABLE)).toBe(BASE + 64);
    expect(memory.buddy.takeSmallest(zone, 3, MIGRATE_UNMOVABLE)).toBe(NONE);
  });

  test('blocks of a pageblock merge beyond it, but not with a highatomic one', () => {
    const { memory, zone } = empty();
    memory.buddy.free(zone, BASE, 9, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE + 512, 9, MIGRATE_MOVABLE);
    expect(freeAt(memory, zone, MIGRATE_MOVABLE)).toEqual({ 10: [0] });

    const other = empty();
    other.memory.buddy.pageblocks.setType(BASE + 512, MIGRATE_HIGHATOMIC);
    other.memory.buddy.free(other.zone, BASE + 512, 9, MIGRATE_HIGHATOMIC);
    other.memory.buddy.free(other.zone, BASE, 9, MIGRATE_MOVABLE);
    expect(freeAt(other.memory, other.zone, MIGRATE_MOVABLE)).toEqual({ 9: [0] });
  });

  test('on 4.17 it merges with a highatomic one too, whose pages are then of its own type', () => {
    const { memory, zone } = empty(KERNEL_417);
    memory.buddy.pageblocks.setType(BASE + 512, MIGRATE_HIGHATOMIC);
    memory.buddy.free(zone, BASE + 512, 9, MIGRATE_HIGHATOMIC);
    expect(zone.freeHighatomic).toBe(512);
    memory.buddy.free(zone, BASE, 9, MIGRATE_MOVABLE);
    expect(freeAt(memory, zone, MIGRATE_MOVABLE)).toEqual({ 10: [0] });
    expect(zone.freeHighatomic).toBe(0);
  });

  test.each([
    [KERNEL_417, [16, 8]],
    [KERNEL_61, [8, 16]],
  ])('$name: a block that changes its type goes to the head, or to the tail', (kernel, order) => {
    const { memory, zone } = empty(kernel);
    memory.buddy.free(zone, BASE + 8, 2, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE + 16, 2, MIGRATE_UNMOVABLE);
    memory.buddy.moveBlock(zone, BASE + 16, MIGRATE_UNMOVABLE, MIGRATE_MOVABLE);
    expect(freeAt(memory, zone, MIGRATE_MOVABLE)[2]).toEqual(order);
  });

  test('a block whose next larger buddy is free goes to the tail', () => {
    const { memory, zone } = empty();
    memory.buddy.free(zone, BASE + 2, 1, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE + 100, 0, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE + 0, 0, MIGRATE_MOVABLE);
    expect(freeAt(memory, zone, MIGRATE_MOVABLE)[0]).toEqual([100, 0]);
  });
});

describe('fallback', () => {
  /** UNMOVABLE blocks of order 3 and 2 in an unmovable pageblock, and a movable request. */
  function movableAmongUnmovable(kernel = KERNEL_61) {
    const { memory, zone } = empty(kernel);
    memory.buddy.free(zone, BASE + 8, 3, MIGRATE_UNMOVABLE);
    memory.buddy.free(zone, BASE + 20, 2, MIGRATE_UNMOVABLE);
    return { memory, zone };
  }

  test.each([KERNEL_417, KERNEL_61])('$name: a movable page takes the smallest block over', (k) => {
    const { memory, zone } = movableAmongUnmovable(k);
    expect(memory.fallback.take(zone, 0, MIGRATE_MOVABLE, 0)).toBe(BASE + 20);
    expect(memory.buddy.pageblocks.typeOf(BASE)).toBe(MIGRATE_UNMOVABLE);
    expect(freeAt(memory, zone, MIGRATE_MOVABLE)).toEqual({ 0: [21], 1: [22] });
    expect(freeAt(memory, zone, MIGRATE_UNMOVABLE)).toEqual({ 3: [8] });
  });

  test('6.12: the left-over pages stay with their own type', () => {
    const { memory, zone } = movableAmongUnmovable(KERNEL_612);
    expect(memory.fallback.take(zone, 0, MIGRATE_MOVABLE, 0)).toBe(BASE + 20);
    expect(freeAt(memory, zone, MIGRATE_UNMOVABLE)).toEqual({ 0: [21], 1: [22], 3: [8] });
  });

  test.each(KERNELS)('$name: an unmovable page converts a whole order-10 block', (kernel) => {
    const { memory, zone } = empty(kernel);
    for (const block of [BASE, BASE + 512]) memory.buddy.pageblocks.setType(block, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE, 10, MIGRATE_MOVABLE);
    expect(memory.fallback.take(zone, 0, MIGRATE_UNMOVABLE, 0)).toBe(BASE);
    expect(memory.buddy.pageblocks.typeOf(BASE)).toBe(MIGRATE_UNMOVABLE);
    expect(memory.buddy.pageblocks.typeOf(BASE + 512)).toBe(MIGRATE_UNMOVABLE);
    expect(zone.boost).toBe(0);
    expect(zone.freePages).toBe(1023);
  });

  test('reclaimable blocks are tried before movable ones', () => {
    const { memory, zone } = empty();
    memory.buddy.pageblocks.setType(BASE + 512, MIGRATE_RECLAIMABLE);
    memory.buddy.pageblocks.setType(BASE + 1024, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE + 1024, 5, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE + 512, 5, MIGRATE_RECLAIMABLE);
    expect(memory.fallback.take(zone, 0, MIGRATE_UNMOVABLE, 0)).toBe(BASE + 512);
  });

  test('a theft below the pageblock order boosts 6.1, to the cap, and not 4.17', () => {
    for (const [kernel, boosts] of [
      [KERNEL_61, [512, 1024, 1536, 2048, 2250, 2250]],
      [KERNEL_417, [0, 0, 0, 0, 0, 0]],
    ] as const) {
      const { memory, zone } = empty(kernel);
      const seen = boosts.map((_, i) => {
        const at = BASE + (i + 1) * 512;
        memory.buddy.pageblocks.setType(at, MIGRATE_MOVABLE);
        memory.buddy.free(zone, at, 0, MIGRATE_MOVABLE);
        memory.fallback.take(zone, 0, MIGRATE_UNMOVABLE, kernel.alloc.KSWAPD);
        return zone.boost;
      });
      expect(seen).toEqual(boosts);
      expect(zone.boosted).toBe(kernel === KERNEL_61);
    }
  });

  test('a block that avoids fragmentation takes no smaller block of another type', () => {
    const { memory, zone } = empty();
    memory.buddy.pageblocks.setType(BASE, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE, 8, MIGRATE_MOVABLE);
    const { NOFRAGMENT } = KERNEL_61.alloc;
    expect(memory.fallback.take(zone, 0, MIGRATE_UNMOVABLE, NOFRAGMENT)).toBe(NONE);
    expect(memory.fallback.take(zone, 0, MIGRATE_UNMOVABLE, 0)).toBe(BASE);
  });
});

describe('highatomic', () => {
  test.each([
    [KERNEL_417, 512, 655 + 512],
    [KERNEL_61, 512, 655 + 512],
    [KERNEL_612, 512, 1024],
  ])('cap of $name', (kernel, block, cap) => {
    const { memory, zone } = empty(kernel);
    expect(zone.pageblockPages).toBe(block);
    expect(memory.highatomic.capOf(zone)).toBe(cap);
  });

  test('a reserved pageblock moves its free pages; releasing keeps the last one unless forced', () => {
    const { memory, zone } = empty();
    memory.buddy.free(zone, BASE, 9, MIGRATE_UNMOVABLE);
    const pfn = memory.buddy.takeSmallest(zone, 1, MIGRATE_UNMOVABLE);
    memory.highatomic.reserve(zone, pfn);
    expect(zone.reservedHighatomic).toBe(512);
    expect(zone.freeHighatomic).toBe(510);
    expect(memory.buddy.takeSmallest(zone, 0, MIGRATE_UNMOVABLE)).toBe(NONE);
    expect(memory.highatomic.unreserve([zone], MIGRATE_UNMOVABLE, false)).toBe(false);
    expect(memory.highatomic.unreserve([zone], MIGRATE_UNMOVABLE, true)).toBe(true);
    expect(zone.reservedHighatomic).toBe(0);
    expect(zone.freeHighatomic).toBe(0);
    expect(memory.buddy.takeSmallest(zone, 0, MIGRATE_UNMOVABLE)).not.toBe(NONE);
  });
});
