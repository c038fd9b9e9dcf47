import { describe, expect, it } from 'vitest';
import { brokenExpectations } from '../../src/experiment/expectations.ts';
import type { MetricValue } from '../../src/experiment/run-result.ts';
import { load, SMALL } from '../scenario/sample-scenarios.ts';

const result = (replication: number, metrics: Record<string, MetricValue>) => ({
  spec: { scenario: 's', variant: 'untracked', replication, seed: '1' },
  metrics,
  events: 0,
  simulatedNs: 0,
  fingerprint: '',
  end: 'finished',
});

const broken = (limits: string, ...values: readonly MetricValue[]) => {
  const text = `${SMALL}expect: [{ metric: kmemleak_death_alloc, variant: untracked, ${limits}, why: w }]\n`;
  const results = values.map((value, index) => result(index, { kmemleak_death_alloc: value }));
  return brokenExpectations(load(text).scenario, results).map(({ replication }) => replication);
};

describe('brokenExpectations', () => {
  it('holds every run against the limits, which themselves are allowed', () => {
    const values = [9, 10, 15, 20, 21].map((value) => ({ value }));
    expect(broken('min: 10, max: 20', ...values)).toEqual([0, 4]);
    expect(broken('min: 10', ...values)).toEqual([0]);
    expect(broken('max: 20', ...values)).toEqual([4]);
  });

  it('takes a death that has not come as later than any limit', () => {
    const alive = { value: null, censoredAt: 5 };
    expect(broken('min: 10', alive)).toEqual([]);
    expect(broken('max: 10', alive)).toEqual([0]);
  });

  it('is not met by a value that does not exist', () => {
    expect(broken('min: 10', { value: null })).toEqual([0]);
  });

  it('needs runs', () => {
    expect(() => broken('min: 10')).toThrow("no run of 'untracked'");
  });
});
