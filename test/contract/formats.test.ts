import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../src/base/catalog-folder.ts';
import { REPORT_FORMATS } from '../../src/cli/output/report-formats.ts';
import type { Format } from '../../src/report/format.ts';
import { overallTables } from '../../src/report/overall-text.ts';
import { type Report, withOverall } from '../../src/report/report.ts';
import { LINE_SCHEMA, LOAD_SCHEMA, REPORT_SCHEMA } from '../../src/report/report-schema.ts';
import { emptyReport, gatesReport, SAMPLE_GATES, sampleReport } from '../report/sample-report.ts';

const catalog = await loadCatalog<Format>(
  'format',
  new URL('../../src/report/formats/', import.meta.url),
);

const LONG = 'x'.repeat(150);
const WIDTHS: Readonly<Record<string, number>> = { text: 80, mmtests: 72 };

/** Names and texts that no layout expects: long, not ASCII, full of markup and commas. */
function hostile(report: Report): Report {
  const rename = (name: string) => (name === 'loops' ? `loops,"é|*_<${LONG}` : name);
  return {
    ...report,
    question: `Wird “das” ${LONG} | gut?\nJa.`,
    warnings: [{ id: 'W010', text: `ünïcode ${LONG}` }],
    gates: SAMPLE_GATES.map((gate) => ({ ...gate, note: `--> ]]> # ::error:: "é" ${LONG}` })),
    rows: report.rows.map((row) => ({
      ...row,
      variant: rename(row.variant),
      results: row.results.map((result) => ({ ...result, variant: rename(result.variant) })),
    })),
  };
}

const SAMPLES: readonly (readonly [string, Report])[] = [
  ['a sample', sampleReport()],
  ['no runs', emptyReport()],
  ['gates alone', gatesReport()],
  ['hostile names', hostile(sampleReport())],
  ['many key metrics', sampleReport({ keyMetrics: sampleReport().metrics.map((m) => m.name) })],
];

/** The last of two loads, with what both say together. */
function together(): Report {
  const names = { metric: 'kmemleak_death_alloc', variant: 'nofail-4.15', baseline: 'quiet-2011' };
  const test = { loads: 2, observed: 3, expected: 8.4051, chiSquare: 12.4953, p: 0.0004 };
  return withOverall([sampleReport()], [{ ...names, ...test }]).at(-1)!;
}

test('the promised formats exist', () => {
  expect(catalog.names()).toEqual([...REPORT_FORMATS].sort());
  expect(catalog.names()).toContain('ktap');
});

