import { beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/base/catalog.ts';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import { MaskTable } from '../../src/model/kmemleak/mask-table.ts';
import {
  type AllocContext,
  type KmemleakVariant,
  newFlagOf,
} from '../../src/model/kmemleak/variant.ts';

const VARIANTS = new URL('../../src/model/kmemleak/variants/', import.meta.url);
const KERNELS = new URL('../../src/kernel/profiles/', import.meta.url);
const BOUNDS = ['never-fails', 'untracked'];
/** They leave the caller's flags as they are, or ask once more with plain GFP_ATOMIC. */
const LOUD = ['lastditch-v1', 'lastditch-v2', 'lastditch-v3', 'orig-2009', 'undo-primary'];

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

const CONTEXTS: readonly AllocContext[] = [true, false].flatMap((atomic) =>
  [true, false].flatMap((faultInjection) =>
    [true, false].map((preemptCount) => ({ atomic, faultInjection, preemptCount })),
  ),
);

interface Asked {
  readonly variant: KmemleakVariant;
  readonly kernel: KernelProfile;
  readonly caller: number;
  readonly context: AllocContext;
}

/** What is wrong with any variant's masks, in any kernel, for any caller and context. */
function complaints(isRight: (masks: readonly number[], asked: Asked) => boolean): string[] {
  const found = new Set<string>();
  for (const variant of variants.all()) {
    for (const kernel of kernels.all()) {
      for (const caller of callersOf(kernel)) {
        for (const context of CONTEXTS) {
          const masks = variant.attempts(caller, context, kernel);
          if (isRight(masks, { variant, kernel, caller, context })) continue;
          found.add(`${variant.name} ${kernel.name} ${caller.toString(16)}: ${masks.join()}`);
        }
      }
    }
  }
  return [...found].slice(0, 10);
}

describe('every variant', () => {
  it('is there: what was in mainline, and what was proposed', () => {
    expect(variants.names()).toEqual([
      'drop-noretry',
      'earlylog-pool',
      'embedded',
      'emergency-pool',
      'failslab-noleaktrace',
      'fi-nofail',
      'fi-nofail-direct',
      'knob-global',
      'knob-scope',
      'knob-task',
      'lastditch-v1',
      'lastditch-v2',
      'lastditch-v3',
      'lastditch-v4',
      'mempool-v1',
      'mempool-v2',
      'nested-6.10',
      'never-fails',
      'nofail-4.15',
      'nofaultinject',
      'nolockdep-5.15',
      'orig-2009',
      'placeholder',
      'pool-1M-thread',
      'pool-5.4',
      'quiet-2011',
      'retry-mayfail',
      'retry10',
      'revert-5.3',
      'rfc-nowait',
      'rfc-strict',
      'scan-time-refill',
      'sleepable-refill',
      'undo-primary',
      'untracked',
    ]);
  });

  it('says what it is, where it comes from and what was said against it', () => {
    for (const variant of variants.all()) {
      expect(variant.summary.length).toBeGreaterThan(20);
      expect(variant.summary.length).toBeLessThan(100);
      const { who, date, ref } = variant.source;
      expect(who.length).toBeGreaterThan(3);
      expect(ref).toMatch(/^commit [0-9a-f]{12}$|^\S+@\S+$|^a bound, not a proposal$/);
      expect(date).toMatch(BOUNDS.includes(variant.name) ? /^none$/ : /^20\d\d(-\d\d){0,2}$/);
      expect(variant.objection ?? 'nobody spoke against it').not.toMatch(/\n|^.{0,19}$|^.{101,}$/);
    }
  });

  it('gives the same masks twice', () => {
    const again = ({ variant, kernel, caller, context }: Asked) =>
      variant.attempts(caller, context, kernel).join();
    expect(complaints((masks, asked) => masks.join() === again(asked))).toEqual([]);
  });

  it("uses the kernel's bits, the caller's or its own new flag, as unsigned numbers", () => {
    const isRight = (masks: readonly number[], { variant, kernel, caller }: Asked) => {
      const known = Object.values(kernel.gfp.bits).reduce((sum, bit) => sum | bit, caller);
      const own = newFlagOf(variant, kernel)?.value ?? 0;
      return masks.every((mask) => mask === mask >>> 0 && (mask & ~(known | own)) >>> 0 === 0);
    };
    expect(complaints(isRight)).toEqual([]);
  });

  it('is quiet and keeps off the memory reserves, but for those known not to be', () => {
    const isRight = (masks: readonly number[], { variant, kernel }: Asked) => {
      const quiet = (kernel.gfp.bits.NOWARN | kernel.gfp.bits.NOMEMALLOC) >>> 0;
      return LOUD.includes(variant.name) || masks.every((mask) => (mask & quiet) >>> 0 === quiet);
    };
    expect(complaints(isRight)).toEqual([]);
  });

  it('wants no metadata only where it is the bound that says so', () => {
    const isRight = (masks: readonly number[], { variant }: Asked) =>
      (masks.length === 0) === (variant.bound === 'untracked');
    expect(complaints(isRight)).toEqual([]);
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

  it('waits only for a reserve whose objects come back', () => {
    for (const { onFailure, reserve, name } of variants.all()) {
      if (onFailure === 'wait') expect([name, reserve?.refill]).toEqual([name, 'any-free']);
    }
  });

  it('has a whole table: every caller, class or not, atomic or not', () => {
    const wrong: string[] = [];
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
              if (tabled.join() !== expected.join()) wrong.push(`${variant.name} ${caller}`);
            }
          }
        });
      }
    }
    expect(wrong).toEqual([]);
  });
});
