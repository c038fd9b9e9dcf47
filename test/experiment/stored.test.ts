import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvRows } from '../../src/experiment/csv-rows.ts';
import { departure, isDrift, movesBetween } from '../../src/experiment/drift.ts';
import { decodeRun, encodeRun } from '../../src/experiment/run-file.ts';
import { RunTable, valueIn } from '../../src/experiment/run-table.ts';
import { sideBySide } from '../../src/experiment/side-by-side.ts';
import type { StoredRun } from '../../src/experiment/stored-results.ts';
import type { RunTrace } from '../../src/experiment/trace-run.ts';
import { alive, run } from './sample-runs.ts';

describe('a stored run', () => {
  const result = run({
    variant: 'v',
    replication: 3,
    metrics: { a: 1.1, b: null, c: alive(7), d: 0.1 + 0.2 },
  });
  const series = { names: ['ns', 'free'], rows: 2, values: Float64Array.of(0, 5, 10, 1 / 3) };

  test('comes back as it was, to the last digit', () => {
    expect(decodeRun(encodeRun('id', result), 'id', result.spec)).toEqual(result);
    const long = { ...result, series };
    expect(decodeRun(encodeRun('id', long), 'id', result.spec)).toEqual(long);
  });

  test('is not taken when any byte of it is another one, or missing', () => {
    const text = encodeRun('id', result);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(94), (at, code) => {
        const char = String.fromCharCode(32 + code);
        fc.pre(text[at] !== char);
        const changed = text.slice(0, at) + char + text.slice(at + 1);
        expect(decodeRun(changed, 'id', result.spec)).toBeNull();
        expect(decodeRun(text.slice(0, at), 'id', result.spec)).toBeNull();
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test('has the same bytes, whichever of the variants that run alike was first', () => {
    const spec = { ...result.spec, variant: 'w' };
    const other = { ...result, spec };
    expect(encodeRun('id', other)).toBe(encodeRun('id', result));
    expect(decodeRun(encodeRun('id', result), 'id', spec)).toEqual(other);
  });

  test('is not taken for another one, whose file it lies in', () => {
    expect(decodeRun(encodeRun('id', result), 'other', result.spec)).toBeNull();
  });
});

test('runs in a table read like the runs that were put in', () => {
  const table = new RunTable();
  const made = Array.from({ length: 2100 }, (_, replication) =>
    run({
      ...{ variant: 'v', replication },
      metrics: {
        ...{ a: replication / 3, b: null, c: replication % 2 === 0 ? alive(replication) : 5 },
        ...{ d: replication < 1024 ? 7 : replication % 1000, e: 9, f: alive(3) },
      },
    }),
  );
  const rows = made.map((one) => table.add(one));
  for (const at of [0, 1, 1023, 1024, 2047, 2048, 2099]) {
    expect(rows[at]!.metrics).toEqual(made[at]!.metrics);
    expect(rows[at]!.spec).toEqual(made[at]!.spec);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'none']) {
      expect(valueIn(rows[at]!, name)).toEqual(valueIn(made[at]!, name));
    }
  }
});

test('CSV is read as it is written', () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom('a,b', 'say "no"', 'two\nlines', '', '"', 'é\r\n'),
  );
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 });
  fc.assert(
    fc.property(table, (rows) => {
      expect([...csvRows(stringify(rows))]).toEqual(rows);
    }),
    { seed: 6, numRuns: 300 },
  );
});

describe('drift', () => {
  const before: RunTrace = {
    ...{ scenario: 's', variant: 'v', replication: 0, periodNs: 100 },
    fingerprints: ['a', 'b', 'c', 'd'],
    metrics: { steady: [5], rising: [0, 1, 2, 3], late: [null, null, null, 9] },
  };

  test('is where the first metric moved, and by when the events had', () => {
    const now = {
      fingerprints: ['a', 'x', 'y', 'z'],
      metrics: { steady: [5], rising: [0, 1, 4, 4], late: [null, null, null, 8] },
    };
    expect(departure(now, before)).toEqual({
      ...{ eventsNs: 200, sinceNs: 200, untilNs: 300 },
      moves: [{ metric: 'rising', before: 2, now: 4 }],
    });
  });

  test('may be of the order of events alone', () => {
    const now = { ...before, fingerprints: ['a', 'b', 'c', 'e'] };
    expect(departure(now, before)).toMatchObject({ eventsNs: 400, moves: [] });
    expect(departure(before, before)).toBeNull();
  });

  test('is seen when a run ends sooner or later', () => {
    const { metrics } = before;
    const now = { metrics, fingerprints: before.fingerprints.slice(0, 3) };
    expect(departure(now, before)).toMatchObject({ eventsNs: 400, moves: [] });
  });

  test('is also a metric that reads the same events otherwise', () => {
    const one = run({ variant: 'v', replication: 0, metrics: { a: 1, b: alive(5) } });
    const two = run({ variant: 'v', replication: 0, metrics: { a: 2, b: alive(6) } });
    expect(isDrift(one, structuredClone(one))).toBe(false);
    expect(isDrift(two, one)).toBe(true);
    expect(movesBetween(two, one).map(({ metric }) => metric)).toEqual(['a', 'b']);
  });
});

describe('side by side', () => {
  const stored = (label: string, variants: readonly string[], seed = '1') => ({
    label,
    stored: {
      folder: label,
      heads: [
        {
          ...{ name: 'sample', question: '?', kernel: '6.1', load: 'some', baseline: 'a' },
          ...{ variants, bounds: [], warnings: [], replications: 1, seed },
        },
      ],
      runs: variants.map((variant): StoredRun => {
        const one = run({ variant, replication: 0, metrics: { m: 1 } });
        return { ...one, id: variant, spec: { ...one.spec, seed } };
      }),
    },
  });

  test('the sides take the place of variants, the first being the baseline', () => {
    const { loads, left } = sideBySide([stored('old', ['a', 'b']), stored('new', ['b', 'c'])]);
    expect(loads.map(({ head }) => [head.name, head.baseline])).toEqual([['sample/b', 'old']]);
    expect(loads[0]!.results.map(({ spec }) => spec.variant)).toEqual(['old', 'new']);
    expect(left).toEqual(['sample a: not in new', 'sample c: not in old']);
  });

  test('with nothing in common are no comparison', () => {
    const sides = [stored('old', ['a', 'b']), stored('new', ['c'])];
    expect(() => sideBySide(sides)).toThrow(
      'no load is on every side: old has sample a, sample b; new has sample c',
    );
  });

  test('other seeds are no pairs, and that is said', () => {
    const { loads } = sideBySide([stored('old', ['a']), stored('new', ['a'], '2')]);
    expect(loads[0]!.head).toMatchObject({ seed: '1, 2', warnings: [{ id: 'W017' }] });
  });
});
