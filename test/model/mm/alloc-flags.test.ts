import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import {
  ALLOC_WMARK_HIGH,
  ALLOC_WMARK_LOW,
  allocFlagNames,
  discountedMark,
  fastPathAllocFlags,
  nofailAllocFlags,
  reserveFlags,
  reserveFraction,
  retryAllocFlags,
  slowPathAllocFlags,
} from '../../../src/model/mm/alloc-flags.ts';
import { parseGfp, slowPathGfp } from '../../../src/model/mm/gfp.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { KERNELS } from './masktable.ts';

const [k417, k61, k612] = KERNELS as [KernelProfile, KernelProfile, KernelProfile];

type Standing = Partial<Omit<TaskContext, 'inInterrupt'>>;

function task(standing: Standing = {}): TaskContext {
  return Object.assign(new TaskContext(), standing);
}

/** Flags of the last walk of a request: the slow path's, replaced by reserve flags. */
function walkFlags(text: string, kernel: KernelProfile, standing: Standing = {}, order = 0) {
  const gfp = slowPathGfp(parseGfp(text, kernel), kernel);
  const context = task(standing);
  const flags = slowPathAllocFlags(gfp, order, kernel, context);
  return retryAllocFlags(flags, reserveFlags(gfp, kernel, context), kernel);
}

/** Smallest number of free pages with which an order-0 request passes. */
function need(mark: number, flags: number, kernel: KernelProfile): number {
  return discountedMark(mark, flags, kernel) + 1;
}

/** By kernel, the pages needed at a min of 1000 and of 43; null where the kernel has no such flag. */
interface NeedCase {
  readonly what: string;
  readonly gfp: string;
  readonly standing?: Standing;
  readonly of1000: readonly (number | null)[];
  readonly of43: readonly (number | null)[];
}

const NEEDS: readonly NeedCase[] = [
  { what: 'GFP_KERNEL', gfp: 'GFP_KERNEL', of1000: [1001, 1001, 1001], of43: [44, 44, 44] },
  { what: 'GFP_NOWAIT', gfp: 'GFP_NOWAIT', of1000: [1001, 1001, 1001], of43: [44, 44, 44] },
  { what: 'blocking HIGH', gfp: 'KERNEL|HIGH', of1000: [501, 501, 501], of43: [23, 23, 23] },
  { what: 'GFP_ATOMIC', gfp: 'GFP_ATOMIC', of1000: [376, 376, 376], of43: [18, 18, 18] },
  {
    what: 'HIGH and KSWAPD without ATOMIC',
    gfp: 'HIGH|KSWAPD_RECLAIM',
    of1000: [501, 376, 376],
    of43: [23, 18, 18],
  },
  {
    what: 'GFP_ATOMIC with NOMEMALLOC',
    gfp: 'GFP_ATOMIC|NOMEMALLOC',
    of1000: [501, 501, 501],
    of43: [23, 23, 23],
  },
  {
    what: 'GFP_KERNEL by a real-time task',
    gfp: 'GFP_KERNEL',
    standing: { realtime: true },
    of1000: [751, 501, 501],
    of43: [34, 23, 23],
  },
  {
    what: 'a real-time task in a softirq',
    gfp: 'GFP_KERNEL',
    standing: { realtime: true, inSoftirq: true },
    of1000: [1001, 1001, 1001],
    of43: [44, 44, 44],
  },
  {
    what: 'an OOM victim',
    gfp: 'GFP_KERNEL',
    standing: { oomVictim: true },
    of1000: [501, 501, 501],
    of43: [23, 23, 23],
  },
  {
    what: 'an OOM victim with NOMEMALLOC',
    gfp: 'GFP_KERNEL|NOMEMALLOC',
    standing: { oomVictim: true },
    of1000: [1001, 1001, 1001],
    of43: [44, 44, 44],
  },
];

