import { describe, expect, test } from 'vitest';
import { once } from '../../src/fidelity/once.ts';
import { shareOfHalf } from '../../src/fidelity/pairs-of-counts.ts';
import {
  alike,
  alsoWithin,
  between,
  commonShare,
  exact,
  farness,
  inRange,
  inShare,
  inSpread,
  medianOf,
  NEVER,
} from '../../src/fidelity/quantity.ts';

const runs = 4;

describe('what is exact', () => {
  test('agrees only where nothing differs', () => {
    expect(exact('min', 286, 286)).toMatchObject({ agreement: 'exact', ratio: 1, allowed: null });
    expect(exact('min', 286, 287).agreement).toBe('outside');
    expect(exact('gfp', '0xcc0', '0xcc0')).toMatchObject({ agreement: 'exact', ratio: null });
    expect(exact('gfp', '0xcc0', '0xcc1').agreement).toBe('outside');
    expect(exact('alive', 1, '1').agreement).toBe('outside');
  });
});

describe('a measured range', () => {
  const held = (simulated: number) =>
    inRange('index', [1000, 1010], simulated, { slack: [10, 20], runs });

  test('is left by the slack of each side at most', () => {
    expect([989, 990, 999, 1000, 1010, 1011, 1030, 1031].map((n) => held(n).agreement)).toEqual([
      ...['outside', 'slack', 'slack', 'spread'],
      ...['spread', 'slack', 'slack', 'outside'],
    ]);
    expect(held(1000)).toMatchObject({ measured: null, spread: [1000, 1010], runs });
    expect(held(1000).allowed).toEqual([990, 1030]);
  });

  test('of one point is a value', () => {
    const point = inRange('free', [110, 110], 110, { slack: [5, 5], runs });
    expect(point).toMatchObject({ measured: 110, agreement: 'exact', ratio: 1 });
  });

  test('has its ratio to its middle', () => {
    expect(held(2010).ratio).toBe(2);
  });

  test('holds nothing that never came', () => {
    expect(held(Number.NaN)).toMatchObject({ simulated: NEVER, agreement: 'outside', ratio: null });
  });
});

describe('a median with its spread', () => {
  const held = (told: readonly [number, number, number], simulated: number) =>
    inSpread('pgscan_direct', told, simulated, { share: 0.25, runs }).agreement;

  test('allows the spread, and a quarter of the median beside it', () => {
    const told = [900, 1000, 1100] as const;
    expect([749, 750, 899, 900, 1000, 1100, 1250, 1251].map((n) => held(told, n))).toEqual([
      ...['outside', 'slack', 'slack', 'spread', 'exact'],
      ...['spread', 'slack', 'outside'],
    ]);
  });

  test('takes the spread where it is wider than a quarter', () => {
    expect([-1, 0, 5000, 5001].map((n) => held([0, 1000, 5000], n))).toEqual([
      ...['outside', 'spread', 'spread', 'outside'],
    ]);
  });
});

describe('counts that chance makes', () => {
  test('are as far apart as they may be, and no farther', () => {
    expect(alike('inj_slab_host', 200, 230, 30).agreement).toBe('chance');
    expect(alike('inj_slab_host', 200, 231, 30).agreement).toBe('outside');
    expect(alike('inj_slab_host', 200, 170, 30).agreement).toBe('chance');
    expect(alike('inj_slab_host', 200, 200, 30).agreement).toBe('exact');
  });

  test('with one more demand keep to both', () => {
    const near = alsoWithin(alike('host_fail', 100, 115, 30), [80, 110]);
    expect(near).toMatchObject({ allowed: [80, 110], agreement: 'outside' });
    const some = (ours: number) => alsoWithin(alike('host_fail', 2, ours, 30), [1, null]);
    expect([some(0).agreement, some(1).agreement]).toEqual(['outside', 'chance']);
    expect(some(1).allowed).toEqual([1, 32]);
    expect(alsoWithin(exact('x', 3, 3), [null, 5])).toMatchObject({ allowed: [null, 5] });
  });
});

test('a bound alone has an open side', () => {
  const rounds = (n: number) => between('rounds', [101, null], n).agreement;
  expect([rounds(100), rounds(101), rounds(1e9)]).toEqual(['outside', 'slack', 'slack']);
});

describe('shares', () => {
  // Wilson, 95 %: 0 of 4 is [0, 0.4899], 3 of 9 is [0.1206, 0.6458].
  test('lie inside the interval of the measured one', () => {
    const of = (hits: number, all: number) =>
      inShare('deaths', { hits: 0, of: 4 }, { hits, of: all }).agreement;
    expect([of(0, 8), of(3, 8), of(4, 8)]).toEqual(['exact', 'chance', 'outside']);
    const [low, high] = inShare('deaths', { hits: 3, of: 9 }, { hits: 1, of: 3 }).allowed!;
    expect([low!.toFixed(4), high!.toFixed(4)]).toEqual(['0.1206', '0.6458']);
  });

  test('of few runs on both sides have shares in common, or do not', () => {
    const of = (hits: number, all: number) =>
      commonShare('deaths', { hits: 0, of: 40 }, { hits, of: all }).agreement;
    // 0 of 40 is [0, 0.0876]; 2 of 2 is [0.3424, 1], 1 of 4 [0.0456, 0.6994].
    expect([of(0, 2), of(1, 4), of(2, 2)]).toEqual(['exact', 'chance', 'outside']);
  });
});

test('half of the tries are hit again, as near as 99.99 % of samples are', () => {
  // 400 tries: ± 3.9 × 0.025
  const half = (hits: number) => shareOfHalf('p²', { hits, faults: 400 + hits }).agreement;
  expect([half(160), half(161), half(200), half(239), half(240)]).toEqual([
    ...['outside', 'slack', 'slack', 'slack', 'outside'],
  ]);
});

test('a ratio is told from a hundred on, and is as far from 1 on either side', () => {
  expect(exact('x', 99, 198).ratio).toBeNull();
  expect(exact('x', 100, 200).ratio).toBe(2);
  expect([{ ratio: 2 }, { ratio: 0.5 }, { ratio: 0 }, { ratio: null }].map(farness)).toEqual([
    ...[2, 2, Number.POSITIVE_INFINITY, 1],
  ]);
});

test('the median is the middle value, or lies between two', () => {
  expect([medianOf([3, 1, 2]), medianOf([4, 1, 2, 3]), medianOf([7])]).toEqual([2, 2.5, 7]);
  expect(medianOf([])).toBeNaN();
});

test('a run is made once, when it is first asked for', () => {
  let made = 0;
  const run = once(() => ({ made: ++made }));
  expect(made).toBe(0);
  expect([run(), run()]).toEqual([{ made: 1 }, { made: 1 }]);
});
