import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import k417 from '../../src/kernel/profiles/4.17.ts';
import k61 from '../../src/kernel/profiles/6.1.ts';
import k612 from '../../src/kernel/profiles/6.12.ts';

const profiles: readonly KernelProfile[] = [k417, k61, k612];

describe('kernel profiles', () => {
  it('are found by folder under the names of their files', async () => {
    const folder = new URL('../../src/kernel/profiles/', import.meta.url);
    const catalog = await loadCatalog<KernelProfile>('kernel', folder);
    expect(catalog.names()).toEqual(['4.17', '6.1', '6.12']);
    expect(catalog.get('6.1').release).toBe('6.1.192');
  });

  it.each([
    ['GFP_ATOMIC', 0x1080020, 0xa20, 0x820],
    ['GFP_KERNEL', 0x14000c0, 0xcc0, 0xcc0],
    ['GFP_KERNEL_ACCOUNT', 0x15000c0, 0x400cc0, 0x400cc0],
    ['GFP_NOWAIT', 0x1000000, 0x800, 0x2800],
    ['GFP_NOIO', 0x1400000, 0xc00, 0xc00],
    ['GFP_NOFS', 0x1400040, 0xc40, 0xc40],
    ['GFP_USER', 0x14200c0, 0x100cc0, 0x100cc0],
    ['GFP_HIGHUSER', 0x14200c2, 0x100cc2, 0x100cc2],
    ['GFP_HIGHUSER_MOVABLE', 0x14200ca, 0x100cca, 0x100cca],
    ['GFP_TRANSHUGE_LIGHT', 0x342ca, 0x1c20ca, 0x1c20ca],
    ['GFP_TRANSHUGE', 0x4342ca, 0x1c24ca, 0x1c24ca],
    ['GFP_DMA', 0x1, 0x1, 0x1],
    ['GFP_DMA32', 0x4, 0x4, 0x4],
    ['__GFP_RECLAIM', 0x1400000, 0xc00, 0xc00],
  ])('know %s', (name, in417, in61, in612) => {
    expect(profiles.map((kernel) => kernel.gfp.composites[name])).toEqual([in417, in61, in612]);
  });

  it.each(profiles)('$name: composites are made of the bits', ({ gfp }) => {
    const { bits: b, composites: c } = gfp;
    const kernelMask = b.DIRECT_RECLAIM | b.KSWAPD_RECLAIM | b.IO | b.FS;
    expect(c.GFP_KERNEL).toBe(kernelMask);
    expect(c.GFP_ATOMIC).toBe(b.HIGH | b.ATOMIC | b.KSWAPD_RECLAIM);
    expect(c.GFP_KERNEL_ACCOUNT).toBe(kernelMask | b.ACCOUNT);
    expect(c.GFP_HIGHUSER_MOVABLE).toBe(kernelMask | b.HARDWALL | b.HIGHMEM | b.MOVABLE);
    const light = b.IO | b.FS | b.HARDWALL | b.HIGHMEM | b.MOVABLE | b.COMP;
    expect(c.GFP_TRANSHUGE_LIGHT).toBe(light | b.NOMEMALLOC | b.NOWARN);
  });

  it.each(profiles)(
    '$name: every bit stands alone, below the shift, and can be printed',
    (kernel) => {
      const { bits, composites, bitsShift, lockdepBit, printOrder } = kernel.gfp;
      const values = Object.values(bits).filter((bit) => bit !== 0);
      expect(new Set(values).size).toBe(values.length);
      for (const value of values) {
        expect(value & (value - 1)).toBe(0);
        expect(value).toBeLessThan(2 ** bitsShift);
        expect(printOrder.some((entry) => entry.value === value)).toBe(true);
      }
      expect(lockdepBit).toBe(2 ** bitsShift);
      for (const { name, value } of printOrder) {
        const bit = bits[name.replace('__GFP_', '') as keyof typeof bits];
        expect(value).toBe(composites[name] ?? bit);
      }
    },
  );

  it('strip what SLUB does not keep', () => {
    expect(profiles.map((kernel) => kernel.gfp.reclaimMask)).toEqual([0x1493ee0, 0xbeee0, 0xbece0]);
    const kept = profiles.map((kernel) => kernel.gfp.constraintMask);
    expect(kept).toEqual([0x60000, 0x300000, 0x300000]);
  });

  it('name their reserve flags as the kernel does', () => {
    const harder = profiles.map(({ alloc }) => nameOf(alloc.names, alloc.HARDER));
    expect(harder).toEqual(['ALLOC_HARDER', 'ALLOC_NON_BLOCK', 'ALLOC_NON_BLOCK']);
    const high = profiles.map(({ alloc }) => nameOf(alloc.names, alloc.HIGH));
    expect(high).toEqual(['ALLOC_HIGH', 'ALLOC_MIN_RESERVE', 'ALLOC_MIN_RESERVE']);
    const later = profiles.map(({ alloc }) => [alloc.NOFRAGMENT, alloc.HIGHATOMIC, alloc.KSWAPD]);
    expect(later).toEqual([
      [0, 0, 0],
      [0x100, 0x200, 0x800],
      [0x100, 0x200, 0x800],
    ]);
  });

  it('know the size of a kmemleak object and its pool', () => {
    const facts = profiles.map(({ kmemleak }) => [kmemleak.objectSize, kmemleak.poolSize]);
    expect(facts).toEqual([
      [304, 0],
      [176, 16_000],
      [168, 16_000],
    ]);
    const depots = profiles.map(({ kmemleak }) => kmemleak.stackDepot);
    expect(depots).toEqual([null, { order: 2, gfp: 0x2800 }, { order: 2, gfp: 0x92800 }]);
  });
});

function nameOf(names: readonly { name: string; value: number }[], value: number) {
  return names.find((entry) => entry.value === value)?.name;
}