describe('discounts of the min watermark', () => {
  it.each(NEEDS)('$what', ({ gfp, standing, of1000, of43 }) => {
    for (const [i, kernel] of KERNELS.entries()) {
      const flags = walkFlags(gfp, kernel, standing);
      expect(need(1000, flags, kernel)).toBe(of1000[i]);
      expect(need(43, flags, kernel)).toBe(of43[i]);
    }
  });

  it('ATOMIC without HIGH: a quarter in 4.17, nothing in 6.1', () => {
    expect(need(1000, walkFlags('__GFP_ATOMIC|KSWAPD_RECLAIM', k417), k417)).toBe(751);
    expect(need(43, walkFlags('__GFP_ATOMIC|KSWAPD_RECLAIM', k417), k417)).toBe(34);
    expect(need(1000, walkFlags('__GFP_ATOMIC|KSWAPD_RECLAIM', k61), k61)).toBe(1001);
  });

  it("NOFAIL's last resort: 3/4 in 4.17, 1/2 later", () => {
    const needs = KERNELS.map((kernel) => need(1000, nofailAllocFlags(kernel), kernel));
    expect(needs).toEqual([751, 501, 501]);
    const small = KERNELS.map((kernel) => need(43, nofailAllocFlags(kernel), kernel));
    expect(small).toEqual([34, 23, 23]);
  });

  it('NOMEMALLOC leaves the metadata of an atomic caller half of min', () => {
    expect(need(1000, walkFlags('0x1091a20', k417), k417)).toBe(501);
    expect(need(1000, walkFlags('0x92a20', k61), k61)).toBe(501);
    expect(need(1000, walkFlags('0x92820', k612), k612)).toBe(501);
  });

  it('rounds each discount by itself', () => {
    for (const kernel of KERNELS) {
      const atomic = walkFlags('GFP_ATOMIC', kernel);
      expect(discountedMark(1062, atomic, kernel)).toBe(399);
      expect(discountedMark(1512, atomic, kernel)).toBe(567);
      const marks = [0, 1, 2, 3, 4, 5, 6, 7, 8];
      const left = marks.map((mark) => discountedMark(mark, atomic, kernel));
      expect(left).toEqual([0, 1, 1, 2, 2, 3, 3, 3, 3]);
    }
  });

  it('is a share of the mark in lowest terms', () => {
    const share = (text: string, kernel: KernelProfile, standing: Standing = {}) => {
      const { numerator, denominator } = reserveFraction(walkFlags(text, kernel, standing), kernel);
      return `${numerator}/${denominator}`;
    };
    expect(share('GFP_KERNEL', k417)).toBe('1/1');
    expect(share('GFP_ATOMIC', k417)).toBe('3/8');
    expect(share('__GFP_ATOMIC', k417)).toBe('3/4');
    expect(share('GFP_ATOMIC|NOMEMALLOC', k61)).toBe('1/2');
    expect(share('GFP_KERNEL|MEMALLOC', k612)).toBe('0/1');
    expect(share('GFP_KERNEL', k612, { memalloc: true })).toBe('0/1');
  });
});

describe('slowPathAllocFlags', () => {
  const named = (text: string, kernel: KernelProfile, order = 0, standing: Standing = {}) =>
    allocFlagNames(walkFlags(text, kernel, standing, order), kernel).slice(1);

  it('starts from min and the cpuset', () => {
    expect(allocFlagNames(walkFlags('GFP_KERNEL', k417), k417)).toEqual([
      'ALLOC_WMARK_MIN',
      'ALLOC_CPUSET',
    ]);
    expect(named('GFP_KERNEL', k61)).toEqual(['ALLOC_CPUSET', 'ALLOC_KSWAPD']);
  });

  it('ATOMIC leaves the cpuset in 4.17, with or without reserves', () => {
    expect(named('GFP_ATOMIC', k417)).toEqual(['ALLOC_HARDER', 'ALLOC_HIGH']);
    expect(named('GFP_ATOMIC|NOMEMALLOC', k417)).toEqual(['ALLOC_HIGH']);
    expect(named('__GFP_ATOMIC', k417)).toEqual(['ALLOC_HARDER']);
    expect(named('GFP_NOWAIT', k417)).toEqual(['ALLOC_CPUSET']);
  });

  it('a request that cannot block leaves it in 6.x only with HIGH', () => {
    const high = ['ALLOC_NON_BLOCK', 'ALLOC_MIN_RESERVE', 'ALLOC_KSWAPD'];
    const low = ['ALLOC_NON_BLOCK', 'ALLOC_CPUSET', 'ALLOC_KSWAPD'];
    for (const kernel of [k61, k612]) {
      expect(named('GFP_ATOMIC', kernel)).toEqual(high);
      expect(named('GFP_NOWAIT', kernel)).toEqual(low);
      expect(named('GFP_NOWAIT|NOMEMALLOC', kernel)).toEqual(['ALLOC_CPUSET', 'ALLOC_KSWAPD']);
      const metadata = ['ALLOC_MIN_RESERVE', 'ALLOC_KSWAPD'];
      expect(named('GFP_ATOMIC|NOMEMALLOC', kernel)).toEqual(metadata);
    }
  });

  it('may raid HIGHATOMIC blocks above order 0, with HIGH, without NOMEMALLOC', () => {
    const raids = (text: string, kernel: KernelProfile, order: number) =>
      named(text, kernel, order).includes('ALLOC_HIGHATOMIC');
    for (const kernel of [k61, k612]) {
      expect(raids('GFP_ATOMIC', kernel, 1)).toBe(true);
      expect(raids('GFP_ATOMIC', kernel, 0)).toBe(false);
      expect(raids('GFP_NOWAIT', kernel, 1)).toBe(false);
      expect(raids('GFP_ATOMIC|NOMEMALLOC', kernel, 1)).toBe(false);
    }
    expect(raids('GFP_ATOMIC', k417, 1)).toBe(false);
  });

  it('a real-time task gets HARDER in 4.17, MIN_RESERVE later, never both', () => {
    const standing = { realtime: true };
    expect(named('GFP_KERNEL', k417, 0, standing)).toEqual(['ALLOC_HARDER', 'ALLOC_CPUSET']);
    expect(named('GFP_KERNEL', k612, 0, standing)).toContain('ALLOC_MIN_RESERVE');
    expect(named('GFP_NOWAIT', k612, 0, standing)).not.toContain('ALLOC_MIN_RESERVE');
    const inHardirq = { realtime: true, inHardirq: true };
    expect(named('GFP_KERNEL', k61, 0, inHardirq)).not.toContain('ALLOC_MIN_RESERVE');
  });

  it('forgets ATOMIC where DIRECT_RECLAIM contradicts it', () => {
    expect(named('0x1491a20', k417)).toEqual(['ALLOC_HIGH', 'ALLOC_CPUSET']);
  });
});

