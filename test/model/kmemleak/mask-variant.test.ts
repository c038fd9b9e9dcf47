import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import {
  maskVariant,
  parseMaskOption,
  refuseTakenName,
} from '../../../src/model/kmemleak/mask-variant.ts';
import type { KmemleakVariant } from '../../../src/model/kmemleak/variant.ts';
import nofail from '../../../src/model/kmemleak/variants/nofail-4.15.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import strict from '../../../src/model/kmemleak/variants/rfc-strict.ts';
import { TinyMachine } from './tiny-machine.ts';

const KEPT = '(gfp & (GFP_KERNEL|GFP_ATOMIC))';
const QUIET = '__GFP_NORETRY|__GFP_NOMEMALLOC|__GFP_NOWARN';
const CONTEXT = { atomic: false, faultInjection: true };

describe('a variant from an expression', () => {
  it.each([
    [`${KEPT} | ${QUIET}`, quiet],
    [`${KEPT} | ${QUIET} | __GFP_NOFAIL`, nofail],
    [`(${KEPT} & ~__GFP_DIRECT_RECLAIM) | GFP_NOWAIT | ${QUIET}`, strict],
  ] as [string, KmemleakVariant][])('%s equals the catalogued one', (expression, same) => {
    const variant = maskVariant('mine', expression, { kernels: [linux417, linux61] });
    for (const kernel of [linux417, linux61]) {
      const callers = [0, 0xffffffff, ...Object.values(kernel.gfp.composites)];
      for (const caller of callers) {
        const expected = same.attempts(caller, CONTEXT, kernel);
        expect(variant.attempts(caller, CONTEXT, kernel)).toEqual(expected);
      }
    }
  });

  it('runs like the catalogued one', () => {
    const failslab = {
      probability: 10,
      interval: 1,
      times: -1,
      space: 0,
      taskFilter: false,
      verbose: 0,
      ignoreGfpWait: false,
      cacheFilter: false,
      markedCaches: [],
    };
    const deaths = [quiet, maskVariant('mine', `${KEPT} | ${QUIET}`)].map((variant) => {
      const run = new TinyMachine({ kernel: linux417, variant, fault: { failslab } }, [0x14000c0]);
      while (run.kmemleak.alive) run.request(0x14000c0);
      return run.deathIndex;
    });
    expect(deaths[0]).toBeGreaterThan(0);
    expect(deaths[1]).toBe(deaths[0]);
  });

  it('says where it comes from, and takes a reserve', () => {
    const reserve = { entries: 64, refill: 'any-free' } as const;
    const variant = maskVariant('mine', 'gfp', { reserve });
    expect(variant).toMatchObject({ name: 'mine', summary: 'gfp', reserve, injection: 'subject' });
    expect(variant.source.who).toBe('command line');
  });

  it('finds mistakes in the expression at once, for every kernel given', () => {
    const make = (expression: string) => maskVariant('mine', expression, { kernels: [linux417] });
    expect(() => make('gfp | __GFP_NORETRI')).toThrow(UserError);
    expect(() => make('gfp | __GFP_NORETRI')).toThrow(/__GFP_NORETRY/);
    expect(() => make('(gfp & GFP_KERNEL')).toThrow(UserError);
    expect(() => make('')).toThrow(UserError);
  });

  it.each([
    ['gfp | 0x200100', "'mine' for GFP_KERNEL in 4.17 has bits 0x200100 that mean nothing there"],
    ['~0', 'that mean nothing there; expected flags of that kernel, or a new one by --flag'],
  ])('refuses bits without meaning, as of a variant in a file: %s', (expression, message) => {
    const make = () => maskVariant('mine', expression, { kernels: [linux417] });
    expect(make).toThrow(message);
  });
});

describe('--mask', () => {
  it('splits at the first equals sign', () => {
    expect(parseMaskOption('mine=gfp & GFP_KERNEL')).toEqual({
      id: 'mine',
      expression: 'gfp & GFP_KERNEL',
    });
    expect(parseMaskOption(' a-1.b = gfp ')).toEqual({ id: 'a-1.b', expression: 'gfp' });
  });

  it.each(['gfp & GFP_KERNEL', '=gfp', 'mine=', 'mi ne=gfp', '../x=gfp', `${'x'.repeat(41)}=gfp`])(
    'refuses %j',
    (text) => {
      expect(() => parseMaskOption(text)).toThrow(UserError);
    },
  );

  it.each([
    ['x y=gfp', "has the id 'x y', which cannot be one"],
    ['\u00e9=gfp', 'which cannot be one'],
    ['', "has no '='"],
    ['x', "has no '='"],
    ['=gfp', 'has no id'],
    ['x=', 'has no mask'],
  ])('says the form and what an id may have: %j', (text, lack) => {
    expect(() => parseMaskOption(text)).toThrow(lack);
    expect(() => parseMaskOption(text)).toThrow(/id=EXPR, the id of up to 40 of A-Z a-z 0-9/);
  });

  it('refuses the name of a variant that exists', () => {
    expect(() => refuseTakenName('quiet-2011', ['quiet-2011'])).toThrow(/already/);
    expect(() => refuseTakenName('quiet-2012', ['quiet-2011'])).not.toThrow();
  });
});
