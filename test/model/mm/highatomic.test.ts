import { describe, expect, test } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import {
  MIGRATE_HIGHATOMIC,
  MIGRATE_MOVABLE,
  MIGRATE_UNMOVABLE,
} from '../../../src/model/machine-config.ts';
import { buildMemory, type Memory } from '../../../src/model/memory.ts';
import type { Zone } from '../../../src/model/mm/zone.ts';
import { KERNEL_61, KERNEL_417, KERNEL_612, KERNELS, machineOf, zoneX } from '../machines.ts';

const BASE = 1 << 17;
const PAGEBLOCK = 512;

/** A zone of `spanned` pages, none of them free. */
function empty(
  kernel: KernelProfile,
  spanned = 1 << 16,
  startPfn = BASE,
): { memory: Memory; zone: Zone } {
  const pages = { spanned, present: spanned, managed: spanned };
  const config = { ...zoneX({ pages: 0 }), ...pages, startPfn };
  const memory = buildMemory(machineOf(kernel, [config]));
  return { memory, zone: memory.zones[0]! };
}

const freeOf = (memory: Memory, type: number): number =>
  memory.buddy
    .census(memory.zones[0]!)
    [type]!.reduce((sum, count, order) => sum + (count << order), 0);

describe.each(KERNELS.map((kernel) => [kernel.name, kernel] as const))('%s', (_, kernel) => {
  test('a reserved pageblock brings its free pages with it, and counts as a whole', () => {
    const { memory, zone } = empty(kernel);
    memory.buddy.free(zone, BASE + 8, 3, MIGRATE_UNMOVABLE);
    memory.buddy.free(zone, BASE + PAGEBLOCK, 3, MIGRATE_UNMOVABLE);
    memory.highatomic.reserve(zone, BASE + 1);
    expect(zone.reservedHighatomic).toBe(PAGEBLOCK);
    expect([freeOf(memory, MIGRATE_HIGHATOMIC), zone.freeHighatomic]).toEqual([8, 8]);
    expect(freeOf(memory, MIGRATE_UNMOVABLE)).toBe(8);
    memory.highatomic.reserve(zone, BASE + 2);
    expect(zone.reservedHighatomic).toBe(PAGEBLOCK);
  });

  test('the reserve ends at the first pageblock that reaches its cap', () => {
    const { memory, zone } = empty(kernel);
    // 65536 / 100 = 655 pages, and one pageblock; or rounded up to whole ones.
    const cap = kernel === KERNEL_612 ? 1024 : 655 + 512;
    expect(memory.highatomic.capOf(zone)).toBe(cap);
    for (let nth = 0; nth < 5; nth++) memory.highatomic.reserve(zone, BASE + nth * PAGEBLOCK);
    expect(zone.reservedHighatomic).toBe(Math.ceil(cap / PAGEBLOCK) * PAGEBLOCK);
  });

  test('a release gives back one pageblock, the last one only by force', () => {
    const { memory, zone } = empty(kernel);
    for (const at of [0, PAGEBLOCK]) {
      memory.buddy.free(zone, BASE + at, 4, MIGRATE_UNMOVABLE);
      memory.highatomic.reserve(zone, BASE + at);
    }
    const release = (force: boolean) => memory.highatomic.unreserve([zone], MIGRATE_MOVABLE, force);
    expect([release(false), zone.reservedHighatomic]).toEqual([true, PAGEBLOCK]);
    expect([release(false), zone.reservedHighatomic]).toEqual([false, PAGEBLOCK]);
    expect([release(true), zone.reservedHighatomic]).toEqual([true, 0]);
    expect([freeOf(memory, MIGRATE_MOVABLE), zone.freeHighatomic]).toEqual([32, 0]);
    expect(memory.buddy.pageblocks.typeOf(BASE)).toBe(MIGRATE_MOVABLE);
  });
});

