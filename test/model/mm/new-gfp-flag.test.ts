import { describe, expect, it } from 'vitest';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import { compileMaskExpression, formatGfp, parseGfp } from '../../../src/model/mm/gfp.ts';
import { queryGfp } from '../../../src/model/mm/gfp-query.ts';
import { withNewFlag } from '../../../src/model/mm/new-gfp-flag.ts';

const TOLD = { bitsShiftRaised: true, inReclaimMask: true };
const UNTOLD = { bitsShiftRaised: false, inReclaimMask: false };
const FLAG = { name: 'NOFAULTINJECT', value: '0x4000000' };

function reachable(told: typeof TOLD): boolean[] {
  const kernel = withNewFlag(linux417, { ...FLAG, ...told });
  const { failslab, failPageAlloc } = queryGfp('GFP_KERNEL|__GFP_NOFAULTINJECT', kernel).injectable;
  return [failslab.ignoreGfpWait.N, failPageAlloc.minOrder['0']!.ignoreGfpWait.N];
}

describe('a flag of the user', () => {
  it('has its name in masks, expressions and prints, under every spelling', () => {
    for (const name of ['NOFAULTINJECT', '__GFP_NOFAULTINJECT', '___GFP_NOFAULTINJECT']) {
      const kernel = withNewFlag(linux417, { ...UNTOLD, name, value: 0x4000000 });
      expect(parseGfp('GFP_KERNEL | __GFP_NOFAULTINJECT', kernel)).toBe(0x54000c0);
      expect(compileMaskExpression('gfp|NOFAULTINJECT', kernel)(0x20)).toBe(0x4000020);
      expect(formatGfp(0x54000c0, kernel)).toBe('GFP_KERNEL|__GFP_NOFAULTINJECT');
      expect(queryGfp(0x54000c0, kernel).unknownBits).toBe('0x0');
    }
  });

  // Told to nobody it is dropped before failslab looks; told to the shift alone, by new_slab.
  it('spares its request only where nobody drops it', () => {
    expect(reachable(UNTOLD)).toEqual([true, true]);
    expect(reachable({ ...UNTOLD, bitsShiftRaised: true })).toEqual([false, true]);
    expect(reachable(TOLD)).toEqual([false, false]);
  });

  it('is told from what the kernel has', () => {
    const refused = (written: Partial<typeof FLAG>, kernel = linux417) => {
      return () => withNewFlag(kernel, { ...UNTOLD, ...FLAG, ...written });
    };
    expect(refused({ name: 'NOFAIL' })).toThrow("kernel 4.17 has a flag 'NOFAIL'");
    expect(refused({ name: 'no fault' })).toThrow("'no fault' cannot name a gfp flag");
    expect(refused({ value: '0x800' })).toThrow('0x800 is __GFP_NOFAIL');
    expect(refused({ value: '0x2000000' })).toThrow('0x2000000 is __GFP_NOLOCKDEP');
    expect(refused({ value: '0x2000000' }, linux61)).not.toThrow();
    for (const value of ['0', '3', '-1', '0x100000000', 'x']) {
      expect(refused({ value })).toThrow(`'${value}' is not one bit of a gfp mask`);
    }
  });

  it('may take a hole below the shift, which gfp_allowed_mask lets through', () => {
    const kernel = withNewFlag(linux417, { ...UNTOLD, name: 'HOLE', value: 0x100 });
    const { injectable } = queryGfp('GFP_KERNEL|HOLE', kernel);
    expect(injectable.failslab.ignoreGfpWait.N).toBe(false);
    expect(injectable.failPageAlloc.minOrder['0']!.ignoreGfpWait.N).toBe(true);
  });
});
