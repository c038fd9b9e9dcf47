import { describe, expect, test } from 'vitest';
import type { Claim } from '../../src/experiment/claims.ts';
import type { MetricDeclaration } from '../../src/experiment/compare.ts';
import { buildReport } from '../../src/report/build-report.ts';
import { figureGroups } from '../../src/report/figure-set.ts';
import { aliveFigure, type Figure, isAbsent, loadFigures } from '../../src/report/figures.ts';
import { GALLERY_MARK, galleryPage } from '../../src/report/gallery.ts';
import { barPlot } from '../../src/report/plot/bar-plot.ts';
import { claimPlot } from '../../src/report/plot/claim-plot.ts';
import { stallPlot } from '../../src/report/plot/stall-plot.ts';
import { standalone } from '../../src/report/plot/svg.ts';
import type { Report } from '../../src/report/report.ts';
import { run } from '../experiment/sample-runs.ts';
import { SAMPLE_META, sampleReport } from './sample-report.ts';

const NAMES = [
  ...['stall_ns_p50', 'stall_ns_p99', 'stall_ns_max'],
  ...['metadata_stall_ns_p50', 'metadata_stall_ns_p99', 'metadata_stall_ns_max'],
  ...['reserve_depth', 'injected_host', 'injected_metadata'],
];
const METRICS = NAMES.map((name): MetricDeclaration => {
  return { name, summary: name, unit: 'count', better: 'lower', kind: 'exact' };
});

function reportWith(metrics: Readonly<Record<string, number | null>>): Report {
  const zero = Object.fromEntries(NAMES.map((name) => [name, name.includes('stall') ? null : 0]));
  const results = [
    run({ variant: 'quiet-2011', replication: 0, metrics: zero }),
    run({ variant: 'b', replication: 0, fingerprint: 'b', metrics: { ...zero, ...metrics } }),
  ];
  return buildReport({ ...SAMPLE_META, replications: 1 }, results, METRICS);
}

describe('figures of a load', () => {
  test('that would show nothing are a sentence each', () => {
    const figures = loadFigures(reportWith({}));
    expect(figures.map((one) => (isAbsent(one) ? one.because : one.id))).toEqual([
      'Nobody had to wait for memory in any run.',
      'Free memory never fell below the min watermark in any run.',
      'No fault was injected in any run.',
    ]);
  });

  test('draw the free pages of each machine against its own marks', () => {
    const names = ['ns', 'free_dma32'];
    const series = { names, rows: 2, values: Float64Array.of(0, 900, 50, 300) };
    const courseOf = (variant: string, min: number) => {
      const marks = { min, low: min + 10, high: min + 20 };
      return { variant, series, marks, endNs: 100, deathNs: null };
    };
    const report = reportWith({});
    const small = [courseOf('a', 100), courseOf('b', 100)];
    const one = loadFigures({ ...report, courses: small }).filter((each) => !isAbsent(each));
    expect(one.map(({ heading }) => heading)).toEqual(['Free pages over time']);
    const both = loadFigures({ ...report, courses: [...small, courseOf('c', 200)] });
    const drawn = both.filter((each): each is Figure => !isAbsent(each));
    expect(drawn.map(({ heading }) => heading)).toEqual([
      'Free pages over time, where the marks are min 100, low 110, high 120',
      'Free pages over time, where the marks are min 200, low 210, high 220',
    ]);
    expect(drawn.map(({ table }) => table.rows.map(([variant]) => variant))).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
    expect(drawn[1]!.svg).toContain('min 200, low 210, high 220');
  });

  test('have their numbers in a table and in words', () => {
    const stalls = { stall_ns_p50: 1000, stall_ns_p99: 20_000, stall_ns_max: 3_000_000 };
    const faults = { injected_host: 8, injected_metadata: 2 };
    const [stall, depth, fault] = loadFigures(
      reportWith({ ...stalls, ...faults, reserve_depth: 0.6224 }),
    );
    if (stall === undefined || isAbsent(stall)) throw new Error('no stalls');
    if (depth === undefined || isAbsent(depth)) throw new Error('no depth');
    if (fault === undefined || isAbsent(fault)) throw new Error('no faults');
    expect(stall.table.rows[1]).toEqual(['b', '1 us', '20 us', '3 ms', '-', '-', '-']);
    expect(stall.svg).toContain('<desc>quiet-2011: longest -, for metadata -; b: longest 3 ms');
    expect(depth.table.rows).toEqual([
      ['quiet-2011', '0 %'],
      ['b', '62.2 %'],
    ]);
    expect(fault.table.rows[1]).toEqual(['b', '8', '2']);
    expect(fault.svg).toContain('<desc>quiet-2011: 0 + 0; b: 8 + 2</desc>');
  });

  test('who lived: the best first, a livelock told', () => {
    const figure = aliveFigure([sampleReport()])!;
    const rows = figure.table.rows.map((row) => row.join(' '));
    expect(rows.slice(0, 3)).toEqual(['nofail-4.15 8/8', 'knob-task 8/8', 'rfc-strict 1/8']);
    expect(rows).toContain('loops stuck');
    expect(rows.at(-1)).toBe('untracked 8/8');
    expect(figure.svg).toContain('for scale, not proposals:');
  });

  test('who lived has no place for many loads', () => {
    const many = Array.from({ length: 9 }, (_, i) => sampleReport({ name: `load-${i}` }));
    expect(aliveFigure(many.slice(0, 8))).not.toBeNull();
    expect(aliveFigure(many)).toBeNull();
  });
});

