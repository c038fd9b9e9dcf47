import { describe, expect, test } from 'vitest';
import { buildReport } from '../../src/report/build-report.ts';
import { ALIVE, alive, DEATH, FAILURES, run, runs } from '../experiment/sample-runs.ts';
import {
  emptyReport,
  SAMPLE_META,
  SAMPLE_METRICS,
  sampleReport,
  sampleRuns,
} from './sample-report.ts';

describe('a report', () => {
  const report = sampleReport();

  test('has the baseline first, whatever ran first', () => {
    expect(report.rows.map((row) => row.variant)).toEqual([
      'quiet-2011',
      'rfc-strict',
      'rfc-nowait',
      'nofail-4.15',
      'knob-task',
      'loops',
      'untracked',
    ]);
  });

  test('keeps every row in step with its metrics', () => {
    const names = report.metrics.map((metric) => metric.name);
    for (const row of report.rows) {
      expect(row.results.map((result) => result.metric)).toEqual(names);
      expect(row.results.every((result) => result.variant === row.variant)).toBe(true);
    }
  });

  test('marks ties, their first row as the one that stands for them', () => {
    expect(report.ties).toEqual([
      ['quiet-2011', 'rfc-nowait'],
      ['nofail-4.15', 'knob-task'],
    ]);
    const tied = report.rows.filter((row) => row.tiedWith !== null);
    expect(tied.map((row) => [row.variant, row.tiedWith])).toEqual([
      ['rfc-nowait', 'quiet-2011'],
      ['knob-task', 'nofail-4.15'],
    ]);
  });

  test('answers first: who lives, who sometimes does, who hangs, and at what cost', () => {
    expect(report.headline).toEqual([
      '2 of 6 proposals keep kmemleak alive in every run: nofail-4.15, knob-task.',
      'Alive in some runs: rfc-strict (1/8).',
      'In a livelock: loops (8/8).',
      'At no cost seen: nofail-4.15, knob-task.',
    ]);
  });

  test('shows at once what tells variants apart, leaving out what does not', () => {
    const key = report.metrics.filter((metric) => metric.key).map((metric) => metric.name);
    expect(key).toEqual([
      'kmemleak_alive',
      'kmemleak_death_alloc',
      'host_failures',
      'stall_ns_p99',
    ]);
    expect(report.metrics.slice(key.length).map((metric) => metric.name)).toEqual([
      'metadata_bytes_max',
      'host_attempts',
    ]);
  });

  test('shows what the scenario asks for, in its order, and says what has no value', () => {
    const asked = sampleReport({ keyMetrics: ['host_attempts', 'pswpin', 'host_failures'] });
    const key = asked.metrics.filter((metric) => metric.key).map((metric) => metric.name);
    expect(key).toEqual(['host_attempts', 'host_failures']);
    const text = 'pswpin has no value in any run of this load';
    expect(asked.warnings).toContainEqual({ id: 'W010', text });
  });

  test('warns of runs that did not end as they should', () => {
    const text = 'loops: 8 of 8 runs ended in a livelock: a request that never ends';
    expect(report.warnings).toEqual([{ id: 'W014', text }]);
  });

  test('warns that counts of metadata end with kmemleak, where lives differ', () => {
    const asked = { keyMetrics: ['kmemleak_alive', 'metadata_bytes_max'] };
    expect(sampleReport(asked).warnings[0]!.text).toContain('counts while kmemleak lives');
    const twins = sampleRuns().filter(({ spec }) => {
      return spec.variant === 'quiet-2011' || spec.variant === 'rfc-nowait';
    });
    const report = buildReport({ ...SAMPLE_META, ...asked }, twins, SAMPLE_METRICS);
    expect(report.warnings).toEqual([]);
  });

  test('warns of runs without a partner', () => {
    const some = sampleRuns().filter(({ spec }) => {
      return spec.variant !== 'knob-task' || spec.replication < 5;
    });
    const { warnings } = buildReport(SAMPLE_META, some, [ALIVE]);
    const text = 'knob-task: 5 runs against 8; only pairs enter the differences';
    expect(warnings).toContainEqual({ id: 'W015', text });
  });

  test('is plain data', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

test('a metric of the standing list in which all agree is not shown at once', () => {
  const same = ['quiet-2011', 'b'].flatMap((variant) => runs(variant, 'host_failures', [5, 6]));
  const [metric] = buildReport(SAMPLE_META, same, [FAILURES]).metrics;
  expect(metric).toMatchObject({ name: 'host_failures', key: false });
});

test('a report of no runs says so', () => {
  expect(emptyReport()).toMatchObject({ headline: ['No runs.'], rows: [], metrics: [] });
});

describe('what may be said of chance', () => {
  const make = (variant: string, replication: number, fingerprint: string) =>
    run({ variant, replication, fingerprint, metrics: { kmemleak_alive: 1 } });
  const sampling = (...results: ReturnType<typeof run>[]) =>
    buildReport({ ...SAMPLE_META, baseline: 'a' }, results, [ALIVE]).sampling;

  test('depends on how many runs there are and whether they differ', () => {
    expect(sampling(make('a', 0, 'x'), make('b', 0, 'y'))).toBe('one-run');
    expect(sampling(make('a', 0, 'x'), make('a', 1, 'x'))).toBe('all-alike');
    expect(sampling(make('a', 0, 'x'), make('a', 1, 'y'))).toBe('sampled');
  });
});

test('a cost of staying alive is named', () => {
  const make = (variant: string, isAlive: number, failures: number) =>
    run({
      variant,
      replication: 0,
      metrics: {
        kmemleak_alive: isAlive,
        host_failures: failures,
        kmemleak_death_alloc: isAlive === 1 ? alive(900) : 12,
      },
    });
  const results = [make('old', 0, 3), make('greedy', 1, 9), make('never-fails', 1, 3)];
  const meta = { ...SAMPLE_META, baseline: 'old', replications: 1, bounds: ['never-fails'] };
  expect(buildReport(meta, results, [ALIVE, FAILURES, DEATH]).headline).toEqual([
    '1 of 2 proposals keeps kmemleak alive: greedy.',
    'At the cost of host_failures: greedy.',
  ]);
});
