import { describe, expect, it } from 'vitest';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import linux612 from '../../../src/kernel/profiles/6.12.ts';
import type { NewFlag } from '../../../src/model/fault/new-flag.ts';
import { NONE, WOULD_BLOCK } from '../../../src/model/page-source.ts';
import { BoundCache } from '../../../src/model/slab/bound-cache.ts';
import type { SlabAllocator } from '../../../src/model/slab/slab-allocator.ts';
import { finish, slabMachine } from './slab-machine.ts';

const METADATA = { name: 'kmemleak_object', objectSize: 304, noLeakTrace: true };
const K417 = linux417.gfp.composites['GFP_KERNEL']!;
const A417 = linux417.gfp.composites['GFP_ATOMIC']!;

describe('the two attempts at a new slab', () => {
  // Each line: profile, CPUs, object size, mask, what the page allocator is asked for.
  it.each([
    [linux417, 4, 304, K417, '1 0x152c0', '0 0x14040c0'],
    [linux417, 1, 304, K417, '0 0x14012c0', '0 0x14000c0'],
    [linux417, 4, 304, A417, '1 0x1085220', '0 0x1084020'],
    [linux61, 1, 512, linux61.gfp.composites['GFP_KERNEL']!, '0 0x12cc0', '0 0xcc0'],
    [linux61, 1, 1024, linux61.gfp.composites['GFP_KERNEL']!, '1 0xd20c0', '0 0x40cc0'],
    [linux61, 1, 1024, linux61.gfp.composites['GFP_ATOMIC']!, '1 0x52a20', '0 0x40a20'],
    [linux612, 1, 1024, linux612.gfp.composites['GFP_ATOMIC']!, '1 0x52820', '0 0x40820'],
    // kmemleak's own masks: quiet-2011 and nofail-4.15 of GFP_KERNEL and GFP_ATOMIC callers.
    [linux417, 4, 304, 0x14112c0, '1 0x152c0', '0 0x14152c0'],
    [linux417, 4, 304, 0x1411ac0, '1 0x152c0', '0 0x1415ac0'],
    [linux417, 4, 304, 0x1091220, '1 0x1095220', '0 0x1095220'],
    [linux417, 4, 304, 0x1091a20, '1 0x1095220', '0 0x1095a20'],
  ])('$0.name with $1 CPUs, $2 bytes, gfp $3', (kernel, cpus, size, gfp, first, second) => {
    const { slab, pages, on } = slabMachine(kernel, cpus);
    const cache = slab.createCache({ name: 'some', objectSize: size });
    pages.script.push('none', 'none');
    expect(slab.allocate(cache, gfp, on(0))).toBe(NONE);
    expect(pages.asked).toEqual([first, second]);
  });

  it('give smaller slabs when only the second one succeeds', () => {
    const { slab, pages, on } = slabMachine(linux417, 4);
    const cache = slab.createCache(METADATA);
    pages.script.push('none');
    for (let nth = 0; nth < 13; nth++) expect(slab.allocate(cache, A417, on(0))).toBe(1000);
    expect(slab.allocate(cache, A417, on(0))).toBe(1001);
    expect(pages.asked).toHaveLength(3);
    expect(cache).toMatchObject({ slabs: 2, pages: 3, totalObjects: 39, liveObjects: 14 });
    expect(slab).toMatchObject({ slabsMade: 2, firstAttemptFailures: 1, minimumOrderSlabs: 1 });
  });

  it('ask for the pages of the cache, whatever the request says of zones', () => {
    const { slab, pages, on } = slabMachine(linux61);
    slab.kmalloc(64, 0x1 | 0x800, on(0));
    slab.kmalloc(64, 0x10 | 0x800, on(0));
    // COMP only above order 0; HIGHMEM, MOVABLE and ZERO never reach the page allocator.
    slab.kmalloc(1024, 0x2 | 0x8 | 0x100 | 0x800, on(0));
    expect(pages.asked).toEqual(['0 0x12801', '0 0x12810', '1 0x52800']);
    const newest = slabMachine(linux612);
    newest.slab.kmalloc(64, 0x800, newest.on(0));
    expect(newest.pages.asked).toEqual(['0 0x52800']);
  });
});

describe('a cache of which somebody holds objects since boot', () => {
  it('has the rest of their slab free, on the CPU that booted', () => {
    const { slab, pages, on } = slabMachine(linux417, 2);
    // The measured machine: bio-0, 21 of 21 objects of 192 bytes active, in one slab.
    const cache = slab.createCache({ name: 'bio', objectSize: 192, bootObjects: 2 });
    expect(cache).toMatchObject({ slabs: 1, totalObjects: 21, activeObjects: 21, pages: 1 });
    for (let nth = 0; nth < 19; nth++) slab.allocate(cache, A417, on(0));
    expect(pages.asked).toEqual([]);
    slab.allocate(cache, A417, on(0));
    slab.allocate(cache, A417, on(1));
    expect(pages.asked).toHaveLength(2);
  });
});

