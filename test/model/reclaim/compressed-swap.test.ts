import { beforeEach, describe, expect, it } from 'vitest';
import type { Gfp } from '../../../src/kernel/kernel-profile.ts';
import { DEFAULT_COSTS } from '../../../src/model/costs.ts';
import { NONE, type SlowPath } from '../../../src/model/page-source.ts';
import { CompressedSwap } from '../../../src/model/reclaim/compressed-swap.ts';
import type { NestedCache, NestedPages } from '../../../src/model/reclaim/nested-allocator.ts';
import type { SwapWriter } from '../../../src/model/reclaim/swap-backing.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { KERNEL_417 } from '../machines.ts';

// Pages stored in compressed memory: what that takes, what it gives back, what happens when
// memory is refused. 4.17's masks by number.

/** __GFP_KSWAPD_RECLAIM | __GFP_NOWARN, and with __GFP_HIGHMEM | __GFP_MOVABLE. */
const FIRST = 0x1000200;
const FIRST_PAGE = 0x100020a;
/** GFP_NOIO, and with the same. */
const THEN = 0x1400000;
const THEN_PAGE = 0x140000a;

class ScriptedMemory implements NestedPages {
  readonly objects = new Map<number, string>();
  readonly pages = new Set<number>();
  readonly masks: [string, Gfp][] = [];
  refuses = (_what: string, _gfp: Gfp): boolean => false;
  #next = 0;

  *allocate({ name }: NestedCache, gfp: Gfp): SlowPath {
    yield 10;
    if (!this.#grants(name, gfp)) return NONE;
    this.objects.set(this.#next, name);
    return this.#next++;
  }

  free(handle: number): void {
    expect(this.objects.delete(handle)).toBe(true);
  }

  *allocatePage(gfp: Gfp): SlowPath {
    yield 10;
    if (!this.#grants('page', gfp)) return NONE;
    this.pages.add(this.#next);
    return this.#next++;
  }

  freePage(pfn: number): void {
    expect(this.pages.delete(pfn)).toBe(true);
  }

  #grants(what: string, gfp: Gfp): boolean {
    this.masks.push([what, gfp]);
    return !this.refuses(what, gfp);
  }
}

const context = new TaskContext();
let memory: ScriptedMemory;
let stored: number[];
let isWanted: boolean;

const writer: SwapWriter = {
  wants: () => isWanted,
  starts: () => expect.unreachable('nothing is written to a device'),
  written: () => expect.unreachable('nothing is written to a device'),
  stored: (pfn) => stored.push(pfn),
};

beforeEach(() => {
  memory = new ScriptedMemory();
  stored = [];
  isWanted = true;
});

function swapOf(compressionRatio: number): CompressedSwap {
  const spec = { kernel: KERNEL_417, costs: DEFAULT_COSTS, slots: 64, compressionRatio };
  return new CompressedSwap(memory, spec);
}

/** Nanoseconds of CPU that the path took. */
function finish(path: SlowPath): number {
  let spentNs = 0;
  for (const ns of path) spentNs += ns;
  return spentNs;
}

const write = (swap: CompressedSwap, slot: number): number =>
  finish(swap.write(1000 + slot, slot, writer, context));

describe('compressed swap', () => {
  // zsmalloc's own arithmetic: bytes of the class, pages that waste least, objects in them.
  it.each([
    [1, 4096, 1, 1],
    [1.5, 2752, 3, 4],
    [2, 2064, 4, 7],
    [3, 1376, 4, 11],
    [4, 1040, 4, 15],
    [8, 528, 4, 31],
  ])('ratio %d: classes of %d bytes, %d pages with %d objects', (ratio, _bytes, pages, objects) => {
    const swap = swapOf(ratio);
    for (let slot = 0; slot < objects; slot++) write(swap, slot);
    expect(memory.pages.size).toBe(pages);
    write(swap, objects);
    expect(memory.pages.size).toBe(2 * pages);
  });

  it('stores a page without a bio: a handle, and a zspage where none has room', () => {
    const swap = swapOf(3);
    const ns = write(swap, 0);
    expect(memory.masks).toEqual([
      ['zs_handle', FIRST],
      ['zspage', FIRST],
      ...Array.from({ length: 4 }, () => ['page', FIRST_PAGE]),
    ]);
    expect(ns).toBe(DEFAULT_COSTS.compressPageNs + 60);
    expect(stored).toEqual([1000]);
    memory.masks.length = 0;
    write(swap, 1);
    expect(memory.masks).toEqual([['zs_handle', FIRST]]);
  });

  it('compresses once more and may wait for memory when it was refused', () => {
    memory.refuses = (what, gfp) => what === 'page' && gfp === FIRST_PAGE;
    const ns = write(swapOf(3), 0);
    expect(memory.masks.slice(3)).toEqual([
      ['zs_handle', THEN],
      ['zspage', THEN],
      ...Array.from({ length: 4 }, () => ['page', THEN_PAGE]),
    ]);
    expect(ns).toBeGreaterThan(2 * DEFAULT_COSTS.compressPageNs);
    expect(stored).toEqual([1000]);
    expect([...memory.objects.values()].sort()).toEqual(['zs_handle', 'zspage']);
  });

  it('leaves the page dirty and keeps nothing when memory is refused twice', () => {
    let pages = 0;
    memory.refuses = (what) => what === 'page' && ++pages % 2 === 0;
    write(swapOf(3), 0);
    expect(stored).toEqual([]);
    expect(memory.objects.size + memory.pages.size).toBe(0);
  });

  it('keeps nothing of a page that was given up while it was compressed', () => {
    const swap = swapOf(3);
    write(swap, 0);
    isWanted = false;
    write(swap, 1);
    expect(stored).toEqual([1000, 1001]);
    swap.forget(1, context);
    swap.forget(0, context);
    expect(memory.objects.size + memory.pages.size).toBe(0);
  });

  it('gives a zspage back with its last object, and fills the holes of others', () => {
    const swap = swapOf(3);
    for (let slot = 0; slot < 22; slot++) write(swap, slot);
    expect(memory.pages.size).toBe(8);
    swap.forget(3, context);
    write(swap, 22);
    expect(memory.pages.size).toBe(8);
    for (let slot = 11; slot < 22; slot++) swap.forget(slot, context);
    expect(memory.pages.size).toBe(4);
    for (const slot of [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 22]) swap.forget(slot, context);
    expect(memory.objects.size + memory.pages.size).toBe(0);
  });

  it('unpacks in CPU time alone', () => {
    const swap = swapOf(3);
    write(swap, 0);
    expect(finish(swap.read(0))).toBe(DEFAULT_COSTS.decompressPageNs);
    expect(finish(swap.read(1)), 'a slot that was emptied meanwhile').toBe(0);
  });
});
