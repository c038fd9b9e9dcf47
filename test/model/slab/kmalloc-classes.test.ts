import { describe, expect, it } from 'vitest';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import linux612 from '../../../src/kernel/profiles/6.12.ts';
import {
  KMALLOC_DMA,
  KMALLOC_NORMAL,
  KMALLOC_RECLAIMABLE,
  KMALLOC_SIZES,
  kmallocClass,
  kmallocKind,
  kmallocName,
} from '../../../src/model/slab/kmalloc-classes.ts';

describe('kmalloc classes', () => {
  it('serve every size by the smallest cache that holds it', () => {
    for (let size = 1; size <= 8192; size++) {
      const smallest = KMALLOC_SIZES.find((classSize) => classSize >= size);
      expect(KMALLOC_SIZES[kmallocClass(size)]).toBe(smallest);
    }
  });

  it('have 96 and 192 between the powers of two', () => {
    const sizes = [64, 65, 96, 97, 128, 129, 192, 193, 256, 257, 8192];
    expect(sizes.map((size) => KMALLOC_SIZES[kmallocClass(size)])).toEqual([
      64, 96, 96, 128, 128, 192, 192, 256, 256, 512, 8192,
    ]);
  });

  it('are named as the kernel names them', () => {
    expect(kmallocName(1024, KMALLOC_NORMAL, linux417)).toBe('kmalloc-1024');
    expect(kmallocName(1024, KMALLOC_NORMAL, linux61)).toBe('kmalloc-1k');
    expect(kmallocName(8192, KMALLOC_NORMAL, linux612)).toBe('kmalloc-8k');
    expect(kmallocName(512, KMALLOC_NORMAL, linux61)).toBe('kmalloc-512');
    expect(kmallocName(2048, KMALLOC_RECLAIMABLE, linux61)).toBe('kmalloc-rcl-2k');
    expect(kmallocName(2048, KMALLOC_DMA, linux61)).toBe('dma-kmalloc-2k');
    expect(kmallocName(96, KMALLOC_DMA, linux417)).toBe('dma-kmalloc-96');
  });

  it('take their kind from the mask: DMA first, RECLAIMABLE only where it has caches', () => {
    expect(kmallocKind(0x6000c0, linux417)).toBe(KMALLOC_NORMAL);
    expect(kmallocKind(0x1, linux417)).toBe(KMALLOC_DMA);
    expect(kmallocKind(0x10, linux417)).toBe(KMALLOC_NORMAL);
    expect(kmallocKind(0x10, linux61)).toBe(KMALLOC_RECLAIMABLE);
    expect(kmallocKind(0x11, linux61)).toBe(KMALLOC_DMA);
  });
});