describe('a request that must wait', () => {
  it('goes on with its first attempt where that one may reclaim', () => {
    const { slab, pages, on } = slabMachine(linux417, 1);
    const cache = slab.createCache(METADATA);
    pages.script.push('block');
    pages.slowScript.push('page');
    expect(slab.allocate(cache, K417, on(0))).toBe(WOULD_BLOCK);
    expect(finish(slab.allocateSlowly(cache, K417, on(0)))).toEqual({ answer: 1000, ns: 100 });
    expect(pages.asked).toEqual(['0 0x14012c0']);
    expect(pages.askedSlowly).toEqual(['0 0x14012c0']);
  });

  it('makes its second attempt, which may wait again, when the first one ends without a page', () => {
    const { slab, pages, on } = slabMachine(linux417, 1);
    const cache = slab.createCache(METADATA);
    pages.script.push('block', 'block');
    pages.slowScript.push('none', 'none');
    expect(slab.allocate(cache, K417, on(0))).toBe(WOULD_BLOCK);
    expect(finish(slab.allocateSlowly(cache, K417, on(0)))).toEqual({ answer: NONE, ns: 200 });
    expect(pages.asked).toEqual(['0 0x14012c0', '0 0x14000c0']);
    expect(pages.askedSlowly).toEqual(['0 0x14012c0', '0 0x14000c0']);
    expect(slab).toMatchObject({ firstAttemptFailures: 1, minimumOrderSlabs: 0 });
  });

  it('goes on with its second attempt when the first one was refused at once', () => {
    const { slab, pages, on } = slabMachine(linux417, 1);
    const cache = slab.createCache(METADATA);
    pages.script.push('none', 'block');
    expect(slab.allocate(cache, K417, on(0))).toBe(WOULD_BLOCK);
    expect(finish(slab.allocateSlowly(cache, K417, on(0))).answer).toBe(1000);
    expect(pages.asked).toHaveLength(2);
    expect(pages.askedSlowly).toEqual(['0 0x14000c0']);
  });

  it('remembers its attempt while another task blocks at the other one', () => {
    const { slab, pages, on } = slabMachine(linux417, 2);
    const cache = slab.createCache({ name: 'page', objectSize: 248 });
    pages.script.push('block', 'none', 'block');
    expect(slab.allocate(cache, K417, on(0))).toBe(WOULD_BLOCK);
    expect(slab.allocate(cache, K417, on(1))).toBe(WOULD_BLOCK);
    pages.slowScript.push('page', 'none');
    finish(slab.allocateSlowly(cache, K417, on(0)));
    expect(finish(slab.allocateSlowly(cache, K417, on(1))).answer).toBe(NONE);
    expect(pages.askedSlowly).toEqual(['0 0x14012c0', '0 0x14000c0']);
    expect(pages.asked).toHaveLength(3);
  });

  it('tosses no second failslab coin and looks at no freelist again', () => {
    let coins = 0;
    const failslab = { shouldFail: () => ++coins > 1 };
    const { slab, pages, on } = slabMachine(linux417, 1, { failslab });
    const cache = slab.createCache(METADATA);
    pages.script.push('block');
    expect(slab.allocate(cache, K417, on(0))).toBe(WOULD_BLOCK);
    expect(finish(slab.allocateSlowly(cache, K417, on(0))).answer).toBe(1000);
    expect(coins).toBe(1);
    expect(on(0).spentNs).toBe(210);
  });

  it('gives up the slab that its CPU got while it slept, and takes the new one', () => {
    const { slab, pages, on } = slabMachine(linux417, 2);
    const cache = slab.createCache({ name: 'big', objectSize: 4096 });
    pages.script.push('none', 'block');
    expect(slab.allocate(cache, K417, on(0))).toBe(WOULD_BLOCK);
    const path = slab.allocateSlowly(cache, K417, on(0));
    path.next();
    const meanwhile = slab.allocate(cache, A417, on(0));
    expect(meanwhile).toBe(1000);
    const { answer } = finish(path);
    expect(answer).toBe(1008);
    expect(cache.nrPartial).toBe(1);
    expect(cache.cpuFreeObjects(0)).toBe(0);
    expect(cache.activeObjects).toBe(2);
    // The slab it gave up is next: nothing is asked of the page allocator.
    expect(slab.allocate(cache, A417, on(0))).toBe(1000);
  });
});

