import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import { PAGE_WORKINGSET, PageFrames } from '../../../src/model/mm/page-frames.ts';
import {
  ACTIVE_ANON,
  ACTIVE_FILE,
  INACTIVE_ANON,
  INACTIVE_FILE,
} from '../../../src/model/reclaim/lru.ts';
import { Refaults } from '../../../src/model/reclaim/refaults.ts';
import { ScanBalance } from '../../../src/model/reclaim/scan-balance.ts';
import { Workingset } from '../../../src/model/reclaim/workingset.ts';
import { VmStat } from '../../../src/model/vmstat.ts';
import { KERNEL_61, KERNEL_417 } from '../machines.ts';

const PFN = 7;
/** Sizes that tell the lists apart in any sum. */
const SIZES = new Map([
  [INACTIVE_ANON, 1000],
  [ACTIVE_ANON, 100],
  [INACTIVE_FILE, 10],
  [ACTIVE_FILE, 1],
]);

function setup(kernel: KernelProfile, { swapFree = 0 } = {}) {
  const frames = new PageFrames(16, 1);
  const workingset = new Workingset();
  const balance = new ScanBalance(kernel.rules);
  const vmstat = new VmStat();
  const lru = { sizeOf: (list: number) => SIZES.get(list)! };
  const swap = { free: swapFree, total: 1 };
  const { rules } = kernel;
  const refaults = new Refaults({ rules, frames, lru, swap, workingset, balance, vmstat });
  /** A page is evicted, then others are, and then it comes back. */
  const comesBack = (others: number, isFile: boolean, wasActive = false): boolean => {
    const shadow = workingset.evicted(wasActive);
    for (let i = 1; i < others; i++) workingset.evicted(false);
    return refaults.comesBack(PFN, shadow, isFile);
  };
  const shares = () => {
    balance.weigh({ sizeOf: () => 4000 }, 100);
    return [balance.shareOf(1000, false), balance.shareOf(1000, true)];
  };
  return { frames, vmstat, comesBack, shares };
}

describe('a page that comes back', () => {
  it.each([
    [KERNEL_417, true, 0, 1],
    [KERNEL_417, true, 5, 1],
    [KERNEL_61, true, 0, 1],
    [KERNEL_61, true, 5, 1101],
    [KERNEL_61, false, 5, 111],
    [KERNEL_61, false, 0, 11],
  ])(
    'starts active up to a distance: $0.name, file $1, swap $2: $3',
    (kernel, isFile, swap, most) => {
      const { comesBack } = setup(kernel, { swapFree: swap });
      expect(comesBack(most, isFile)).toBe(true);
      expect(setup(kernel, { swapFree: swap }).comesBack(most + 1, isFile)).toBe(false);
    },
  );

  it('costs its kind something if it was active before', () => {
    const { comesBack, shares, frames } = setup(KERNEL_61);
    expect(comesBack(1, true)).toBe(true);
    expect([shares(), frames.hasFlag(PFN, PAGE_WORKINGSET)]).toEqual([[500, 500], false]);
    expect(comesBack(1, true, true)).toBe(true);
    // Costs 0 and 1: T 1, A 1, F 2, S 3: 100 × 4 ÷ 2 = 200, 100 × 4 ÷ 3 = 133, of 333.
    expect([shares(), frames.hasFlag(PFN, PAGE_WORKINGSET)]).toEqual([[600, 399], true]);
  });

  it('costs nothing when it was away for long, or on 4.17', () => {
    const late = setup(KERNEL_61);
    expect(late.comesBack(500, false, true)).toBe(false);
    expect(late.shares()).toEqual([500, 500]);
    const old = setup(KERNEL_417);
    expect(old.comesBack(1, true, true)).toBe(true);
    expect(old.shares()).toEqual([497, 497]);
  });

  it('is counted by kind', () => {
    const { comesBack, vmstat } = setup(KERNEL_61);
    comesBack(1, true);
    comesBack(100, true);
    comesBack(1, false);
    expect(vmstat.byName()).toMatchObject({
      workingset_refault: 2,
      workingset_activate: 1,
      workingset_refault_anon: 1,
      workingset_activate_anon: 1,
    });
  });
});
