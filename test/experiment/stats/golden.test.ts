import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exactMcNemar } from '../../../src/experiment/stats/exact-mcnemar.ts';
import { incompleteBeta } from '../../../src/experiment/stats/incomplete-beta.ts';
import { kaplanMeier, type Lifetime } from '../../../src/experiment/stats/kaplan-meier.ts';
import { logBeta } from '../../../src/experiment/stats/log-beta.ts';
import { meanVariance } from '../../../src/experiment/stats/mean-variance.ts';
import { medianSurvival } from '../../../src/experiment/stats/median-survival.ts';
import { newcombePaired } from '../../../src/experiment/stats/newcombe-paired.ts';
import { normalQuantile } from '../../../src/experiment/stats/normal-quantile.ts';
import { pairedT } from '../../../src/experiment/stats/paired-t.ts';
import { quantile } from '../../../src/experiment/stats/quantile.ts';
import { restrictedLifetimes } from '../../../src/experiment/stats/restricted-lifetimes.ts';
import { restrictedMean } from '../../../src/experiment/stats/restricted-mean.ts';
import { studentQuantile } from '../../../src/experiment/stats/student-t.ts';
import { wilson } from '../../../src/experiment/stats/wilson.ts';
import { zeroEventsBound } from '../../../src/experiment/stats/zero-events-bound.ts';

interface Curve {
  readonly name: string;
  readonly time: number[];
  readonly died: number[];
  readonly at: number[];
  readonly survival: number[];
  readonly low: number[];
  readonly high: number[];
}

interface SciPy {
  readonly studentQuantile: { p: number; df: number; t: number }[];
  readonly normalQuantile: { p: number; z: number }[];
  readonly wilson: { level: number; hits: number; n: number; low: number; high: number }[];
  readonly exactMcNemar: { first: number; second: number; p: number }[];
  readonly survival: Curve[];
}

interface R extends SciPy {
  readonly logBeta: { a: number; b: number; value: number }[];
  readonly incompleteBeta: { x: number; a: number; b: number; value: number }[];
  readonly pairedT: {
    level: number;
    values: number[];
    mean: number;
    low: number;
    high: number;
    variance: number;
  }[];
  readonly newcombePaired: { table: number[]; low: number; high: number }[];
  readonly zeroEventsBound: { n: number; bound: number }[];
  readonly quantile: { values: number[]; p: number; value: number }[];
  readonly survival: (Curve & {
    atRisk: number[];
    median: (number | null)[];
    horizon: number;
    rmst: number;
    rmstError: number;
  })[];
  readonly restrictedLifetimes: {
    time: number[];
    died: number[];
    horizon: number;
    values: number[];
  }[];
}

const FOLDER = new URL('../../fixtures/stats/', import.meta.url);
const r = read<R>('golden-r.json');
const scipy = read<SciPy>('golden-scipy.json');

function read<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as T;
}

/** Equal to 1e-10 of the larger, or to 1e-13 where both are next to nothing. */
function expectClose(actual: number, golden: number): void {
  const allowed = Math.max(1e-10 * Math.abs(golden), 1e-13);
  if (Math.abs(actual - golden) > allowed) expect(actual).toBe(golden);
}

function lifetimes(curve: { time: number[]; died: number[] }): Lifetime[] {
  return curve.time.map((time, i) => ({ time, died: curve.died[i] === 1 }));
}

describe.each([
  ['R', r],
  ['scipy', scipy],
])('as %s answers', (_, golden) => {
  test.each(golden.studentQuantile)('t quantile of $p with $df degrees', ({ p, df, t }) => {
    expect(Math.abs(studentQuantile(p, df) / t - 1)).toBeLessThan(1e-10);
  });

  test.each(golden.normalQuantile)('normal quantile of $p', ({ p, z }) => {
    expectClose(normalQuantile(p), z);
  });

  test.each(golden.wilson)('Wilson $hits of $n at $level', ({ level, hits, n, low, high }) => {
    const estimate = wilson(hits, n, level);
    expectClose(estimate.low, low);
    expectClose(estimate.high, high);
    expect(estimate.value).toBe(hits / n);
  });

  test.each(golden.exactMcNemar)('McNemar $first against $second', ({ first, second, p }) => {
    expectClose(exactMcNemar(first, second), p);
  });

  test.each(golden.survival)('Kaplan–Meier with log-log limits: $name', (curve) => {
    const steps = kaplanMeier(lifetimes(curve), 0.95);
    const shown = steps.filter((step) => step.deaths > 0 && step.survival > 0);
    expect(shown.map((step) => step.time)).toEqual(curve.at);
    for (const [i, step] of shown.entries()) {
      expectClose(step.survival, curve.survival[i]!);
      expectClose(step.low!, curve.low[i]!);
      expectClose(step.high!, curve.high[i]!);
    }
  });
});

describe('as R alone answers', () => {
  test.each(r.logBeta)('log B($a, $b)', ({ a, b, value }) => {
    expectClose(logBeta(a, b), value);
  });

  test.each(r.incompleteBeta)('I_$x($a, $b)', ({ x, a, b, value }) => {
    expectClose(incompleteBeta(x, 1 - x, a, b), value);
  });

  test.each(r.pairedT)('paired t of $values at $level', (golden) => {
    const estimate = pairedT(golden.values, golden.level);
    expectClose(estimate.value, golden.mean);
    expectClose(estimate.low, golden.low);
    expectClose(estimate.high, golden.high);
    expectClose(meanVariance(golden.values).variance, golden.variance);
  });

  test.each(r.newcombePaired)('Newcombe of $table', ({ table, low, high }) => {
    const [both = 0, first = 0, second = 0, neither = 0] = table;
    const estimate = newcombePaired({ both, first, second, neither }, 0.95);
    expectClose(estimate.low, low);
    expectClose(estimate.high, high);
  });

  test.each(r.zeroEventsBound)('no event in $n', ({ n, bound }) => {
    expectClose(zeroEventsBound(n, 0.95), bound);
  });

  test.each(r.quantile)('quantile $p of $values', ({ values, p, value }) => {
    expectClose(quantile(values, p), value);
  });

  test.each(r.survival)('at risk, median and restricted mean: $name', (golden) => {
    const steps = kaplanMeier(lifetimes(golden), 0.95);
    const shown = steps.filter((step) => step.deaths > 0 && step.survival > 0);
    expect(shown.map((step) => step.atRisk)).toEqual(golden.atRisk);
    const { value, low, high } = medianSurvival(steps);
    expect([value, low, high]).toEqual(golden.median);
    const { mean, variance } = restrictedMean(steps, golden.horizon);
    expectClose(mean, golden.rmst);
    expectClose(Math.sqrt(variance), golden.rmstError);
  });

  test.each(r.restrictedLifetimes)('pseudo-values to $horizon', (golden) => {
    const values = restrictedLifetimes(lifetimes(golden), golden.horizon);
    for (const [i, value] of values.entries()) expectClose(value, golden.values[i]!);
  });
});