describe('a bar plot', () => {
  const tick = (value: number) => `${value}`;

  test('puts parts behind each other, the second hatched', () => {
    const bars = [{ variant: 'a', parts: [30, 10], text: '30 + 10' }];
    const { children } = barPlot({ bars, parts: ['callers', 'metadata'], end: 40, tick });
    const svg = children.join('');
    // 400 px for 40, from 150 on.
    expect(svg).toContain('<rect x="150" y="31" width="300" height="14" fill="#0072b2"/>');
    expect(svg).toContain('<rect x="450" y="31" width="100" height="14" fill="#d55e00" fill-op');
    expect(svg.match(/M[\d.]+,31\.00v14/g)).toHaveLength(20);
    expect(svg).toContain('>metadata</text>');
  });

  test('draws no part of length 0, and no legend for a single one', () => {
    const bars = [{ variant: 'a', parts: [0], text: '0' }];
    const svg = barPlot({ bars, parts: ['x'], end: 1, tick }).children.join('');
    expect(svg).not.toContain('<rect');
    expect(svg).not.toContain('>x<');
  });
});

describe('a stall plot', () => {
  const stalls = { p50: 1000, p99: 10_000, max: 1e7 };

  test('has a step for each tenfold, on a scale from the first power of ten to the last', () => {
    const rows = [{ variant: 'a', callers: stalls, metadata: null }];
    const svg = stallPlot(rows).children.join('');
    // 460 px for four decades from 1 us on.
    expect(svg).toContain('<line x1="150" x2="610" y1="41" y2="41" stroke="#0072b2"');
    expect(svg).toContain('<circle cx="150" cy="41" r="4" fill="#0072b2"/>');
    expect(svg).toContain('<rect x="261.5"');
    for (const tick of ['1 us', '10 us', '100 us', '1 ms', '10 ms']) {
      expect(svg).toContain(`>${tick}</text>`);
    }
    expect(svg).not.toContain('>2 us</text>');
  });

  test('has finer steps where there are few', () => {
    const near = { p50: 1100, p99: 2000, max: 9000 };
    const svg = stallPlot([{ variant: 'a', callers: near, metadata: near }]).children.join('');
    for (const tick of ['1 us', '2 us', '5 us', '10 us']) expect(svg).toContain(`>${tick}</text>`);
    expect(svg).toContain('stroke="#d55e00"');
  });
});

