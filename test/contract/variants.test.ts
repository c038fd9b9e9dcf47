import { beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/base/catalog.ts';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import { MaskTable } from '../../src/model/kmemleak/mask-table.ts';
import { type KmemleakVariant, newFlagOf } from '../../src/model/kmemleak/variant.ts';

const VARIANTS = new URL('../../src/model/kmemleak/variants/', import.meta.url);
const KERNELS = new URL('../../src/kernel/profiles/', import.meta.url);
const BOUNDS = ['never-fails', 'untracked'];

let variants: Catalog<KmemleakVariant>;
let kernels: Catalog<KernelProfile>;

beforeAll(async () => {
  variants = await loadCatalog<KmemleakVariant>('variant', VARIANTS);
  kernels = await loadCatalog<KernelProfile>('kernel', KERNELS);
});

/** Every single bit, every composite, nothing and everything. */
function callersOf(kernel: KernelProfile): number[] {
  const bits = Object.values(kernel.gfp.bits);
  const all = bits.reduce((sum, bit) => sum | bit, 0) >>> 0;
  return [0, all, 0xffffffff, ...bits, ...Object.values(kernel.gfp.composites)];
}

const CONTEXTS = [true, false].flatMap((atomic) =>
  [true, false].map((faultInjection) => ({ atomic, faultInjection })),
);

/** Calls `check` for every variant, kernel, caller and context. */
function forAll(
  check: (variant: KmemleakVariant, kernel: KernelProfile, masks: readonly number[]) => void,
): void {
  for (const variant of variants.all()) {
    for (const kernel of kernels.all()) {
      for (const caller of callersOf(kernel)) {
        for (const context of CONTEXTS) {
          check(variant, kernel, variant.attempts(caller, context, kernel));
        }
      }
    }
  }
}

describe('every variant', () => {
  it('is there: the ten of the 2018 comparison', () => {
    expect(variants.names()).toEqual([
      'fi-nofail',
      'knob-task',
      'never-fails',
      'nofail-4.15',
      'nofaultinject',
      'pool-5.4',
      'quiet-2011',
      'rfc-nowait',
      'rfc-strict',
      'untracked',
    ]);
  });

  it('says what it is and where it comes from', () => {
    for (const variant of variants.all()) {
      expect(variant.summary.length).toBeGreaterThan(20);
      expect(variant.summary.length).toBeLessThan(100);
      const { who, date, ref } = variant.source;
      expect(who.length).toBeGreaterThan(3);
      expect(ref).toMatch(/^commit [0-9a-f]{12}$|^\S+@\S+$|^a bound, not a proposal$/);
      expect(date).toMatch(BOUNDS.includes(variant.name) ? /^none$/ : /^20\d\d(-\d\d-\d\d)?$/);
    }
  });

  it('gives the same masks twice', () => {
    for (const variant of variants.all()) {
      for (const kernel of kernels.all()) {
        for (const caller of callersOf(kernel)) {
          const context = { atomic: false, faultInjection: true };
          const again = variant.attempts(caller, context, kernel);
          expect(again).toEqual(variant.attempts(caller, context, kernel));
        }
      }
    }
  });

  it("uses the kernel's bits or its own new flag, as unsigned numbers", () => {
    forAll((variant, kernel, masks) => {
      const known = Object.values(kernel.gfp.bits).reduce((sum, bit) => sum | bit, 0);
      const own = newFlagOf(variant, kernel)?.value ?? 0;
      for (const mask of masks) {
        expect(mask).toBe(mask >>> 0);
        expect((mask & ~(known | own)) >>> 0).toBe(0);
      }
    });
  });

  it('is quiet and keeps off the memory reserves', () => {
    forAll((_variant, kernel, masks) => {
      const quiet = (kernel.gfp.bits.NOWARN | kernel.gfp.bits.NOMEMALLOC) >>> 0;
      for (const mask of masks) expect((mask & quiet) >>> 0).toBe(quiet);
    });
  });

  it('wants no metadata only where it is the bound that says so', () => {
    forAll((variant, _kernel, masks) => {
      expect(masks.length === 0).toBe(variant.bound === 'untracked');
    });
  });

  it('takes a flag only for injection by gfp flag, and one that the kernel lacks', () => {
    for (const variant of variants.all()) {
      for (const kernel of kernels.all()) {
        const flag = newFlagOf(variant, kernel);
        if (flag === null) continue;
        expect(variant.injection).toBe('gfp-flag');
        expect(Math.log2(flag.value) % 1).toBe(0);
        const known = Object.values(kernel.gfp.bits).reduce((sum, bit) => sum | bit, 0);
        expect(flag.value & (known | kernel.gfp.lockdepBit)).toBe(0);
      }
    }
  });

  it('has a whole table: every caller, class or not, atomic or not', () => {
    for (const variant of variants.all()) {
      for (const kernel of kernels.all()) {
        const callers = callersOf(kernel).map((caller) => caller & (2 ** kernel.gfp.bitsShift - 1));
        const newFlag = newFlagOf(variant, kernel);
        const setting = { kernel, variant, newFlag, faultInjection: true };
        const table = new MaskTable(setting, callers);
        callers.forEach((caller, index) => {
          for (const atomic of [true, false]) {
            const expected = variant.attempts(caller, { atomic, faultInjection: true }, kernel);
            for (const gfpClass of [index, -1]) {
              const row = table.row(caller, gfpClass, atomic);
              const tabled = Array.from({ length: table.tries(row) }, (_, n) =>
                table.flags(row, n),
              );
              expect(tabled).toEqual(expected);
            }
          }
        });
      }
    }
  });
});
