import { describe, expect, test } from 'vitest';
import { compareRuns, type MetricDeclaration } from '../../src/experiment/compare.ts';
import { tieGroups } from '../../src/experiment/compare-ties.ts';
import type { Comparison } from '../../src/experiment/compare-types.ts';
import type { RunResult } from '../../src/experiment/run-result.ts';
import { ALIVE, alive, DEATH, FAILURES, run, runs } from './sample-runs.ts';

/** The comparison of variant 'new' with baseline 'old'. */
function compareOne(metric: MetricDeclaration, results: RunResult[]): Comparison {
  const rows = compareRuns(results, [metric], 'old');
  return rows.find((row) => row.variant === 'new')!;
}

function twoArms(
  metric: MetricDeclaration,
  old: Parameters<typeof runs>[2],
  renewed: Parameters<typeof runs>[2],
): Comparison {
  return compareOne(metric, [
    ...runs('old', metric.name, old),
    ...runs('new', metric.name, renewed),
  ]);
}

describe('means', () => {
  // Differences −1, −2, −3: mean −2, sd 1, half width t(0.975; 2) / √3 = 4.302653 / 1.732051.
  const old = [10, 20, 30];

  test('the difference is taken run by run', () => {
    const { difference, verdict, summary } = twoArms(FAILURES, old, [9, 18, 27]);
    expect(difference?.estimate.value).toBeCloseTo(-2, 12);
    expect(difference?.estimate.low).toBeCloseTo(-2 - 2.484138, 6);
    expect(difference?.estimate.high).toBeCloseTo(-2 + 2.484138, 6);
    expect(difference?.estimate.n).toBe(3);
    expect(verdict).toBe('unclear');
    expect(summary).toMatchObject({ kind: 'mean', min: 9, median: 18, max: 27 });
  });

  test('pairing finds what two means could not tell apart', () => {
    expect(twoArms(FAILURES, [10, 200, 3000], [8, 197.5, 2997]).verdict).toBe('better');
  });

  test('an interval clear of zero is better or worse by the metric’s direction', () => {
    expect(twoArms(FAILURES, [1, 2, 1, 2], [11, 12, 12, 12]).verdict).toBe('worse');
    expect(twoArms(FAILURES, [11, 12, 12, 12], [1, 2, 1, 2]).verdict).toBe('better');
    const neither: MetricDeclaration = { ...FAILURES, better: 'neither' };
    expect(twoArms(neither, [11, 12, 12, 12], [1, 2, 1, 2]).verdict).toBe('differs');
  });

  test('equal in every pair is the same, exactly', () => {
    const same = twoArms(FAILURES, old, old);
    expect(same).toMatchObject({ verdict: 'same', identical: true });
    expect(same.difference).toEqual({
      estimate: { value: 0, low: 0, high: 0, n: 3, exact: true },
      method: 'identical',
    });
  });

  test('equal on average is not the same', () => {
    expect(twoArms(FAILURES, [1, 2, 3], [3, 2, 1])).toMatchObject({
      verdict: 'unclear',
      identical: false,
    });
  });

  test('pairs are found by replication, not by order', () => {
    const old = runs('old', 'host_failures', [10, 20, 30]);
    const renewed = runs('new', 'host_failures', [11, 21, 31]).reverse();
    const { difference } = compareOne(FAILURES, [...renewed, ...old]);
    expect(difference?.estimate).toEqual({ value: 1, low: 1, high: 1, n: 3, exact: true });
  });

  test('a run without its partner counts for no difference', () => {
    const { difference, summary } = twoArms(FAILURES, [10, 20, 30], [11, 22]);
    expect(difference?.estimate).toMatchObject({ value: 1.5, n: 2 });
    expect(summary).toMatchObject({ estimate: { n: 2 } });
  });

  test('runs that are missing are not the same as runs that agree', () => {
    expect(twoArms(FAILURES, [10, 20, 30], [10, 20])).toMatchObject({
      identical: false,
      verdict: 'unclear',
    });
  });

  test('runs without a value count for nothing; none at all is no data', () => {
    const some = twoArms(FAILURES, [10, null, 30], [12, 5, null]);
    expect(some.difference?.estimate).toMatchObject({ value: 2, n: 1 });
    expect(twoArms(FAILURES, [null, null], [3, 4])).toMatchObject({
      verdict: 'no data',
      difference: null,
    });
    expect(twoArms(FAILURES, [null, null], [null, null])).toMatchObject({
      verdict: 'same',
      summary: null,
    });
  });
});

