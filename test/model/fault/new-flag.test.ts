import { describe, expect, it } from 'vitest';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import linux612 from '../../../src/kernel/profiles/6.12.ts';
import { gfpAllowedMask, slabKeptMask } from '../../../src/model/fault/new-flag.ts';
import { newFlagOf } from '../../../src/model/kmemleak/variant.ts';
import nofaultinject from '../../../src/model/kmemleak/variants/nofaultinject.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';

describe('the new flag', () => {
  it.each([
    [linux417, 0x4000000],
    [linux61, 0x10000000],
    [linux612, 0x2000000],
  ])('has its bit above all that the kernel may use: %#', (kernel, value) => {
    const flag = newFlagOf(nofaultinject, kernel)!;
    expect(flag.value).toBe(value);
    expect(flag.value & gfpAllowedMask(kernel, null)).toBe(0);
  });

  it('raises the shift of 4.17 to 27 and of 6.1 to 29', () => {
    expect(gfpAllowedMask(linux417, null)).toBe(0x1ffffff);
    expect(gfpAllowedMask(linux417, newFlagOf(nofaultinject, linux417))).toBe(0x7ffffff);
    expect(gfpAllowedMask(linux61, newFlagOf(nofaultinject, linux61))).toBe(0x1fffffff);
  });

  it('is dropped where a scenario leaves one of the two places untold', () => {
    const shift25 = newFlagOf(nofaultinject, linux417, { bitsShiftRaised: false });
    expect(0x54112c0 & gfpAllowedMask(linux417, shift25)).toBe(0x14112c0);
    expect(0x54112c0 & slabKeptMask(linux417, shift25)).toBe(0x54112c0);
    const unkept = newFlagOf(nofaultinject, linux417, { inReclaimMask: false });
    expect(0x54112c0 & gfpAllowedMask(linux417, unkept)).toBe(0x54112c0);
    expect(0x54112c0 & slabKeptMask(linux417, unkept)).toBe(0x14112c0);
  });

  it('belongs to the variant: others have none, whatever a scenario says', () => {
    expect(newFlagOf(quiet, linux417, { bitsShiftRaised: false })).toBeNull();
    expect(slabKeptMask(linux417, null)).toBe(0x1493ee0 | 0x60000);
  });
});
