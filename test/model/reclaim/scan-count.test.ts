import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import { PageFrames } from '../../../src/model/mm/page-frames.ts';
import { Zone } from '../../../src/model/mm/zone.ts';
import {
  ACTIVE_ANON,
  ACTIVE_FILE,
  INACTIVE_ANON,
  INACTIVE_FILE,
  LRU_LISTS,
  Lru,
} from '../../../src/model/reclaim/lru.ts';
import { ScanBalance } from '../../../src/model/reclaim/scan-balance.ts';
import {
  inactiveIsLow,
  ScanCount,
  type ScanCountInput,
} from '../../../src/model/reclaim/scan-count.ts';
import { stopInProportion } from '../../../src/model/reclaim/vmscan.ts';
import { VmStat } from '../../../src/model/vmstat.ts';
import { KERNEL_61, KERNEL_417, KERNEL_612, zoneX } from '../machines.ts';

// How many pages of each list a pass looks at, worked by hand.

/** Lists of these sizes, in the order of their numbers. */
function lruOf(sizes: readonly number[]): Lru {
  const zone = zoneX({ pages: 0 });
  const frames = new PageFrames(zone.startPfn + zone.spanned, 4 * 11 + Lru.LISTS);
  const built = new Zone(zone, frames, { pageblockOrder: 9, boostFactor: 0, cpus: 1 });
  const lru = new Lru(frames, [built], new VmStat());
  let pfn = zone.startPfn;
  sizes.forEach((size, list) => {
    for (let i = 0; i < size; i++) lru.add(built, pfn++, list);
  });
  return lru;
}

const PASS: ScanCountInput = {
  priority: 12,
  zoneIndex: 2,
  maySwap: true,
  swappiness: 60,
  freePages: 100_000,
  highMarks: 1500,
  cacheTrimMode: false,
  fileIsTiny: false,
};

function counts(kernel: KernelProfile, sizes: number[], input: Partial<ScanCountInput>): number[] {
  const lru = lruOf(sizes);
  const balance = new ScanBalance(kernel.rules);
  const filled = new Int32Array(LRU_LISTS);
  new ScanCount(lru, balance, kernel.rules).fill(filled, { ...PASS, ...input });
  return [...filled];
}