describe('flags', () => {
  test('shares by Wilson, differences by Newcombe, none by Student', () => {
    const { summary, difference, verdict } = twoArms(ALIVE, Array(20).fill(0), Array(20).fill(1));
    expect(summary).toMatchObject({
      kind: 'proportion',
      hits: 20,
      estimate: { value: 1, high: 1 },
    });
    expect(summary?.kind === 'proportion' && summary.estimate.low).toBeCloseTo(0.8389, 4);
    expect(difference).toMatchObject({
      method: 'newcombe',
      estimate: { value: 1, high: 1, n: 20 },
    });
    // Both shares' Wilson margins, 0.161 each, squared and added.
    expect(difference?.estimate.low).toBeCloseTo(1 - 0.161125 * Math.SQRT2, 5);
    expect(difference?.mcnemar).toBeCloseTo(2 * 0.5 ** 20, 18);
    expect(verdict).toBe('better');
  });

  test('one discordant pair of twenty is unclear', () => {
    const renewed = [1, ...Array(19).fill(0)];
    expect(twoArms(ALIVE, Array(20).fill(0), renewed).verdict).toBe('unclear');
  });

  test('runs that leave nothing to chance are one observation: no interval', () => {
    const results = ['old', 'new'].flatMap((variant) =>
      [0, 1, 2].map((replication) =>
        run({
          variant,
          replication,
          metrics: { kmemleak_alive: variant === 'new' ? 1 : 0 },
          fingerprint: variant,
        }),
      ),
    );
    const { summary, difference, verdict } = compareOne(ALIVE, results);
    expect(summary).toMatchObject({ estimate: { value: 1, low: 1, high: 1, exact: true } });
    expect(difference?.estimate).toEqual({ value: 1, low: 1, high: 1, n: 3, exact: true });
    expect(verdict).toBe('better');
  });
});