describe('fastPathAllocFlags', () => {
  it('checks the low watermark and opens no reserve', () => {
    for (const kernel of KERNELS) {
      const flags = fastPathAllocFlags(parseGfp('GFP_ATOMIC', kernel), kernel, false);
      expect(flags & 3).toBe(ALLOC_WMARK_LOW);
      expect(discountedMark(1250, flags, kernel)).toBe(1250);
    }
  });

  it('avoids fragmentation where the kernel does and the highest zone is NORMAL', () => {
    const names = (kernel: KernelProfile, avoids: boolean) =>
      allocFlagNames(fastPathAllocFlags(0, kernel, avoids), kernel);
    expect(names(k417, true)).toEqual(['ALLOC_WMARK_LOW']);
    expect(names(k61, true)).toEqual(['ALLOC_WMARK_LOW', 'ALLOC_NOFRAGMENT']);
    expect(names(k61, false)).toEqual(['ALLOC_WMARK_LOW']);
  });
});

describe('reserveFlags', () => {
  it.each(KERNELS)('$name: a PF_MEMALLOC task, by context', (kernel) => {
    const { NO_WATERMARKS } = kernel.alloc;
    const gfp = parseGfp('GFP_KERNEL', kernel);
    const noReserves = parseGfp('GFP_KERNEL|NOMEMALLOC', kernel);
    const flags = (mask: number, standing: Standing) =>
      reserveFlags(mask, kernel, task({ memalloc: true, ...standing }));
    expect(flags(gfp, {})).toBe(NO_WATERMARKS);
    expect(flags(noReserves, {})).toBe(0);
    expect(flags(gfp, { inHardirq: true })).toBe(0);
    expect(flags(gfp, { inSoftirq: true })).toBe(NO_WATERMARKS);
  });

  it.each(KERNELS)('$name: NOMEMALLOC wins over MEMALLOC', (kernel) => {
    const both = parseGfp('GFP_KERNEL|MEMALLOC|NOMEMALLOC', kernel);
    const one = parseGfp('GFP_KERNEL|MEMALLOC', kernel);
    expect(reserveFlags(both, kernel, task())).toBe(0);
    expect(reserveFlags(one, kernel, task({ inHardirq: true }))).toBe(kernel.alloc.NO_WATERMARKS);
  });

  it.each(KERNELS)('$name: an OOM victim, outside interrupts only', (kernel) => {
    const gfp = parseGfp('GFP_KERNEL', kernel);
    const flags = (standing: Standing) => reserveFlags(gfp, kernel, task(standing));
    expect(flags({ oomVictim: true })).toBe(kernel.alloc.OOM);
    expect(flags({ oomVictim: true, inSoftirq: true })).toBe(0);
    expect(flags({ oomVictim: true, memalloc: true })).toBe(kernel.alloc.NO_WATERMARKS);
    expect(flags({})).toBe(0);
  });

  it('replaces all other flags but KSWAPD', () => {
    const names = (kernel: KernelProfile) =>
      allocFlagNames(walkFlags('GFP_KERNEL|HIGH', kernel, { oomVictim: true }), kernel);
    expect(names(k417)).toEqual(['ALLOC_WMARK_MIN', 'ALLOC_OOM']);
    expect(names(k612)).toEqual(['ALLOC_WMARK_MIN', 'ALLOC_OOM', 'ALLOC_KSWAPD']);
  });
});

describe('allocFlagNames', () => {
  it('names the watermark first', () => {
    expect(allocFlagNames(ALLOC_WMARK_HIGH | k61.alloc.CPUSET, k61)).toEqual([
      'ALLOC_WMARK_HIGH',
      'ALLOC_CPUSET',
    ]);
  });
});
