import { describe, expect, test } from 'vitest';
import { sweepPoints } from '../../src/scenario/sweep.ts';

const names = (...params: string[]) => sweepPoints(params).map(({ suffix }) => suffix);

describe('a sweep', () => {
  test('of nothing is the scenario as it is', () => {
    expect(sweepPoints([])).toEqual([{ suffix: '', overrides: [] }]);
  });

  test('has all combinations, the last parameter changing fastest', () => {
    expect(names('machine.cpus=1,2', 'seed=a,b')).toEqual([
      '@machine.cpus=1@seed=a',
      '@machine.cpus=1@seed=b',
      '@machine.cpus=2@seed=a',
      '@machine.cpus=2@seed=b',
    ]);
    const [point] = sweepPoints(['machine.cpus=2']);
    expect(point!.overrides[0]).toMatchObject({ path: ['machine', 'cpus'], value: 2 });
  });

  test.each([
    ['m=1GiB..8GiB step 1GiB', 8, '@m=1GiB', '@m=8GiB'],
    ['m=512MiB..2GiB step 512MiB', 4, '@m=512MiB', '@m=2GiB'],
    ['t=500us..2ms step 500us', 4, '@t=500us', '@t=2ms'],
    ['n=1..4', 4, '@n=1', '@n=4'],
    ['n=0.1..0.3 step 0.1', 3, '@n=0.1', '@n=0.3'],
    ['n=1..10 step 4', 3, '@n=1', '@n=9'],
  ])('%s', (param, count, first, last) => {
    const all = names(param);
    expect([all.length, all[0], all.at(-1)]).toEqual([count, first, last]);
  });

  test('splits at no comma inside a list', () => {
    expect(names('variants=[a, b],[c]')).toEqual(['@variants=[a, b]', '@variants=[c]']);
  });

  test.each([
    [['n'], 'not a parameter'],
    [['n=1,,2'], 'an empty value'],
    [['n=1,1'], "'1' stands twice"],
    [['n=1,2', 'n=3'], "'n' is swept twice"],
    [['n=8GiB..1GiB step 1GiB'], 'goes nowhere'],
    [['n=1GiB..2ms step 1GiB'], 'is of another kind'],
    [['n=1..9 step 0'], 'goes nowhere'],
    [['n=1..99999'], 'too many values'],
    [['n=1..99', 'm=1..99'], 'too many points'],
    [['n=red..blue'], 'is no quantity'],
  ])('%j is refused', (params, said) => {
    expect(() => sweepPoints(params)).toThrow(said);
  });
});