describe('survival', () => {
  test('the survivors count: dying late and often is not better than not dying', () => {
    // Mean of the dead alone: 5 against 90. All runs to 100: 81 against 90.
    const rare = [{ value: 5 }, ...Array(4).fill(alive(100))];
    const { summary, difference, verdict } = twoArms(DEATH, Array(5).fill(90), rare);
    expect(summary).toMatchObject({ kind: 'survival', n: 5, died: 1, median: null, horizon: 100 });
    expect(summary?.kind === 'survival' && summary.restrictedMean.value).toBeCloseTo(81, 12);
    expect(difference).toMatchObject({ method: 'restricted-mean', horizon: 100 });
    expect(difference?.estimate.value).toBeCloseTo(-9, 12);
    expect(verdict).toBe('unclear');
  });

  test('a clear gain in lifetime is better', () => {
    const old = [12, 3, 25, 9, 14, 7];
    expect(twoArms(DEATH, old, Array(6).fill(alive(1000)))).toMatchObject({ verdict: 'better' });
    expect(twoArms(DEATH, Array(6).fill(alive(1000)), old)).toMatchObject({ verdict: 'worse' });
  });

  test('no death at all is bounded, not certain: the rule of three', () => {
    const { summary } = twoArms(DEATH, [1, 2], Array(20).fill(alive(500)));
    const survived = summary?.kind === 'survival' ? summary.survived : null;
    expect(survived).toMatchObject({ value: 1, high: 1 });
    expect(survived?.low).toBeCloseTo(0.05 ** (1 / 20), 12);
  });

  test('the number at risk is shown along the curve', () => {
    const lives = [{ value: 10 }, { value: 40 }, { value: 60 }, alive(100)];
    const { summary } = twoArms(DEATH, [1, 1, 1, 1], lives);
    const curve = summary?.kind === 'survival' ? summary.curve : [];
    expect(curve).toEqual([
      { time: 0, survival: 1, atRisk: 4 },
      { time: 25, survival: 0.75, atRisk: 3 },
      { time: 50, survival: 0.5, atRisk: 2 },
      { time: 75, survival: 0.25, atRisk: 1 },
      { time: 100, survival: 0.25, atRisk: 1 },
    ]);
  });

  test('beyond the end of one side’s watch nothing is said', () => {
    // The old one was watched to 50 and lived; that the new one died at 80 decides nothing.
    const { difference, verdict } = twoArms(DEATH, [alive(50), alive(50)], [80, 80]);
    expect(difference).toMatchObject({ horizon: 50, estimate: { value: 0 } });
    expect(verdict).toBe('unclear');
  });

  test('an exact lifetime has no interval', () => {
    const results = [
      run({ variant: 'old', replication: 0, metrics: { kmemleak_death_alloc: 166209 } }),
      run({ variant: 'new', replication: 0, metrics: { kmemleak_death_alloc: alive(166395) } }),
    ];
    const { summary, difference, verdict } = compareOne(DEATH, results);
    expect(difference?.estimate).toEqual({ value: 186, low: 186, high: 186, n: 1, exact: true });
    expect(summary).toMatchObject({ survived: { value: 1, low: 1, exact: true } });
    expect(verdict).toBe('better');
  });
});

describe('the table', () => {
  test('has the baseline first, then the variants as they ran, metric by metric', () => {
    const results = ['b', 'old', 'a'].map((variant) =>
      run({ variant, replication: 0, metrics: { host_failures: 1, kmemleak_alive: 1 } }),
    );
    const rows = compareRuns(results, [FAILURES, ALIVE], 'old');
    expect(rows.map((row) => [row.metric, row.variant, row.verdict])).toEqual([
      ['host_failures', 'old', 'baseline'],
      ['host_failures', 'b', 'same'],
      ['host_failures', 'a', 'same'],
      ['kmemleak_alive', 'old', 'baseline'],
      ['kmemleak_alive', 'b', 'same'],
      ['kmemleak_alive', 'a', 'same'],
    ]);
  });

  test('of no runs is empty; without the baseline it is the user’s mistake', () => {
    expect(compareRuns([], [FAILURES], 'old')).toEqual([]);
    expect(() => compareRuns(runs('olt', 'x', [1]), [FAILURES], 'old')).toThrow(
      "no run of the baseline variant 'old'; did you mean 'olt'?",
    );
  });

  test('refuses one run twice and two loads at once', () => {
    const one = runs('old', 'x', [1]);
    expect(() => compareRuns([...one, ...one], [FAILURES], 'old')).toThrow('one replication');
    const other = one.map((each) => ({ ...each, spec: { ...each.spec, scenario: 'else' } }));
    expect(() => compareRuns([...one, ...other], [FAILURES], 'old')).toThrow('two scenarios');
  });
});

describe('ties', () => {
  test('are variants equal in every run and every metric, order of runs apart', () => {
    const results = [
      ...runs('a', 'x', [1, 2]),
      ...runs('b', 'x', [2, 1]),
      ...runs('c', 'x', [1, 2]).reverse(),
      ...runs('d', 'x', [alive(5), 2]),
      ...runs('e', 'x', [alive(6), 2]),
      ...runs('f', 'x', [alive(5), 2]),
    ];
    expect(tieGroups(results)).toEqual([
      ['a', 'c'],
      ['d', 'f'],
    ]);
  });
});
