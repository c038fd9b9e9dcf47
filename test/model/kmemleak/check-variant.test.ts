import { beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../../src/base/catalog.ts';
import { loadKernels, loadVariants } from '../../../src/cli/load-catalogs.ts';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import { checkVariant, checkVariantMasks } from '../../../src/model/kmemleak/check-variant.ts';
import type { KmemleakVariant } from '../../../src/model/kmemleak/variant.ts';

let variants: Catalog<KmemleakVariant>;
let kernels: Catalog<KernelProfile>;

beforeAll(async () => {
  [variants, kernels] = await Promise.all([loadVariants(), loadKernels()]);
});

const RIGHT = {
  name: 'mine',
  summary: 'the quiet bits and nothing of the caller',
  source: { who: 'somebody', date: '2026-01-01', ref: 'mine.js' },
  attempts: () => [0x11200],
  injection: 'subject',
  onFailure: 'disable',
};

function check(changed: Readonly<Record<string, unknown>>): () => void {
  return () => checkVariantMasks(checkVariant({ ...RIGHT, ...changed }), linux417);
}

describe('a variant from elsewhere', () => {
  it('may be any of the catalog, bounds apart', () => {
    for (const variant of variants.all()) {
      if (variant.bound !== undefined) continue;
      const checked = checkVariant(variant);
      for (const kernel of kernels.all()) checkVariantMasks(checked, kernel);
      expect(checked.name).toBe(variant.name);
      expect(checked.reserve).toEqual(variant.reserve);
    }
  });

  it('may be an instance of a class', () => {
    class Mine {
      readonly name = 'mine';
      readonly summary = 'a class';
      readonly source = RIGHT.source;
      readonly injection = 'subject';
      readonly onFailure = 'disable';
      readonly #bits = 0x11200;
      attempts() {
        return [this.#bits];
      }
    }
    const checked = checkVariant(new Mine());
    expect({ ...checked }.attempts(0, { atomic: false, faultInjection: true }, linux417)).toEqual([
      0x11200,
    ]);
  });

  it.each([
    [3, 'the default export is 3'],
    [null, 'the default export is null'],
    [[], 'the default export is []'],
    [{}, "the variant has no 'name'"],
  ])('%j is none', (value, message) => {
    expect(() => checkVariant(value)).toThrow(message);
  });

  it.each([
    [{ name: 'a b' }, "'a b' cannot name a variant"],
    [{ name: '' }, '\'name\' is ""'],
    [{ summary: 7 }, "'summary' is 7"],
    [{ source: 'me' }, 'source is "me"'],
    [{ injection: 'subjet' }, "unknown injection 'subjet'; did you mean 'subject'?"],
    [{ onFailure: 'disabel' }, "unknown onFailure 'disabel'; did you mean 'disable'?"],
    [{ atempts: 1 }, "unknown key 'atempts'; did you mean 'attempts'?"],
    [{ bound: 'untracked' }, "'bound' is for the two built-in bounds"],
    [{ attempts: 7 }, 'is no function'],
    [{ newFlag: 7 }, 'is no function'],
    [{ reserve: { entries: 0, refill: 'any-free' } }, 'reserve.entries is 0'],
    [{ reserve: { entries: { perCpus: 4 }, refill: 'any-free' } }, 'reserve.entries is {'],
    [{ reserve: { entries: 4, refill: 'any' } }, "unknown reserve.refill 'any'"],
    [{ reserve: { entries: 4, refill: 'any-free', fill: 1 } }, "unknown key of reserve 'fill'"],
    [
      { reserve: { entries: 4, refill: 'no-free', filledBy: 'thread' } },
      'reserve.periodNs is nothing',
    ],
    [{ attempts: () => 0x11200 }, 'attempts(GFP_KERNEL) in 4.17 gives 70144; expected a list'],
    [{ attempts: () => [-1] }, 'attempts(GFP_KERNEL) in 4.17 gives -1'],
    [{ attempts: () => [0x100] }, 'in 4.17 has bits 0x100 that mean nothing there'],
    [{ attempts: () => new Array(17).fill(0) }, 'expected a list of up to 16 masks'],
    [
      {
        attempts: () => {
          throw new Error('oh no');
        },
      },
      'attempts(GFP_KERNEL) in 4.17 throws: oh no',
    ],
  ])('%j is refused', (changed, message) => {
    expect(check(changed)).toThrow(message);
  });

  it('must answer the same twice', () => {
    let calls = 0;
    expect(check({ attempts: () => [calls++ % 2] })).toThrow('the same masks for the same caller');
    expect(check({})).not.toThrow();
  });

  it('may use its own new flag, or the one that the user gave the kernel', () => {
    const flag = { name: '__GFP_X', value: 0x4000000, bitsShiftRaised: true, inReclaimMask: true };
    const attempts = () => [0x4011200];
    expect(check({ attempts })).toThrow('has bits 0x4000000');
    expect(check({ attempts, newFlag: () => flag })).not.toThrow();
    const own = checkVariant({ ...RIGHT, attempts });
    expect(() => checkVariantMasks(own, { ...linux417, newFlag: flag })).not.toThrow();
  });
});