describe.each(catalog.all().map((format) => [format.name, format] as const))('%s', (_, format) => {
  test('says what it is and how its files end', () => {
    expect(format.summary.length).toBeGreaterThan(10);
    expect(format.extension).toMatch(/^[a-z]+$/);
  });

  test.each(SAMPLES)('renders %s: same bytes twice, one newline at the end', (_, report) => {
    const once = format.render(report);
    expect(format.render(structuredClone(report))).toBe(once);
    expect(once).toMatch(/[^\n]\n$/);
    expect(once).not.toMatch(/NaN|Infinity|undefined|\[object/);
    expect(once).not.toMatch(/[ \t]$/m);
  });

  test.each(SAMPLES)('keeps its width: %s', (_, report) => {
    const width = WIDTHS[format.name] ?? Number.POSITIVE_INFINITY;
    const tooLong = format
      .render(report)
      .split('\n')
      .filter((line) => line.length > width);
    expect(tooLong).toEqual([]);
  });

  test('names each variant, its value and its verdict', () => {
    // Annotations have room for the verdict alone.
    if (format.name === 'github') return;
    const text = format.render(sampleReport());
    for (const row of sampleReport().rows) expect(text).toContain(row.variant);
    expect(text).toContain('13.5');
  });

  test('names each gate that failed, and by how much', () => {
    const text = format.render(gatesReport());
    expect(text).toContain('fingerprint');
    expect(text.replace(/\s+/g, ' ')).toMatch(/first moved between 1 ms and 2 ms/);
    expect(text).toMatch(/host_failures/);
    expect(text).toMatch(/61\.5|\+62|%2B62/);
  });

  test('writes several loads as one document that holds each', () => {
    const all = format.renderAll([sampleReport(), sampleReport({ name: 'second-load' })]);
    expect(all).toContain('injection');
    expect(all).toContain('second-load');
  });
});

test('mmtests is plain ASCII', () => {
  for (const [, report] of SAMPLES) {
    expect(catalog.get('mmtests').render(report)).toMatch(/^[ -~\n]*$/);
  }
});

test('json is the report itself, with the version of its schema', () => {
  const json = catalog.get('json');
  expect(JSON.parse(json.render(sampleReport()))).toEqual(sampleReport());
  const all = JSON.parse(json.renderAll([sampleReport(), emptyReport()])) as Record<
    string,
    unknown
  >;
  expect(all['schemaVersion']).toBe(1);
  expect(all['loads']).toEqual([sampleReport(), emptyReport()]);
});

describe('the published schema', () => {
  const lines = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  test.each([...SAMPLES, ['several loads', together()] as const])('holds of %s', (_, report) => {
    const [json, ndjson] = [catalog.get('json'), catalog.get('ndjson')];
    LOAD_SCHEMA.parse(JSON.parse(json.render(report)));
    REPORT_SCHEMA.parse(JSON.parse(json.renderAll([sampleReport(), report])));
    for (const line of lines(ndjson.renderAll([sampleReport(), report]))) LINE_SCHEMA.parse(line);
  });

  test('leaves out what only a page draws', () => {
    const report: Report = { ...sampleReport(), courses: [] };
    expect(Object.keys(JSON.parse(catalog.get('json').render(report)))).not.toContain('courses');
    expect(lines(catalog.get('ndjson').render(report))[0]).not.toHaveProperty('courses');
  });

  test('refuses what is not declared, missing or of another kind', () => {
    const load = JSON.parse(catalog.get('json').render(sampleReport())) as Record<string, unknown>;
    expect(LOAD_SCHEMA.safeParse(load).success).toBe(true);
    for (const wrong of [{ more: 1 }, { schemaVersion: 2 }, { rows: 3 }, { seed: undefined }]) {
      expect(LOAD_SCHEMA.safeParse({ ...load, ...wrong }).success).toBe(false);
    }
  });
});

describe('lifetimes over all loads', () => {
  test('stand once, after the last load, in each format that has tables', () => {
    for (const name of ['text', 'markdown', 'html']) {
      const text = catalog.get(name).renderAll([sampleReport(), together()]);
      const flat = text
        .replace(/<[^>]*>|[|\\]/g, ' ')
        .replace(/&lt;/g, '<')
        .replace(/\s+/g, ' ');
      expect(flat.split('log-rank test stratified by load')).toHaveLength(2);
      expect(flat).toContain('nofail-4.15 2 3 8.41 12.5 < 0.001');
    }
    const all = JSON.parse(catalog.get('json').renderAll([sampleReport(), together()])) as Report;
    expect(all.overall).toEqual(together().overall);
    const ndjson = catalog.get('ndjson').renderAll([together()]);
    expect(ndjson).toContain('{"type":"overall","metric":"kmemleak_death_alloc"');
  });

  test('stand there for key metrics alone', () => {
    const { overall = [] } = together();
    const other = overall.map((row) => ({ ...row, metric: 'first_host_failure_alloc' }));
    expect(overallTables({ ...sampleReport(), overall: other })).toEqual([]);
    expect(withOverall([sampleReport()], [])).toEqual([sampleReport()]);
  });

  test('are tested within one load, too', () => {
    const text = catalog.get('text').render(sampleReport()).replace(/\s+/g, ' ');
    expect(text).toMatch(/log-rank test of whole lifetimes: rfc-strict p < 0\.001/);
  });
});

test('junit is well formed, counts its cases, and fails those that failed', () => {
  const xml = catalog.get('junit').renderAll([gatesReport(), hostile(gatesReport())]);
  const tags = [...xml.matchAll(/<(\/?)([a-z-]+)((?: [a-z]+="[^"<>]*")*)(\/?)>/g)];
  const stack: string[] = [];
  for (const [, close, name, , alone] of tags) {
    if (close === '/') expect(stack.pop()).toBe(name);
    else if (alone !== '/') stack.push(name!);
  }
  expect(stack).toEqual([]);
  const rest = xml.replace(/<!-- (?:(?!--).)* -->|<[^<>]*>|&(amp|lt|gt|quot);/g, '');
  expect(rest).not.toMatch(/[<>&]/);
  expect(xml).toContain(
    '<testsuites name="gfpsim" tests="12" failures="4" errors="0" skipped="2">',
  );
  expect(xml.match(/<failure /g)).toHaveLength(4);
});

test('ktap numbers each line, in plain ASCII, with the directive the kernel reads', () => {
  const lines = catalog
    .get('ktap')
    .renderAll([gatesReport(), sampleReport()])
    .trimEnd()
    .split('\n');
  expect(lines.slice(0, 4)).toEqual(['KTAP version 1', '1..2', '  KTAP version 1', '  1..6']);
  expect(lines).toContain('not ok 1 injection');
  expect(lines).toContain('ok 2 injection');
  expect(lines.some((line) => /^ {2}ok 5 stall_ns_p99 of quiet-2011 # SKIP /.test(line))).toBe(
    true,
  );
  for (const line of lines) expect(line).toMatch(/^[ -~]*$/);
  const results = lines.filter((line) => /^ {2}(not )?ok /.test(line));
  for (const line of results) expect(line).toMatch(/^ {2}(not )?ok \d+ [^#]+ # [^#]*$/);
});

describe('github', () => {
  const many = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ ...gatesReport(), name: `l${i}` }));
  const count = (text: string, kind: string) => text.match(new RegExp(`^::${kind} `, 'gm'))?.length;

  test('has no more than ten annotations of a kind, and names what is left', () => {
    const text = catalog.get('github').renderAll(many(30));
    expect([count(text, 'error'), count(text, 'notice')]).toEqual([10, 10]);
    expect(text).toContain('title=21 loads more::l9, l10,');
    expect(count(catalog.get('github').renderAll(many(10)), 'error')).toBe(10);
  });

  test('no text ends an annotation or begins another', () => {
    const lines = catalog.get('github').render(hostile(gatesReport())).trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=[^:,]+::.+$/);
  });

  test('a job summary keeps below 1 MiB, and says what it leaves out', () => {
    const long = { ...sampleReport(), question: 'x'.repeat(100_000) };
    const text = catalog.get('job-summary').renderAll(Array(20).fill(long));
    expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(1024 * 1024);
    expect(text).toMatch(/\d+ of 20 loads are left out/);
  });
});

test('ndjson is one object a line: the load, then variants by metrics', () => {
  const report = sampleReport();
  const lines = catalog.get('ndjson').render(report).trimEnd().split('\n');
  const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types[0]).toBe('load');
  expect(types.slice(1)).toEqual(Array(report.rows.length * report.metrics.length).fill('result'));
});

test('csv has one header for all loads, one line a variant and metric, equal cells a line', () => {
  const report = sampleReport();
  const lines = catalog.get('csv').renderAll([report, report]).trimEnd().split('\n');
  expect(lines.length).toBe(1 + 2 * report.rows.length * report.metrics.length);
  expect(lines.filter((line) => line.startsWith('load,')).length).toBe(1);
  const cells = new Set(lines.map((line) => line.split(',').length));
  expect(cells.size).toBe(1);
});

test('csv quotes and disarms what a spreadsheet would misread', () => {
  for (const name of ['=1+1', '+1', '-1', '@sum']) {
    const report = { ...sampleReport(), name, kernel: 'a,"b"' };
    const line = catalog.get('csv').render(report).split('\n')[1];
    expect(line?.startsWith(`'${name},"a,""b""",quiet-2011,`)).toBe(true);
  }
});

test('markdown escapes what would be markup, and leaves names readable', () => {
  const question = 'Does `a|b` <i>die</i> with *all* of __GFP_NOFAIL?';
  const lines = catalog
    .get('markdown')
    .render({ ...sampleReport(), question })
    .split('\n');
  expect(lines[2]).toBe('**Does \\`a\\|b\\` \\<i>die\\</i> with \\*all\\* of \\_\\_GFP_NOFAIL?**');
});

describe('text', () => {
  const text = catalog.get('text').render(sampleReport());
  const lines = text.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '));

  test('shows all variants at a glance, ties and livelocks noted', () => {
    expect(lines).toContain('quiet-2011  0/8  13.5 (8/8)  978.8');
    expect(lines).toContain('rfc-nowait  0/8 =  13.5 (8/8) =  978.8 =  = quiet-2011');
    expect(lines).toContain('loops  8/8 +  >512 (0/8) +  978.8 =  livelock 8/8');
  });

  test('gives value, paired difference with interval and verdict, the baseline first', () => {
    const start = lines.indexOf('variant  value  difference  verdict');
    expect(lines.slice(start + 1, start + 4)).toEqual([
      'quiet-2011  0/8 = 0.00 [0.00, 0.32]  baseline',
      'rfc-strict  1/8 = 0.13 [0.02, 0.47]  +0.13 [-0.22, +0.47]  unclear',
      'nofail-4.15  8/8 = 1.00 [0.68, 1.00]  +1.00 [+0.54, +1.00]  better',
    ]);
  });

  test('says from how many runs a value comes where that is not all', () => {
    expect(lines).toContain('rfc-strict  1.07 ms (n=1)  no data');
  });

  test('folds what all variants agree on into a line', () => {
    const asked = sampleReport({ keyMetrics: ['kmemleak_alive', 'host_attempts'] });
    const folded = catalog.get('text').render(asked);
    expect(folded).toContain('the same in every run of all variants: host_attempts 20000');
    expect(folded.match(/host_attempts/g)).toHaveLength(1);
  });

  test('calls deaths deaths, and other events not', () => {
    const report = sampleReport();
    const renamed = report.metrics.map((metric) => {
      const name =
        metric.name === 'kmemleak_death_alloc' ? 'first_host_failure_alloc' : metric.name;
      return { ...metric, name };
    });
    const other = catalog.get('text').render({ ...report, metrics: renamed });
    expect(other).toContain('8/8 met, median 13.5 [9, 18]');
    expect(other).toContain('0/8 met; spared 1.00 [0.69, 1.00]');
  });

  test('shows deaths as survival, with the runs at risk', () => {
    expect(lines).toContain('quiet-2011  8/8 died, median 13.5 [9, 18]');
    expect(lines).toContain('nofail-4.15  0/8 died; alive 1.00 [0.69, 1.00]');
    expect(lines).toContain('nofail-4.15  +19986 [+19983, +19989]  better');
    expect(text).toContain('quiet-2011 8/8/7/3/1');
  });
});

test('mmtests gives positive numbers to what is better, whatever the direction', () => {
  const lines = catalog.get('mmtests').render(sampleReport()).split('\n');
  const failures = lines.filter((line) => line.startsWith('host_failures'));
  expect(failures.at(-1)).toMatch(/ 978\.8 .* 976\.8 \* {2}0\.20%\*$/);
  expect(lines.filter((line) => line.startsWith('kmemleak_alive'))[0]).toContain('8/8 * +100pp*');
});
