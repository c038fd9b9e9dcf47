import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bcaInterval } from '../../../src/experiment/stats/bca-interval.ts';
import { exactMcNemar } from '../../../src/experiment/stats/exact-mcnemar.ts';
import { intervalP } from '../../../src/experiment/stats/interval-p.ts';
import { kaplanMeier } from '../../../src/experiment/stats/kaplan-meier.ts';
import { logRank } from '../../../src/experiment/stats/log-rank.ts';
import { meanVariance } from '../../../src/experiment/stats/mean-variance.ts';
import { medianSurvival } from '../../../src/experiment/stats/median-survival.ts';
import { newcombePaired } from '../../../src/experiment/stats/newcombe-paired.ts';
import { pairedBootstrap } from '../../../src/experiment/stats/paired-bootstrap.ts';
import { pairedT } from '../../../src/experiment/stats/paired-t.ts';
import { quantileInterval } from '../../../src/experiment/stats/quantile-interval.ts';
import { studentQuantile, studentTail } from '../../../src/experiment/stats/student-t.ts';
import { wilson } from '../../../src/experiment/stats/wilson.ts';
import { zeroEventsBound } from '../../../src/experiment/stats/zero-events-bound.ts';

const count = fc.integer({ min: 0, max: 40 });
const lifetime = fc.record({ time: fc.integer({ min: 1, max: 30 }), died: fc.boolean() });

