import { describe, expect, it } from 'vitest';
import { planRuns } from '../../src/experiment/plan.ts';
import { Runner } from '../../src/experiment/run.ts';
import { catalogs, load, SMALL } from '../scenario/sample-scenarios.ts';

const CHURN = SMALL.replace('workload: drain', 'workload: churn').replace(
  '{ size: 256, gfp: GFP_ATOMIC }',
  '{ attempts: 300 }',
);
const FAULTS = 'fault: { failslab: { probability: 10, times: -1, ignore-gfp-wait: N } }\n';
const scenario = load(
  `${CHURN}${FAULTS}replications: 3\nvariants: [quiet-2011, untracked]\n`,
).scenario;
const runs = [...planRuns([scenario], catalogs)];
const results = () => {
  const runner = new Runner([scenario], catalogs);
  return runs.map(({ spec }) => runner.run(spec));
};

describe('Runner', () => {
  it('gives the same results in any order', () => {
    const forward = results();
    const runner = new Runner([scenario], catalogs);
    const backward = [...runs].reverse().map(({ spec }) => runner.run(spec));
    expect(backward.reverse()).toEqual(forward);
  });

  it('reads every metric, and says how far a run came where a death did not', () => {
    for (const { metrics, spec } of results()) {
      expect(Object.keys(metrics)).toEqual(catalogs.metrics.names());
      const death = metrics['kmemleak_death_alloc']!;
      if (spec.variant === 'untracked') expect(death.censoredAt).toBe(300);
      expect(death.value === null).toBe(death.censoredAt !== undefined);
    }
  });

  it('meets variants with the same load and the same coins', () => {
    const attempts = results().map(({ metrics }) => metrics['injected_host']!.value);
    expect(attempts.slice(0, 3)).toEqual(attempts.slice(3));
    expect(new Set(attempts).size).toBeGreaterThan(1);
  });

  it('knows only the scenarios of its plan', () => {
    const runner = new Runner([], catalogs);
    expect(() => runner.run(runs[0]!.spec)).toThrow("no scenario 's'");
  });
});