describe('what a request passes first', () => {
  it('failslab judges the mask that gfp_allowed_mask left, before any list', () => {
    const judged: number[] = [];
    const failslab = {
      shouldFail: (_: object, gfp: number) => {
        judged.push(gfp);
        return judged.length === 2;
      },
    };
    const { slab, pages, on } = slabMachine(linux417, 1, { failslab });
    expect(slab.kmalloc(64, A417, on(0))).toBe(1000);
    expect(slab.kmalloc(64, A417 | 0x4000000, on(0))).toBe(NONE);
    expect(judged).toEqual([A417, A417]);
    expect(pages.asked).toHaveLength(1);
    expect(on(0).spentNs).toBe(210);
  });

  it.each([
    [true, true, 0x5491220, '0 0x5091220'],
    [true, false, 0x5491220, '0 0x1091220'],
    [false, true, 0x1491220, '0 0x1091220'],
  ])('a new flag passes by the shift (%s) and by SLUB (%s)', (raised, kept, judged, asked) => {
    const newFlag: NewFlag = {
      name: '__GFP_NOFAULTINJECT',
      value: 0x4000000,
      bitsShiftRaised: raised,
      inReclaimMask: kept,
    };
    const seen: number[] = [];
    const failslab = {
      shouldFail: (_: object, gfp: number) => {
        seen.push(gfp);
        return false;
      },
    };
    const { slab, pages, on } = slabMachine(linux417, 1, { newFlag, failslab });
    const cache = slab.createCache(METADATA);
    slab.allocate(cache, 0x5491220, on(0));
    expect(seen).toEqual([judged]);
    slab.kmalloc(4096, 0x5091220, on(0));
    expect(pages.asked[0]).toBe(`0 0x${(Number(asked.slice(2)) | 0x400000).toString(16)}`);
  });
});

describe('large kmalloc', () => {
  it('is whole pages at the smallest order, with COMP and without failslab', () => {
    const failslab = { shouldFail: () => true };
    const { slab, pages, on } = slabMachine(linux417, 1, { failslab });
    expect(slab.kmalloc(8192, K417, on(0))).toBe(NONE);
    const small = slab.kmalloc(8193, K417, on(0));
    const big = slab.kmalloc(4 * 2 ** 20, K417 | 0x8000, on(0));
    expect(pages.asked).toEqual(['2 0x14040c0', '10 0x140c0c0']);
    slab.kfree(big, on(0));
    slab.kfree(small, on(0));
    expect(pages.freed).toEqual([`${big} 10`, `${small} 2`]);
    expect(() => slab.kfree(small, on(0))).toThrow('kfree of what kmalloc never gave');
  });

  it('waits and fails as its one page request does', () => {
    const { slab, pages, on } = slabMachine();
    pages.script.push('block', 'none', 'block');
    pages.slowScript.push('page', 'none');
    expect(slab.kmalloc(10000, K417, on(0))).toBe(WOULD_BLOCK);
    const { answer } = finish(slab.kmallocSlowly(10000, K417, on(0)));
    slab.kfree(answer, on(0));
    expect(pages.freed).toEqual(['1000 2']);
    expect(slab.kmalloc(10000, K417, on(0))).toBe(NONE);
    expect(slab.kmalloc(10000, K417, on(0))).toBe(WOULD_BLOCK);
    expect(finish(slab.kmallocSlowly(10000, K417, on(0))).answer).toBe(NONE);
    expect(pages.held).toBe(0);
  });
});

describe('kmalloc', () => {
  it('and kfree pair by handle alone', () => {
    const { slab, pages, owners, on } = slabMachine();
    const handle = slab.kmalloc(100, A417, on(0));
    const cache = slab.kmallocCache(100, A417);
    expect(cache.name).toBe('kmalloc-128');
    expect(owners.get(handle)).toBeGreaterThanOrEqual(0);
    expect(cache.liveObjects).toBe(1);
    slab.kfree(handle, on(0));
    expect(cache.liveObjects).toBe(0);
    expect(pages.freed).toEqual([]);
    expect(on(0).spentNs).toBe(220);
  });

  it('goes on after a wait like its cache', () => {
    const { slab, pages, on } = slabMachine();
    pages.script.push('block');
    expect(slab.kmalloc(64, K417, on(0))).toBe(WOULD_BLOCK);
    expect(finish(slab.kmallocSlowly(64, K417, on(0))).answer).toBe(1000);
  });
});

describe('mistakes of a caller', () => {
  it('are found: too many frees, a wrong cache, no bytes, one name twice', () => {
    const { slab, on } = slabMachine();
    const cache = slab.createCache(METADATA);
    const handle = slab.allocate(cache, A417, on(0));
    expect(() => slab.free(slab.kmallocCache(8, 0), handle, on(0))).toThrow('its own cache');
    slab.free(cache, handle, on(0));
    expect(() => slab.free(cache, handle, on(0))).toThrow('more objects freed');
    expect(() => slab.free(cache, 77, on(0))).toThrow('has a slab');
    expect(() => slab.kmalloc(0, A417, on(0))).toThrow('no bytes');
    expect(() => slab.createCache(METADATA)).toThrow('one name');
  });
});

it('a bound cache speaks for one cache', () => {
  const { slab, pages, on } = slabMachine();
  const metadata = new BoundCache(slab, slab.createCache(METADATA));
  const handle = metadata.allocate(A417, on(0));
  metadata.free(handle, on(0));
  expect(metadata.cache.liveObjects).toBe(0);
  drain(slab, metadata, pages.script);
  expect(metadata.allocate(K417, on(0))).toBe(WOULD_BLOCK);
  expect(finish(metadata.allocateSlowly(K417, on(0))).answer).toBe(1001);

  function drain(_: SlabAllocator, cache: BoundCache, script: string[]): void {
    for (let nth = 0; nth < 13; nth++) cache.allocate(A417, on(0));
    script.push('block');
  }
});