describe('a pageblock that the end of the zone cuts short', () => {
  const cut = (kernel: KernelProfile) => {
    const { memory, zone } = empty(kernel, (1 << 16) + 64);
    const pfn = zone.endPfn - 64;
    memory.buddy.free(zone, pfn, 3, MIGRATE_UNMOVABLE);
    memory.buddy.free(zone, pfn + 16, 4, MIGRATE_MOVABLE);
    memory.highatomic.reserve(zone, pfn + 40);
    return { memory, zone, pfn };
  };

  test.each([[KERNEL_417], [KERNEL_61]])('is reserved, but not what is free of it: $name', (of) => {
    const { memory, zone, pfn } = cut(of);
    expect(zone.reservedHighatomic).toBe(PAGEBLOCK);
    expect(freeOf(memory, MIGRATE_HIGHATOMIC)).toBe(0);
    expect(memory.buddy.pageblocks.typeOf(pfn)).toBe(MIGRATE_HIGHATOMIC);
    expect(freeOf(memory, MIGRATE_UNMOVABLE)).toBe(8);
  });

  test.each([[KERNEL_417], [KERNEL_61]])(
    'stays reserved when its blocks are stolen: $name',
    (of) => {
      const { memory, zone, pfn } = cut(of);
      for (let nth = 0; nth < 9; nth++) memory.fallback.take(zone, 0, MIGRATE_UNMOVABLE, 0);
      expect(freeOf(memory, MIGRATE_MOVABLE)).toBe(0);
      expect(freeOf(memory, MIGRATE_UNMOVABLE)).toBe(15);
      expect(memory.buddy.pageblocks.typeOf(pfn)).toBe(MIGRATE_HIGHATOMIC);
      expect([zone.boost, zone.freeHighatomic]).toEqual([0, 0]);
    },
  );

  test('is left alone by 6.12, which claims it for nobody either', () => {
    const { memory, zone, pfn } = cut(KERNEL_612);
    expect(zone.reservedHighatomic).toBe(0);
    expect(memory.buddy.pageblocks.typeOf(pfn)).toBe(MIGRATE_UNMOVABLE);
    for (let nth = 0; nth < 9; nth++) memory.fallback.take(zone, 0, MIGRATE_UNMOVABLE, 0);
    expect(freeOf(memory, MIGRATE_MOVABLE)).toBe(15);
    expect(freeOf(memory, MIGRATE_UNMOVABLE)).toBe(0);
  });
});

describe('a pageblock that the start of the zone cuts short, as in zone DMA', () => {
  const cut = (kernel: KernelProfile) => {
    const { memory, zone } = empty(kernel, 1 << 16, BASE + 1);
    memory.buddy.pageblocks.setType(BASE, MIGRATE_MOVABLE);
    memory.buddy.free(zone, BASE + 256, 8, MIGRATE_MOVABLE);
    return { memory, zone };
  };

  test.each([[KERNEL_417], [KERNEL_61]])('is taken from the page on: $name', (kernel) => {
    const { memory, zone } = cut(kernel);
    memory.highatomic.reserve(zone, BASE + 9);
    expect([zone.reservedHighatomic, zone.freeHighatomic]).toEqual([PAGEBLOCK, 256]);
    const other = cut(kernel);
    other.memory.fallback.take(other.zone, 0, MIGRATE_UNMOVABLE, 0);
    expect(other.memory.buddy.pageblocks.typeOf(BASE)).toBe(MIGRATE_UNMOVABLE);
  });

  test('is neither reserved nor claimed by 6.12', () => {
    const { memory, zone } = cut(KERNEL_612);
    memory.highatomic.reserve(zone, BASE + 9);
    expect([zone.reservedHighatomic, zone.freeHighatomic]).toEqual([0, 0]);
    memory.fallback.take(zone, 0, MIGRATE_UNMOVABLE, 0);
    expect(memory.buddy.pageblocks.typeOf(BASE)).toBe(MIGRATE_MOVABLE);
    expect(freeOf(memory, MIGRATE_MOVABLE)).toBe(255);
  });
});

describe('a page on a per-CPU list while its pageblock is reserved', () => {
  const flushed = (kernel: KernelProfile) => {
    const { memory, zone } = empty(kernel);
    memory.pcp.free(0, zone, BASE + 5, 0);
    memory.highatomic.reserve(zone, BASE);
    memory.pcp.drainAll();
    return memory;
  };

  test('goes back as what it was freed as', () => {
    expect(freeOf(flushed(KERNEL_61), MIGRATE_UNMOVABLE)).toBe(1);
    expect(freeOf(flushed(KERNEL_417), MIGRATE_UNMOVABLE)).toBe(1);
  });

  test('goes to the reserve in 6.12', () => {
    const memory = flushed(KERNEL_612);
    expect(freeOf(memory, MIGRATE_HIGHATOMIC)).toBe(1);
    expect(memory.zones[0]!.freeHighatomic).toBe(1);
  });
});
