import { describe, expect, test } from 'vitest';
import { buildReport } from '../../src/report/build-report.ts';
import mmtests from '../../src/report/formats/mmtests.ts';
import text from '../../src/report/formats/text.ts';
import { SAMPLE_META, SAMPLE_METRICS, sampleReport, sampleRuns } from './sample-report.ts';

// What a table says of its intervals must be what was computed: which runs stood against which.

const SIDES = new Set(['quiet-2011', 'rfc-strict']);

function flat(rendered: string): string {
  return rendered.replace(/\s+/g, ' ');
}

function reportOf(runs: ReturnType<typeof sampleRuns>) {
  return buildReport(
    { ...SAMPLE_META, bounds: [] },
    runs.filter(({ spec }) => SIDES.has(spec.variant)),
    SAMPLE_METRICS,
  );
}

describe('runs of one seed', () => {
  test('are pairs, and the interval is that of the paired difference', () => {
    expect(flat(text.render(sampleReport()))).toContain('8 runs a variant, paired by seed');
    expect(flat(mmtests.render(sampleReport()))).toContain('interval of the paired difference');
  });

  test('without a partner are counted, but not as pairs', () => {
    const runs = sampleRuns().filter(({ spec }) => {
      return spec.variant === 'quiet-2011' || spec.replication < 3;
    });
    const report = reportOf(runs);
    expect(report.rows.map(({ runs, pairs }) => [runs, pairs])).toEqual([
      [8, 8],
      [3, 3],
    ]);
    expect(flat(text.render(report))).toContain('8 and 3 runs, 3 pairs by seed, 95 % intervals');
  });

  test('and of no other number than the baseline has are no pair at all', () => {
    const runs = sampleRuns().filter(({ spec: { variant, replication } }) => {
      return variant === 'quiet-2011' ? replication < 5 : replication > 3;
    });
    expect(flat(text.render(reportOf(runs)))).toContain('5 and 4 runs, 1 pair by seed');
  });
});

describe('runs of different seeds', () => {
  const report = reportOf(
    sampleRuns().map((one) => {
      return one.spec.variant === 'quiet-2011' ? one : { ...one, spec: { ...one.spec, seed: '2' } };
    }),
  );

  test('are called no pairs, in head and foot', () => {
    const [page, mail] = [flat(text.render(report)), flat(mmtests.render(report))];
    for (const rendered of [page, mail]) {
      expect(rendered).toContain('8 runs a variant, not paired: different seeds');
      expect(rendered).not.toMatch(/paired by seed|paired difference|run by run/);
    }
    expect(page).toContain('in the order of the runs, which are no pairs');
    expect(mail).toContain('taken between runs in their order, which are no pairs');
  });
});

test('one run a variant claims no interval', () => {
  const runs = sampleRuns().filter(({ spec }) => spec.replication === 0);
  const mail = flat(mmtests.render(reportOf(runs)));
  expect(mail).toContain('1 run a variant, exact for this seed');
  expect(mail).toContain('*...*: the difference is not zero.');
});

describe('what is neither better nor worse', () => {
  const runs = sampleRuns().map((one) => {
    const host = one.spec.variant === 'rfc-strict' ? 25000 + one.spec.replication : 20000;
    return { ...one, metrics: { ...one.metrics, host_attempts: { value: host } } };
  });
  const keyMetrics = ['host_attempts', 'host_failures'];
  const mail = mmtests.render(buildReport({ ...SAMPLE_META, keyMetrics }, runs, SAMPLE_METRICS));

  test('has the sign of its change and brackets of its own, which are told', () => {
    expect(mail).toMatch(/^host_attempts .* !\+25\.02%! /m);
    expect(mail).toMatch(/^host_attempts .* \[ {2}0\.00%\]$/m);
    expect(mail).not.toMatch(/^host_attempts .*[*(]/m);
    expect(flat(mail)).toContain('no direction is better, the sign is that of the change');
  });

  test('is not told of where every metric has a direction', () => {
    const only = { ...SAMPLE_META, keyMetrics: ['host_failures'] };
    const plain = mmtests.render(buildReport(only, sampleRuns(), SAMPLE_METRICS));
    expect(flat(plain)).not.toContain('no direction');
  });
});