describe('a claim plot', () => {
  const claim = (over: Partial<Claim>): Claim => ({
    ...{ metric: 'rate', variant: 'a', of: 'mean', unit: 'count', why: 'so', outcome: 'holds' },
    ...{ measured: { value: 10, low: 8, high: 12, n: 4 }, ...over },
  });
  const draw = (...claims: Claim[]) => claimPlot(claims).children.join('');

  test('has a band for what was claimed, a line and a dot for what was measured', () => {
    const svg = draw(claim({ min: 8, max: 12 }));
    // 366 px from 24 on; 8 to 12, and 6 % of it at either end.
    expect(svg).toContain('<rect x="42.61" y="29" width="328.79" height="14" class="band"/>');
    expect(svg).toContain('<line x1="43.61" x2="370.39" y1="36" y2="36" stroke="#00795c"');
    expect(svg).toContain('<circle cx="207" cy="36"');
    expect(svg).toContain('>\u2713 10.0 [8.0, 12.0], to be at least 8 and at most 12</text>');
  });

  test('is open where there is no limit, and has a rule for a theory', () => {
    expect(draw(claim({ max: 12 }))).toContain('<rect x="24" ');
    expect(draw(claim({ theory: 12 }))).toContain('<line x1="370.39" x2="370.39" y1="29" y2="43"');
    expect(draw(claim({ min: 1, of: 'runs' }))).not.toContain('stroke-width="3"');
  });

  test('says what does not hold, in words and not by colour alone', () => {
    expect(draw(claim({ outcome: 'fails' }))).toContain('>\u00d7 contradicted: 10.0 [');
    expect(draw(claim({ outcome: 'unclear' }))).toContain('>~ unclear: 10.0 [');
    expect(draw(claim({ measured: null }))).not.toContain('<circle');
  });

  test('shows claims of one metric on one scale, shares from none to all', () => {
    const half = claim({ unit: 'ratio', measured: { value: 0.5, low: 0.4, high: 0.6, n: 9 } });
    const none = claim({ unit: 'ratio', measured: { value: 0, low: 0, high: 0.1, n: 9 } });
    expect(draw(half)).toContain('<circle cx="207" cy="36"');
    expect(draw(half, none)).toContain('<circle cx="43.61" cy="84"');
    const rare = claim({ unit: 'ratio', measured: { value: 0.01, low: 0, high: 0.02, n: 9 } });
    expect(draw(rare)).toContain('<circle cx="207" cy="36"');
  });

  test('is the plot that answers', () => {
    const report = { ...sampleReport(), claims: [claim({})] };
    const [group] = figureGroups([report], true);
    expect(group?.figures.map(({ name }) => name)).toEqual(['injection-claims']);
    const [first] = loadFigures(report);
    if (first === undefined || isAbsent(first)) throw new Error('no claims');
    expect(first.table.rows).toEqual([['rate of a', '10.0 [8.0, 12.0]', '', 'holds', 'so']]);
  });
});

describe('files of figures', () => {
  const groups = figureGroups([sampleReport(), sampleReport({ name: 'a/b: c' })], false);
  const names = groups.flatMap(({ figures }) => figures.map(({ name }) => name));

  test('have names of their own that every system takes', () => {
    expect(names.slice(0, 2)).toEqual(['all-alive', 'injection-alive']);
    expect(names).toContain('a-b-c-kmemleak_death_alloc');
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
    const twice = figureGroups(
      [sampleReport({ name: 'a b' }), sampleReport({ name: 'a/b' })],
      true,
    );
    const both = twice.flatMap(({ figures }) => figures.map(({ name }) => name));
    expect(both).toEqual(['all-alive', 'a-b-alive', 'a-b-alive-2']);
  });

  test('are shown by a page, each once', () => {
    const page = galleryPage(groups, 'svg');
    expect(page.startsWith(GALLERY_MARK)).toBe(true);
    const shown = [...page.matchAll(/!\[[^\]]*\]\(([^)]+)\.svg\)/g)].map(([, name]) => name);
    expect(shown).toEqual(names);
  });

  test('carry their own look, light and dark, on paper of their own', () => {
    const [first] = groups.flatMap(({ figures }) => figures);
    const svg = standalone(first!.figure.svg);
    expect(svg).toMatch(/^<svg [^>]*><title>[^<]+<\/title><desc>[^<]+<\/desc><style>/);
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg).toContain('<rect class="paper" width="100%" height="100%"/>');
    expect(svg).not.toContain('var(');
  });
});
