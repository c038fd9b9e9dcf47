import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import k61 from '../../../src/kernel/profiles/6.1.ts';
import k612 from '../../../src/kernel/profiles/6.12.ts';
import {
  formatGfp,
  gfpFlags,
  gfpZoneIndex,
  INVALID_MIGRATETYPE,
  INVALID_ZONE,
  isAtomicBlockable,
  migratetypeOf,
  parseGfp,
  slowPathGfp,
  unknownBits,
} from '../../../src/model/mm/gfp.ts';
import { KERNELS, MASK_TABLES } from './masktable.ts';

describe.each(MASK_TABLES)('the table printed by $kernel.release', ({ kernel, rows }) => {
  it('is printed alike and read back, byte for byte', () => {
    expect(rows.length).toBe(154);
    for (const row of rows) {
      expect(formatGfp(row.meta, kernel)).toBe(row.metaText);
      expect(parseGfp(row.metaText, kernel)).toBe(row.meta);
      expect(parseGfp(row.hostName, kernel)).toBe(row.host);
    }
  });
});

describe('formatGfp', () => {
  it.each([
    [k417, 0x14000c0, 'GFP_KERNEL'],
    [k417, 0x14080c2, 'GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO'],
    [k417, 0x15080c0, 'GFP_KERNEL_ACCOUNT|__GFP_ZERO'],
    [k417, 0x14000c1, 'GFP_KERNEL|GFP_DMA'],
    [k417, 0x1204010, 'GFP_NOWAIT|__GFP_COMP|__GFP_RECLAIMABLE|0x200000'],
    [k61, 0x60c40, 'GFP_NOFS|__GFP_COMP|__GFP_MEMALLOC'],
    [k61, 0xc0cc0, 'GFP_KERNEL|__GFP_COMP|__GFP_NOMEMALLOC'],
    [k61, 0x400d0, '__GFP_IO|__GFP_FS|__GFP_COMP|__GFP_RECLAIMABLE'],
    [k61, 0x800000, '__GFP_ZEROTAGS'],
    [k61, 0x1c24ca, 'GFP_TRANSHUGE'],
    [k612, 0x1c20ca, 'GFP_TRANSHUGE_LIGHT'],
    [k612, 0xc04, 'GFP_NOIO|GFP_DMA32'],
    [k612, 0xa20, 'GFP_ATOMIC|0x200'],
    [k612, 0x2820, 'GFP_ATOMIC|__GFP_NOWARN'],
  ])('prints composites first, in the order of the kernel: %#', (kernel, value, text) => {
    expect(formatGfp(value, kernel)).toBe(text);
  });

  it('prints GFP_NOWAIT of 6.12 only with its NOWARN', () => {
    expect(formatGfp(0x92800, k61)).toBe('GFP_NOWAIT|__GFP_NOWARN|__GFP_NORETRY|__GFP_NOMEMALLOC');
    expect(formatGfp(0x92800, k612)).toBe('GFP_NOWAIT|__GFP_NORETRY|__GFP_NOMEMALLOC');
    expect(formatGfp(0x40800, k612)).toBe('__GFP_COMP|__GFP_KSWAPD_RECLAIM');
  });

  it('prints nothing for 0, as in gfp_mask=0x0()', () => {
    for (const kernel of KERNELS) expect(formatGfp(0, kernel)).toBe('');
  });

  it.each(KERNELS)('$name: what is printed is read back', (kernel) => {
    const masks = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 27 - 1 }),
      fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      fc.subarray(Object.values(kernel.gfp.composites), { minLength: 1 }).map(union),
    );
    const check = (mask: number) => {
      expect(parseGfp(formatGfp(mask, kernel), kernel)).toBe(mask);
    };
    fc.assert(fc.property(masks, check), { numRuns: 3000 });
  });
});

describe('gfpFlags', () => {
  it('lists single flags, and unknownBits what is left', () => {
    const flags = gfpFlags(0x5080020, k417);
    expect(flags).toEqual(['__GFP_HIGH', '__GFP_ATOMIC', '__GFP_KSWAPD_RECLAIM']);
    expect(unknownBits(0x5080020, k417)).toBe(0x4000000);
    expect(unknownBits(0x80000200, k612)).toBe(0x80000200);
  });

  it.each(KERNELS)('$name: flags and unknown bits together are the mask', (kernel) => {
    const check = (mask: number) => {
      const flags = gfpFlags(mask, kernel).map((name) => parseGfp(name, kernel));
      expect(union([...flags, unknownBits(mask, kernel)])).toBe(mask);
    };
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), check), { numRuns: 500 });
  });
});

describe('gfpZoneIndex', () => {
  // By the four zone bits: 1 DMA, 2 HIGHMEM, 4 DMA32, 8 MOVABLE.
  const bad = INVALID_ZONE;
  const expected = [2, 0, 2, bad, 1, bad, bad, bad, 2, 0, 3, bad, 1, bad, bad, bad];

  it.each(KERNELS)('$name: knows all sixteen combinations', (kernel) => {
    for (const [bits, zone] of expected.entries()) {
      expect(gfpZoneIndex(bits | kernel.gfp.composites.GFP_KERNEL!, kernel)).toBe(zone);
    }
  });
});

describe('migratetypeOf', () => {
  it.each([
    [0xcc0, 0],
    [0x100cca, 1],
    [0xcd0, 2],
    [0xcd8, INVALID_MIGRATETYPE],
  ])('of %i is %i', (gfp, type) => {
    expect(migratetypeOf(gfp)).toBe(type);
  });
});

describe('slowPathGfp', () => {
  it('drops ATOMIC from a blockable mask', () => {
    expect(slowPathGfp(0x1491a20, k417)).toBe(0x1411a20);
    expect(slowPathGfp(0x1091a20, k417)).toBe(0x1091a20);
    expect(isAtomicBlockable(0xe20, k61)).toBe(true);
    expect(isAtomicBlockable(0xe20, k612)).toBe(false);
  });
});

function union(values: readonly number[]): number {
  return values.reduce((all, value) => all | value, 0) >>> 0;
}
