import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bcaInterval } from '../../../src/experiment/stats/bca-interval.ts';
import { benjaminiHochberg } from '../../../src/experiment/stats/benjamini-hochberg.ts';
import { chiSquareTail } from '../../../src/experiment/stats/chi-square-tail.ts';
import { cliffsDelta } from '../../../src/experiment/stats/cliffs-delta.ts';
import { holm } from '../../../src/experiment/stats/holm.ts';
import { incompleteGamma } from '../../../src/experiment/stats/incomplete-gamma.ts';
import type { Lifetime } from '../../../src/experiment/stats/kaplan-meier.ts';
import { logRank } from '../../../src/experiment/stats/log-rank.ts';
import { mser5 } from '../../../src/experiment/stats/mser5.ts';
import { normalProbability } from '../../../src/experiment/stats/normal-probability.ts';
import { tost } from '../../../src/experiment/stats/tost.ts';
import { varianceReduction } from '../../../src/experiment/stats/variance-reduction.ts';

// The second half of what R and scipy answered: tests, adjustments, effect sizes, resampling.

interface Lives {
  readonly time: number[];
  readonly died: number[];
}

interface Shared {
  readonly incompleteGamma: { a: number; x: number; lower: number; upper: number }[];
  readonly normalProbability: { z: number; p: number }[];
  readonly chiSquareTail: { x: number; df: number; p: number }[];
  readonly tost: { differences: number[]; low: number; high: number; p: number }[];
  readonly adjusted: { p: number[]; holm?: number[]; bh: number[] }[];
}

interface SciPy extends Shared {
  readonly logRank: { first: Lives; second: Lives; p: number }[];
}

interface R extends Shared {
  readonly logRank: (Lives & {
    name: string;
    group: number[];
    stratum: number[];
    observed: number;
    expected: number;
    chiSquare: number;
    p: number;
  })[];
  readonly varianceReduction: {
    one: number[];
    two: number[];
    factor: number;
    correlation: number;
  }[];
  readonly cliffsDelta: { one: number[]; two: number[]; delta: number }[];
  readonly mser5: { series: number[]; truncated: number; mean: number; valid: boolean }[];
  readonly bca: {
    value: number;
    replicates: number[];
    jackknife: number[];
    level: number;
    low: number;
    high: number;
  }[];
}

const FOLDER = new URL('../../fixtures/stats/', import.meta.url);
const r = read<R>('golden-r.json');
const scipy = read<SciPy>('golden-scipy.json');

function read<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as T;
}

/** Equal to 1e-10 of the larger: tails too, however small. */
function expectClose(actual: number, golden: number): void {
  if (Math.abs(actual - golden) > 1e-10 * Math.abs(golden)) expect(actual).toBe(golden);
}

function lifetimes({ time, died }: Lives): Lifetime[] {
  return time.map((each, i) => ({ time: each, died: died[i] === 1 }));
}

describe.each([
  ['R', r],
  ['scipy', scipy],
])('as %s answers', (_, golden) => {
  test.each(golden.incompleteGamma)('P and Q($a, $x)', ({ a, x, lower, upper }) => {
    const found = incompleteGamma(a, x);
    // Far from the mode the logarithm of the front term is large, and takes digits with it.
    expectClose(found.lower, lower);
    expectClose(found.upper, upper);
  });

  test.each(golden.normalProbability)('normal probability of $z', ({ z, p }) => {
    expectClose(normalProbability(z), p);
  });

  test.each(golden.chiSquareTail)('chi-square beyond $x with $df degrees', ({ x, df, p }) => {
    expectClose(chiSquareTail(x, df), p);
  });

  test.each(golden.tost)('equivalence within $low … $high', ({ differences, low, high, p }) => {
    expectClose(tost(differences, low, high), p);
  });

  test.each(golden.adjusted)('p values adjusted: $p', ({ p, bh, holm: holms }) => {
    for (const [i, q] of benjaminiHochberg(p).entries()) expectClose(q, bh[i]!);
    const adjusted = holm(p);
    for (const [i, each] of (holms ?? adjusted).entries()) expectClose(adjusted[i]!, each);
    for (const [i, each] of adjusted.entries()) expect(each).toBeGreaterThanOrEqual(bh[i]! - 1e-15);
  });
});

describe('as scipy alone answers', () => {
  test.each(scipy.logRank)('log-rank of two groups', ({ first, second, p }) => {
    const found = logRank([{ first: lifetimes(first), second: lifetimes(second) }]);
    expectClose(found.p, p);
  });
});

describe('as R alone answers', () => {
  test.each(r.logRank)('log-rank in strata: $name', (golden) => {
    const lives = lifetimes(golden);
    const strata = [...new Set(golden.stratum)].map((stratum) => {
      const of = (group: number) =>
        lives.filter((_, i) => golden.stratum[i] === stratum && golden.group[i] === group);
      return { first: of(1), second: of(2) };
    });
    const found = logRank(strata);
    expectClose(found.observed, golden.observed);
    expectClose(found.expected, golden.expected);
    expectClose(found.chiSquare, golden.chiSquare);
    expectClose(found.p, golden.p);
  });

  test.each(r.varianceReduction)('what pairing gains: $one, $two', (golden) => {
    const found = varianceReduction(golden.one, golden.two);
    expectClose(found.factor, golden.factor);
    expectClose(found.correlation, golden.correlation);
  });

  test.each(r.cliffsDelta)("Cliff's delta of $one and $two", ({ one, two, delta }) => {
    expectClose(cliffsDelta(one, two), delta);
    expectClose(cliffsDelta(two, one), -delta);
  });

  test.each(r.mser5)('MSER-5 truncates $truncated', (golden) => {
    const found = mser5(golden.series)!;
    expect([found.truncated, found.valid]).toEqual([golden.truncated, golden.valid]);
    expectClose(found.mean, golden.mean);
  });

  test.each(r.bca)('BCa interval at $level', (golden) => {
    const found = bcaInterval(golden, golden.level);
    expectClose(found.low, golden.low);
    expectClose(found.high, golden.high);
  });
});
