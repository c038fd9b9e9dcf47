import { describe, expect, it } from 'vitest';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import type { SlabCacheState } from '../../../src/model/machine-config.ts';
import { FRAMELESS_HANDLES } from '../../../src/model/slab/slab-pages.ts';
import { slabMachine } from './slab-machine.ts';

const ATOMIC = 0x1080020;
const KMALLOC_256: SlabCacheState = {
  name: 'kmalloc-256',
  objectSize: 256,
  order: 0,
  objectsPerSlab: 16,
  activeObjects: 100,
  slabs: 10,
};

describe('a cache from a snapshot', () => {
  it('hands out its free objects before it asks for a page', () => {
    const states = [{ ...KMALLOC_256, cpuFreeObjects: [0] }];
    const { slab, pages, on } = slabMachine(linux417, 1, { states });
    const cache = slab.kmallocCache(256, ATOMIC);
    // 60 free objects fit into four slabs that keep one object each.
    expect(cache).toMatchObject({ slabs: 10, totalObjects: 160, nrPartial: 4, pages: 10 });
    expect(cache.activeObjects).toBe(100);
    const handles = new Map<number, number>();
    for (let nth = 0; nth < 60; nth++) {
      const handle = slab.kmalloc(200, ATOMIC, on(0));
      handles.set(handle, (handles.get(handle) ?? 0) + 1);
    }
    expect(pages.asked).toEqual([]);
    expect([...handles.values()]).toEqual([15, 15, 15, 15]);
    expect(Math.min(...handles.keys())).toBeGreaterThanOrEqual(FRAMELESS_HANDLES);
    expect(slab.kmalloc(200, ATOMIC, on(0))).toBe(1000);
    expect(cache.activeObjects).toBe(176);
  });

  it('takes them back, and never gives their pages to the page allocator', () => {
    const empty = { ...KMALLOC_256, activeObjects: 0 };
    const { slab, pages, on } = slabMachine(linux417, 1, { states: [empty] });
    const cache = slab.kmallocCache(256, ATOMIC);
    expect(cache.nrPartial).toBe(10);
    const handles = Array.from({ length: 160 }, () => slab.kmalloc(256, ATOMIC, on(0)));
    for (const handle of handles) slab.kfree(handle, on(0));
    expect(pages).toMatchObject({ asked: [], freed: [], held: 0 });
    expect(cache).toMatchObject({ liveObjects: 0, slabs: 10 });
    for (let nth = 0; nth < 160; nth++) slab.kmalloc(256, ATOMIC, on(0));
    expect(pages.asked).toEqual([]);
  });

  it('may say what is free on the CPU lists, which slabinfo counts as active', () => {
    const state = { ...KMALLOC_256, activeObjects: 160, cpuFreeObjects: [20, 3] };
    const { slab, pages, on } = slabMachine(linux417, 2, { states: [state] });
    const cache = slab.kmallocCache(256, ATOMIC);
    expect([cache.cpuFreeObjects(0), cache.cpuFreeObjects(1)]).toEqual([20, 3]);
    expect(cache.activeObjects).toBe(160);
    for (let nth = 0; nth < 20; nth++) slab.kmalloc(256, ATOMIC, on(0));
    expect(pages.asked).toEqual([]);
    slab.kmalloc(256, ATOMIC, on(0));
    expect(pages.asked).toHaveLength(1);
  });

  it('takes the slab of each CPU to be half used where nobody says how far', () => {
    const states = [{ ...KMALLOC_256, activeObjects: 160 }];
    const { slab, pages, on } = slabMachine(linux417, 2, { states });
    const cache = slab.kmallocCache(256, ATOMIC);
    expect([cache.cpuFreeObjects(0), cache.cpuFreeObjects(1)]).toEqual([8, 8]);
    for (let nth = 0; nth < 8; nth++) slab.kmalloc(256, ATOMIC, on(1));
    expect(pages.asked).toEqual([]);
    slab.kmalloc(256, ATOMIC, on(1));
    expect(pages.asked).toHaveLength(1);
  });

  it('that is full or empty of slabs starts without free objects', () => {
    const states = [{ ...KMALLOC_256, activeObjects: 160, cpuFreeObjects: [0] }];
    const { slab, pages, on } = slabMachine(linux417, 1, { states });
    slab.kmalloc(256, ATOMIC, on(0));
    slab.kmalloc(64, ATOMIC, on(0));
    expect(pages.asked).toHaveLength(2);
    expect(slab.kmallocCache(256, ATOMIC).slabs).toBe(11);
  });

  it('of a kernel with other object sizes only counts its pages', () => {
    const state = { ...KMALLOC_256, objectSize: 768, objectsPerSlab: 21, order: 2 };
    const { slab, pages, on } = slabMachine(linux417, 1, { states: [state] });
    expect(slab.kmallocCache(256, ATOMIC)).toMatchObject({ pages: 40, nrPartial: 0 });
    slab.kmalloc(256, ATOMIC, on(0));
    expect(pages.asked).toHaveLength(1);
  });
});

describe('what slabinfo would show', () => {
  it('starts another machine in the same state', () => {
    const states = [{ ...KMALLOC_256, cpuFreeObjects: [5, 0] }];
    const one = slabMachine(linux417, 2, { states });
    for (let nth = 0; nth < 70; nth++) one.slab.kmalloc(256, ATOMIC, one.on(nth & 1));
    const shown = one.slab.slabinfo();
    const row = shown.find(({ name }) => name === 'kmalloc-256')!;
    // 65 of the objects were free at the start; five more open a new slab of 16.
    expect(row.slabs).toBe(11);
    expect(row.activeObjects).toBe(176);
    expect(row.cpuFreeObjects!.reduce((sum, free) => sum + free, 0)).toBe(11);
    const other = slabMachine(linux417, 2, { states: shown });
    expect(other.slab.slabinfo()).toEqual(shown);
    expect(other.slab.nrSlabPages).toBe(one.slab.nrSlabPages);
  });

  it('counts the pages of caches that nobody here uses', () => {
    const dentry = { ...KMALLOC_256, name: 'dentry', order: 1, slabs: 7 };
    expect(slabMachine(linux417, 1, { states: [dentry, KMALLOC_256] }).slab.nrSlabPages).toBe(24);
  });
});
