import { describe, expect, test } from 'vitest';
import { impreciseValues } from '../../src/experiment/precision.ts';
import { isPreciseTo, nextLook } from '../../src/experiment/stats/relative-precision.ts';
import { SteadyState } from '../../src/experiment/steady-state.ts';
import { ALIVE, FAILURES, run, runs } from './sample-runs.ts';

describe('relative precision', () => {
  test('asks for γ / (1 + γ) of the estimate', () => {
    const estimate = (half: number) => ({ value: 110, low: 110 - half, high: 110 + half, n: 10 });
    expect(isPreciseTo(estimate(10), 0.1)).toBe(true);
    expect(isPreciseTo(estimate(10.01), 0.1)).toBe(false);
    expect(isPreciseTo({ value: 0, low: 0, high: 0, n: 5, exact: true }, 0.01)).toBe(true);
    expect(isPreciseTo({ value: 0, low: -1, high: 1, n: 5 }, 0.5)).toBe(false);
  });

  test('looks at 10 runs, and then at half as many again, up to the most', () => {
    const looks = [nextLook(0, 100)];
    while (looks.at(-1)! < 100) looks.push(nextLook(looks.at(-1)!, 100));
    expect(looks).toEqual([10, 15, 23, 35, 53, 80, 100]);
  });

  test('names what is not known well enough; shares by their width', () => {
    const results = [10, 30, 20, 40].flatMap((value, replication) =>
      run({
        ...{ variant: 'a', replication },
        metrics: { host_failures: value, kmemleak_alive: replication === 0 ? 1 : 0 },
      }),
    );
    const ask = (gamma: number) =>
      impreciseValues(results, [FAILURES, ALIVE], { baseline: 'a', gamma });
    expect(ask(0.05)).toEqual(['host_failures of a', 'kmemleak_alive of a']);
    expect(ask(5)).toEqual([]);
    const exact = runs('a', 'host_failures', [7, 7, 7]);
    expect(impreciseValues(exact, [FAILURES], { baseline: 'a', gamma: 0.01 })).toEqual([]);
  });
});

describe('time series', () => {
  const withSeries = (replication: number, values: readonly number[]) => ({
    ...run({ variant: 'a', replication, metrics: {} }),
    series: {
      names: ['ns', 'free'],
      rows: values.length,
      values: Float64Array.from(values.flatMap((value, i) => [i * 10, value])),
    },
  });

  test('lose their warm-up, and what never settles is told', () => {
    const state = new SteadyState();
    const settled = Array.from({ length: 100 }, (_, i) => (i < 20 ? 1000 - 40 * i : 5 + (i % 2)));
    state.add(withSeries(0, settled));
    expect(state.warning).toBeNull();
    const [row] = state.rows();
    expect(row!.slice(0, 6)).toEqual(['sample', 'a', 'free', 1, 200, 1]);
    expect(row![6]).toBeCloseTo(5.5, 1);
    state.add(
      withSeries(
        1,
        Array.from({ length: 100 }, (_, i) => i * i),
      ),
    );
    expect(state.warning).toBe('1 of 2 time series do not settle by MSER-5');
  });
});
