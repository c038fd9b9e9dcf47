import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import {
  cacheAllocBits,
  cutMask,
  firstAttemptMask,
  secondAttemptMask,
  stockKeptMask,
} from '../../../src/model/mm/slab-gfp.ts';
import { KERNELS } from './masktable.ts';

const [k417, k61, k612] = KERNELS as [KernelProfile, KernelProfile, KernelProfile];

/** Both masks of a new slab of this order; the smallest order would be 0. */
function attempts(gfp: number, order: number, kernel: KernelProfile): number[] {
  const cut = cutMask(gfp, stockKeptMask(kernel), cacheAllocBits(order, 0, kernel));
  return [firstAttemptMask(cut, order, 0, kernel), secondAttemptMask(cut)];
}

describe('the masks of a new slab', () => {
  it('of GFP_KERNEL: a passive try of the higher order, then the order 0 in earnest', () => {
    expect(attempts(0x14000c0, 1, k417)).toEqual([0x152c0, 0x14040c0]);
    expect(attempts(0x14000c0, 0, k417)).toEqual([0x14012c0, 0x14000c0]);
    expect(attempts(0xcc0, 1, k61)).toEqual([0xd20c0, 0x40cc0]);
    expect(attempts(0xcc0, 0, k61)).toEqual([0x12cc0, 0xcc0]);
  });

  it('of GFP_ATOMIC: reserves and kswapd at the higher order too', () => {
    expect(attempts(0x1080020, 1, k417)[0]).toBe(0x1085220);
    expect(attempts(0xa20, 1, k61)[0]).toBe(0x52a20);
    expect(attempts(0x820, 1, k612)[0]).toBe(0x52820);
  });

  it.each([
    ['quiet-2011 for GFP_KERNEL', 0x14112c0, 0x152c0, 0x14152c0],
    ['nofail-4.15 for GFP_KERNEL', 0x1411ac0, 0x152c0, 0x1415ac0],
    ['quiet-2011 for GFP_ATOMIC', 0x1091220, 0x1095220, 0x1095220],
    ['nofail-4.15 for GFP_ATOMIC', 0x1091a20, 0x1095220, 0x1095a20],
  ])('of metadata, %s', (_, gfp, first, second) => {
    expect(attempts(gfp, 1, k417)).toEqual([first, second]);
  });

  it('are compound in 6.12 at order 0 as well', () => {
    expect(attempts(0xcc0, 0, k612)).toEqual([0x52cc0, 0x40cc0]);
  });

  it('lose a new flag that new_slab was not told of', () => {
    const flag = 0x4000000;
    expect(attempts(0x54112c0, 1, k417)).toEqual([0x152c0, 0x14152c0]);
    const kept = stockKeptMask(k417) | flag;
    const cut = cutMask(0x54112c0, kept, cacheAllocBits(1, 0, k417));
    expect(secondAttemptMask(cut)).toBe(0x54152c0);
    expect(firstAttemptMask(cut, 1, 0, k417)).toBe(0x40152c0);
  });

  it('lose ZERO, ACCOUNT and the zones, and take the kind of their cache', () => {
    const cut = cutMask(0x15080c7, stockKeptMask(k417), cacheAllocBits(0, 0x10, k417));
    expect(cut).toBe(0x14000d0);
  });
});
