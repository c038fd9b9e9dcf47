import { describe, expect, test } from 'vitest';
import { type Gate, judgeGates } from '../../src/experiment/gates.ts';
import { parseThreshold } from '../../src/experiment/threshold.ts';
import { ALIVE, alive, DEATH, FAILURES, runs } from './sample-runs.ts';

const METRICS = [FAILURES, ALIVE, DEATH];

type Values = Parameters<typeof runs>[2];

/** One case of one metric under several thresholds. */
function gatesOf(metric: string, before: Values, now: Values, ...texts: string[]): Gate[] {
  const thresholds = texts.map((text) => parseThreshold(text, METRICS));
  const pair = { now: runs('v', metric, now), before: runs('v', metric, before) };
  return judgeGates([[{ scenario: 's', variant: 'v', ...pair }, thresholds]]);
}

const verdicts = (...args: Parameters<typeof gatesOf>) =>
  gatesOf(...args).map(({ verdict }) => verdict);

/** About 100, with a spread of some 2. */
const STEADY = [98, 101, 99, 102, 100, 97, 103, 100, 99, 101];
const more = (percent: number) =>
  STEADY.map((value, i) => value * (1 + percent / 100) + (i % 3) - 1);

describe('a change', () => {
  test('fails only where the whole interval is beyond the limit', () => {
    const limits = [
      'host_failures:0',
      'host_failures:+3%',
      'host_failures:+5%',
      'host_failures:+8%',
    ];
    expect(verdicts('host_failures', STEADY, more(5), limits[0]!)).toEqual(['failed']);
    expect(verdicts('host_failures', STEADY, more(5), limits[1]!)).toEqual(['failed']);
    expect(verdicts('host_failures', STEADY, more(5.3), limits[2]!)).toEqual(['unclear']);
    expect(verdicts('host_failures', STEADY, more(5), limits[3]!)).toEqual(['within']);
  });

  test('on the good side is no regression, however large', () => {
    expect(verdicts('host_failures', STEADY, more(-50), 'host_failures:0')).toEqual(['within']);
    expect(verdicts('host_failures', STEADY, more(-50), 'host_failures:-5')).toEqual(['failed']);
  });

  test('to either side: shown to be the same, or not', () => {
    const near = STEADY.map((value, i) => value + (i % 2 === 0 ? 0.1 : -0.1));
    expect(verdicts('host_failures', STEADY, near, 'host_failures:~2%')).toEqual(['within']);
    expect(verdicts('host_failures', STEADY, more(9), 'host_failures:~2%')).toEqual(['failed']);
    expect(verdicts('host_failures', STEADY, more(-9), 'host_failures:~2%')).toEqual(['failed']);
  });

  test('from zero is caught, where a percentage would be none', () => {
    const zeros = STEADY.map(() => 0);
    expect(verdicts('host_failures', zeros, STEADY, 'host_failures:+5%')).toEqual(['failed']);
  });

  test('of runs that are alike in every pair is exact, and passes as it is', () => {
    const [gate] = gatesOf('host_failures', STEADY, STEADY, 'host_failures:0');
    expect(gate).toMatchObject({ verdict: 'passed', before: 100, estimate: { exact: true } });
    expect(gate).not.toHaveProperty('p');
    const one = STEADY.map((value) => value + 1);
    expect(verdicts('host_failures', STEADY, one, 'host_failures:0')).toEqual(['failed']);
  });

  test('of lifetimes counts the survivors', () => {
    const dying = STEADY.map((value, i) => (i % 2 === 0 ? value : alive(5000)));
    const living = STEADY.map((_, i) => (i === 0 ? 90 : alive(5000)));
    expect(verdicts('kmemleak_death_alloc', living, dying, 'kmemleak_death_alloc:0')).not.toEqual([
      'passed',
    ]);
    const all = STEADY.map((value) => value);
    expect(verdicts('kmemleak_death_alloc', living, all, 'kmemleak_death_alloc:-50%')).toEqual([
      'failed',
    ]);
  });

  test('without a pair that has values has no data', () => {
    const none = STEADY.map(() => null);
    expect(verdicts('host_failures', none, STEADY, 'host_failures:0')).toEqual(['no data']);
  });
});