describe('which lists', () => {
  it.each([KERNEL_417, KERNEL_61])('file pages only without swap: $name', (kernel) => {
    const input = { maySwap: false, priority: 10 };
    expect(counts(kernel, [4096, 4096, 8192, 2048], input)).toEqual([0, 0, 8, 2]);
  });

  it.each([KERNEL_417, KERNEL_61])('all lists whole at priority 0: $name', (kernel) => {
    expect(counts(kernel, [10, 20, 30, 40], { priority: 0 })).toEqual([10, 20, 30, 40]);
  });

  it('4.17: cold file pages are enough while the priority sees some', () => {
    expect(counts(KERNEL_417, [4096, 0, 4096, 100], { priority: 12 })).toEqual([0, 0, 1, 0]);
    // 4095 >> 12 sees none: by shares, 60/(60+140+1) and 140/201 of what the priority gives.
    expect(counts(KERNEL_417, [4095, 0, 4095, 100], { priority: 11 })).toEqual([0, 0, 1, 0]);
    expect(counts(KERNEL_417, [8000, 0, 1000, 3000], { priority: 4 })).toEqual([149, 0, 43, 130]);
  });

  it('4.17: anonymous pages only when file and free pages do not reach the high marks', () => {
    const input = { priority: 4, freePages: 500 };
    expect(counts(KERNEL_417, [3200, 1600, 600, 400], input)).toEqual([200, 100, 0, 0]);
    expect(counts(KERNEL_417, [3200, 1600, 600, 401], input)[2]).toBeGreaterThan(0);
  });

  it('6.1: the pass has decided both', () => {
    const sizes = [3200, 1600, 6400, 800];
    const few = { priority: 4, fileIsTiny: true };
    expect(counts(KERNEL_61, sizes, few)).toEqual([200, 100, 0, 0]);
    const trim = { priority: 4, cacheTrimMode: true };
    expect(counts(KERNEL_61, sizes, trim)).toEqual([0, 0, 400, 50]);
    // By shares with no cost yet: A = F = S = 0, so 60 and 140 of 200.
    expect(counts(KERNEL_61, sizes, { priority: 4 })).toEqual([60, 30, 280, 35]);
  });

  it('6.1: the kind that costs more is left alone more', () => {
    const lru = lruOf([4000, 0, 4000, 0]);
    const balance = new ScanBalance(KERNEL_61.rules);
    balance.noteReclaim(false, { written: 300, kept: 320 }, lru);
    balance.noteReclaim(true, { written: 99, kept: 0 }, lru);
    balance.noteRefault(true, lru);
    // T 400, A 700, F 500, S 1200: 60 × 1201 ÷ 701 = 102, 140 × 1201 ÷ 501 = 335, of 437.
    balance.weigh(lru, 60);
    expect([balance.shareOf(1000, false), balance.shareOf(1000, true)]).toEqual([233, 766]);
  });

  it('6.12: a page of I/O weighs 32, one that was not freed 1', () => {
    const lru = lruOf([40_000, 0, 20_000, 0]);
    const balance = new ScanBalance(KERNEL_612.rules);
    balance.noteReclaim(false, { written: 9, kept: 0 }, lru);
    balance.noteRefault(false, lru);
    balance.noteReclaim(true, { written: 0, kept: 80 }, lru);
    balance.noteRotated(true, 1000);
    // Costs 320 and 80: T 400, A 720, F 480, S 1200: 99 and 349 of 448.
    balance.weigh(lru, 60);
    expect([balance.shareOf(1000, false), balance.shareOf(1000, true)]).toEqual([
      Math.floor((99 * 1000) / 448),
      Math.floor((349 * 1000) / 448),
    ]);
  });

  it.each([KERNEL_61, KERNEL_612])('batches that cost nothing halve on 6.1: $name', (kernel) => {
    const full = lruOf([4000, 0, 4000, 0]);
    const small = lruOf([400, 0, 400, 0]);
    const balance = new ScanBalance(kernel.rules);
    const io = kernel.rules.reclaimIoCost;
    balance.noteReclaim(false, { written: 640 / io, kept: 0 }, full);
    for (let i = 0; i < 3; i++) balance.noteReclaim(true, { written: 0, kept: 0 }, small);
    balance.weigh(full, 60);
    // 640 > 200, 320 > 200, 160: A 320, S 480 of 6.1; A 1280, S 1920 of 6.12.
    const [anon, total] = kernel === KERNEL_61 ? [320, 480] : [1280, 1920];
    const shares = [anon, total - anon].map((cost, i) =>
      Math.floor(([60, 140][i]! * (total + 1)) / (cost + 1)),
    );
    const whole = shares[0]! + shares[1]!;
    expect(balance.shareOf(1000, false)).toBe(Math.floor((1000 * shares[0]!) / whole));
  });

  it('4.17: the kind that is found in use is left alone more', () => {
    const lru = lruOf([4000, 0, 4000, 0]);
    const balance = new ScanBalance(KERNEL_417.rules);
    balance.noteScanned(false, 800);
    balance.noteRotated(false, 399);
    balance.noteScanned(true, 1000);
    // 60 × 801 ÷ 400 = 120; 140 × 1001 ÷ 1 = 140 140; whole 140 261.
    balance.weigh(lru, 60);
    expect(balance.shareOf(140_261, false)).toBe(120);
    expect(balance.shareOf(140_261, true)).toBe(140_140);
  });

  it('4.17: what was scanned long ago counts half', () => {
    const lru = lruOf([400, 0, 4000, 0]);
    const balance = new ScanBalance(KERNEL_417.rules);
    balance.noteScanned(false, 101);
    balance.noteRotated(false, 51);
    // 101 > 400 ÷ 4: 50 and 25 remain: 60 × 51 ÷ 26 = 117; file 140; whole 258.
    balance.weigh(lru, 60);
    expect([balance.shareOf(258, false), balance.shareOf(258, true)]).toEqual([117, 140]);
  });
});

describe('inactive is low', () => {
  it('below a GiB when the inactive list is the shorter one', () => {
    expect([inactiveIsLow(999, 1000), inactiveIsLow(1000, 1000)]).toEqual([true, false]);
  });

  it('above it by the square root of ten times the GiB', () => {
    // 4 GiB: int_sqrt(40) = 6.
    const pages = 4 * 262_144;
    expect(inactiveIsLow(Math.floor(pages / 7), pages - Math.floor(pages / 7))).toBe(true);
    expect(inactiveIsLow(Math.ceil(pages / 7), pages - Math.ceil(pages / 7))).toBe(false);
  });
});

describe('enough was freed', () => {
  it('the smaller kind stops, the other goes on in proportion', () => {
    // File has more left: anon stops; it had 40 of 101 left: 39 %, so file goes to 61 %.
    const targets = Int32Array.of(60, 40, 400, 100);
    const left = Int32Array.of(28, 12, 200, 100);
    expect(stopInProportion(left, targets)).toBe(true);
    expect([left[INACTIVE_ANON], left[ACTIVE_ANON]]).toEqual([0, 0]);
    expect(left[INACTIVE_FILE]).toBe(244 - 200);
    expect(left[ACTIVE_FILE]).toBe(61);
  });

  it('nothing left of one kind ends the pass', () => {
    const targets = Int32Array.of(0, 0, 100, 100);
    expect(stopInProportion(Int32Array.of(0, 0, 50, 50), targets)).toBe(false);
  });
});