describe('what must hold for all inputs', () => {
  test('the t quantile is odd, rises, and undoes its own tail', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5001, max: 0.99999, noNaN: true }),
        fc.double({ min: 1, max: 500, noNaN: true }),
        (p, degrees) => {
          const t = studentQuantile(p, degrees);
          expect(studentQuantile(1 - p, degrees) / -t).toBeCloseTo(1, 9);
          expect(studentTail(t, degrees) / (1 - p)).toBeCloseTo(1, 9);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  test('a survival curve falls from 1 inside its limits; its median inside its own', () => {
    fc.assert(
      fc.property(fc.array(lifetime, { minLength: 1, maxLength: 40 }), (lives) => {
        let before = 1;
        const steps = kaplanMeier(lives, 0.95);
        for (const step of steps) {
          expect(step.survival).toBeLessThanOrEqual(before);
          expect(step.low ?? step.survival).toBeLessThanOrEqual(step.survival);
          expect(step.high ?? step.survival).toBeGreaterThanOrEqual(step.survival);
          before = step.survival;
        }
        const { value, low, high } = medianSurvival(steps);
        if (value !== null && low !== null) expect(low).toBeLessThanOrEqual(value);
        if (value !== null && high !== null) expect(high).toBeGreaterThanOrEqual(value);
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  test('swapping the sides of a pair turns the difference round', () => {
    fc.assert(
      fc.property(count, count, count, count, (both, first, second, neither) => {
        fc.pre(both + first + second + neither > 0);
        const one = newcombePaired({ both, first, second, neither }, 0.95);
        const other = newcombePaired({ both, first: second, second: first, neither }, 0.95);
        expect(one.low).toBeCloseTo(-other.high, 12);
        expect(one.value).toBeGreaterThanOrEqual(one.low);
        expect(one.value).toBeLessThanOrEqual(one.high);
        expect(exactMcNemar(first, second)).toBe(exactMcNemar(second, first));
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

test('a share of none or all has its limit exactly there', () => {
  for (let n = 1; n <= 200; n++) {
    expect(wilson(0, n, 0.95).low).toBe(0);
    expect(wilson(n, n, 0.95).high).toBe(1);
    expect(wilson(n, n, 0.95).low).toBeCloseTo(1 - wilson(0, n, 0.95).high, 12);
  }
});

test('equal differences are exact, and so is a single one', () => {
  expect(pairedT([4, 4, 4], 0.95)).toEqual({ value: 4, low: 4, high: 4, n: 3, exact: true });
  expect(pairedT([-2], 0.95)).toEqual({ value: -2, low: -2, high: -2, n: 1, exact: true });
  expect(pairedT([4, 4, 5], 0.95).exact).toBeUndefined();
});

test('the rule of three is what the exact bound comes to', () => {
  expect(zeroEventsBound(1000, 0.95)).toBeCloseTo(3 / 1000, 4);
});

/** A generator of its own, so that the tested code is not its own judge. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

describe('95 % intervals hold the truth in 95 % of 4000 seeded samples', () => {
  const samples = 4000;
  // The share of hits of a perfect interval lies within ± 3.3 standard errors: ± 1.14 points.
  const slack = 0.0114;

  test('paired t, twelve differences that are sums of four uniforms', () => {
    const uniform = lehmer(20180420);
    let hits = 0;
    for (let i = 0; i < samples; i++) {
      const differences = Array.from({ length: 12 }, () => {
        return uniform() + uniform() + uniform() + uniform();
      });
      const { low, high } = pairedT(differences, 0.95);
      if (low <= 2 && high >= 2) hits++;
    }
    expect(Math.abs(hits / samples - 0.95)).toBeLessThan(slack);
  });

  test('Wilson at 50 trials of 3 in 10, averaged coverage near its level', () => {
    const uniform = lehmer(7);
    let hits = 0;
    for (let i = 0; i < samples; i++) {
      let yes = 0;
      for (let k = 0; k < 50; k++) if (uniform() < 0.3) yes++;
      const { low, high } = wilson(yes, 50, 0.95);
      if (low <= 0.3 && high >= 0.3) hits++;
    }
    // Exact coverage at this point is 0.957 (counts are lumpy).
    expect(Math.abs(hits / samples - 0.957)).toBeLessThan(slack);
  });

  test('Newcombe, pairs that share half of their luck: never far below its level', () => {
    const uniform = lehmer(99);
    let hits = 0;
    for (let i = 0; i < samples; i++) {
      const table = { both: 0, first: 0, second: 0, neither: 0 };
      for (let k = 0; k < 40; k++) {
        const shared = uniform();
        const own = uniform();
        const first = shared < 0.5 ? own < 0.6 : uniform() < 0.6;
        const second = shared < 0.5 ? own < 0.4 : uniform() < 0.4;
        if (first && second) table.both++;
        else if (first) table.first++;
        else if (second) table.second++;
        else table.neither++;
      }
      const { low, high } = newcombePaired(table, 0.95);
      if (low <= 0.2 && high >= 0.2) hits++;
    }
    // Conservative by its continuity correction of phi.
    expect(hits / samples).toBeGreaterThan(0.945);
    expect(hits / samples).toBeLessThan(0.985);
  });

  test('BCa, twenty differences with a long tail: near its level, where percentiles are not', () => {
    const uniform = lehmer(31);
    const rounds = 600;
    let hits = 0;
    for (let i = 0; i < rounds; i++) {
      // Squares of uniforms, mean 1/3.
      const differences = Array.from({ length: 20 }, () => uniform() ** 2);
      const { low, high } = bcaInterval(pairedBootstrap(differences, `sample ${i}`), 0.95);
      if (low <= 1 / 3 && high >= 1 / 3) hits++;
    }
    // A bootstrap of twenty misses its level by a point or two.
    expect(hits / rounds).toBeGreaterThan(0.9);
    expect(hits / rounds).toBeLessThan(0.975);
  });

  test('the log-rank test of equal groups, in two strata, is wrong in one of twenty', () => {
    const uniform = lehmer(77);
    const rounds = 1500;
    let alarms = 0;
    const group = (scale: number) =>
      Array.from({ length: 15 }, () => {
        const time = Math.ceil(scale * uniform() * 100);
        return time > 80 * scale ? { time: 80 * scale, died: false } : { time, died: true };
      });
    for (let i = 0; i < rounds; i++) {
      const strata = [1, 10].map((scale) => ({ first: group(scale), second: group(scale) }));
      if (logRank(strata).p <= 0.05) alarms++;
    }
    expect(Math.abs(alarms / rounds - 0.05)).toBeLessThan(0.0186);
  });

  test('order statistics hold the median of twelve in at least 95 %', () => {
    const uniform = lehmer(5);
    let hits = 0;
    for (let i = 0; i < samples; i++) {
      const sorted = Array.from({ length: 12 }, () => uniform() ** 3).sort((a, b) => a - b);
      const { low, high } = quantileInterval(sorted, 0.5, 0.95);
      if (low <= 0.125 && high >= 0.125) hits++;
    }
    // Exact: 1 − 2 · 79 / 4096 = 0.961.
    expect(Math.abs(hits / samples - 0.961)).toBeLessThan(slack);
  });
});

test('the same comparison has the same interval, another one its own stream', () => {
  const differences = [1, 4, 2, 8, 5, 7, 9];
  const replicates = (label: string) => pairedBootstrap(differences, label).replicates;
  expect(replicates('a')).toEqual(replicates('a'));
  expect(replicates('a')).not.toEqual(replicates('b'));
});

test('p from intervals is the p of the test that they come from', () => {
  const differences = [1.5, -0.4, 2.2, 0.9, 1.1, -0.2];
  for (const value of [0, 0.5, 2, 3]) {
    const { n, mean, variance } = meanVariance(differences);
    const t = Math.abs(mean - value) / Math.sqrt(variance / n);
    const p = intervalP((level) => pairedT(differences, level), value);
    expect(p / (2 * studentTail(t, n - 1))).toBeCloseTo(1, 6);
  }
});