describe('an absolute limit', () => {
  test('of a mean needs the interval, of an extreme every run', () => {
    const texts = ['host_failures<90', 'host_failures<99.9', 'host_failures<120'];
    expect(verdicts('host_failures', STEADY, STEADY, ...texts)).toEqual([
      'failed',
      'unclear',
      'within',
    ]);
    expect(verdicts('host_failures', STEADY, STEADY, 'host_failures.max<103')).toEqual(['failed']);
    expect(verdicts('host_failures', STEADY, STEADY, 'host_failures.max<=103')).toEqual(['passed']);
    expect(verdicts('host_failures', STEADY, STEADY, 'host_failures.min>97')).toEqual(['failed']);
  });

  test('of a quantile that ten runs cannot bound is unclear, not failed', () => {
    expect(verdicts('host_failures', STEADY, STEADY, 'host_failures.p99<102.5')).toEqual([
      'unclear',
    ]);
    expect(verdicts('host_failures', STEADY, STEADY, 'host_failures.median<97.5')).toEqual([
      'failed',
    ]);
  });

  test('holds one variant where it names one', () => {
    expect(verdicts('host_failures', STEADY, STEADY, 'host_failures@other<1')).toEqual([]);
    expect(verdicts('host_failures', STEADY, STEADY, 'host_failures@v<1')).toEqual(['failed']);
  });
});

describe('a family', () => {
  test('of many gates asks more of each', () => {
    // p of this change alone is between 1 and 5 in a hundred.
    const now = STEADY.map((value, i) => value + [2, -1, 1, 0, 1.5, -0.5, 2, 1, -1, 1.5][i]!);
    const [alone] = gatesOf('host_failures', STEADY, now, 'host_failures:0');
    expect(alone!.verdict).toBe('unclear');
    const shifted = now.map((value) => value + 0.35);
    const [lonely] = gatesOf('host_failures', STEADY, shifted, 'host_failures:0');
    expect(lonely!.verdict).toBe('failed');
    const crowd = Array<string>(12).fill('host_failures:0');
    for (const gate of gatesOf('host_failures', STEADY, shifted, ...crowd)) {
      expect(gate.verdict).toBe('unclear');
      expect(gate.p).toBeCloseTo(12 * lonely!.p!, 10);
    }
  });

  /** A generator of its own, so that the tested code is not its own judge. */
  function lehmer(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
  }

  test('of unchanged code has a false alarm in no more than one check of twenty', () => {
    const uniform = lehmer(20181120);
    const value = () => Math.round(1000 * (uniform() + uniform() + uniform() + uniform()));
    const thresholds = ['host_failures:~0', 'kmemleak_alive:~0', 'kmemleak_death_alloc:~0'];
    const parsed = thresholds.map((text) => parseThreshold(text, METRICS));
    const arm = () => {
      const counts = runs('v', 'host_failures', Array.from({ length: 12 }, value));
      return counts.map((run) => {
        const dies = value() < 2000;
        const more = {
          kmemleak_alive: { value: dies ? 0 : 1 },
          kmemleak_death_alloc: dies ? { value: value() } : alive(4000),
        };
        return { ...run, metrics: { ...run.metrics, ...more } };
      });
    };
    let alarms = 0;
    const checks = 1000;
    for (let i = 0; i < checks; i++) {
      const pair = { scenario: 's', variant: 'v', now: arm(), before: arm() };
      const gates = judgeGates([[pair, parsed]]);
      if (gates.some(({ verdict }) => verdict === 'failed')) alarms++;
    }
    // Three gates, of which two are of the same lives: not far below, never above.
    expect(alarms / checks).toBeLessThan(0.05 + 0.014);
    expect(alarms / checks).toBeGreaterThan(0.015);
  });

  test('finds a planted change of 5 % as often as the power says', () => {
    const uniform = lehmer(42);
    const noise = () => 100 * (1 + 0.1 * (uniform() + uniform() + uniform() + uniform() - 2));
    const threshold = [parseThreshold('host_failures:0', METRICS)];
    let found = 0;
    const checks = 500;
    for (let i = 0; i < checks; i++) {
      // Pairs that share nothing: sd of a difference 8.16, of its mean over 20 pairs 1.83.
      const before = runs('v', 'host_failures', Array.from({ length: 20 }, noise));
      const now = runs(
        'v',
        'host_failures',
        Array.from({ length: 20 }, () => noise() + 5),
      );
      const [gate] = judgeGates([[{ scenario: 's', variant: 'v', now, before }, threshold]]);
      if (gate!.verdict === 'failed') found++;
    }
    // Noncentral t, 19 degrees, noncentrality 2.739: power 0.745 at two-sided 5 %.
    expect(Math.abs(found / checks - 0.745)).toBeLessThan(0.06);
  });
});
