import { describe, expect, test } from 'vitest';
import { columnsOf, drawCourse, spansOf } from '../../src/report/plot/course.ts';
import { coursePlot } from '../../src/report/plot/course-plot.ts';

const NAMES = ['ns', 'free_dma', 'free_dma32', 'pgscan_kswapd', 'allocstall_normal', 'oom_kill'];
const MARKS = { min: 100, low: 144, high: 256 };

/** Rows of ns, free pages of both zones, pages scanned by kswapd. */
function courseOf(rows: readonly (readonly number[])[], deathNs: number | null) {
  return drawCourse(dataOf(rows, deathNs));
}

function dataOf(rows: readonly (readonly number[])[], deathNs: number | null, kills = 0) {
  const values = rows.flatMap(([ns, dma, dma32, scanned]) => [
    ...[ns!, dma!, dma32!, scanned!, 0],
    ns === 0 ? 0 : kills,
  ]);
  const series = { names: NAMES, rows: rows.length, values: Float64Array.from(values) };
  return { series, marks: MARKS, endNs: 6400, deathNs };
}

describe('the course of a run', () => {
  // Of 12 rows the top one is 12100 pages, or 11²: a row for each square.
  const lines = courseOf(
    [
      [0, 2100, 10_000, 0],
      [3150, 0, 400, 0],
      [3250, 0, 100, 64],
    ],
    3200,
  );

  test('shows the least that was free in each column, by square roots', () => {
    expect(lines[1]).toBe(`   12100 |${'*'.repeat(26)}`);
    const rowOf = (x: number) => lines.slice(1, 13).findIndex((line) => line[10 + x] === '*');
    expect([rowOf(0), rowOf(26), rowOf(27), rowOf(53)]).toEqual([0, 9, 10, 10]);
  });

  test('names the marks, those of one row together', () => {
    expect(lines[0]).toContain('min 100, low 144, high 256');
    expect(lines.find((line) => line.endsWith(' high'))).toBe(lines[10]);
    expect(lines.find((line) => line.endsWith(' low, min'))).toBe(lines[11]);
  });

  test('shows when kswapd was at work, and leaves out who never was', () => {
    expect(lines).toContain(`   kswapd ${' '.repeat(27)}#`);
    expect(lines.some((line) => line.includes('direct') || line.includes('OOM'))).toBe(false);
  });

  test('shows kswapd from its wake-up until it sleeps, also while it scans nothing', () => {
    const names = ['ns', 'free_dma', 'pgscan_kswapd', 'kswapd_awake'];
    const rows = [
      [0, 400, 0, 0],
      [1700, 100, 0, 1],
      [3300, 100, 64, 1],
      [4900, 400, 64, 0],
    ];
    const series = { names, rows: rows.length, values: Float64Array.from(rows.flat()) };
    const pieces = columnsOf(series, 6400, 4);
    expect(pieces.map(({ kswapd }) => kswapd)).toEqual([0, 1, 1, 1]);
    expect(spansOf(pieces, 'kswapd')).toEqual([{ from: 1, to: 4 }]);
  });

  test('shows how long kmemleak lived', () => {
    expect(lines.slice(-2)).toEqual([
      ` kmemleak ${'='.repeat(27)}x`,
      `${' '.repeat(10)}x dies at 3.2 us`,
    ]);
    expect(courseOf([[0, 1, 1, 0]], null).at(-1)).toBe(` kmemleak ${'='.repeat(54)}`);
  });

  test('keeps to 80 columns, whatever the marks', () => {
    const wide = { min: 4_000_000, low: 5_000_000, high: 6_000_000 };
    const large = drawCourse({ ...dataOf([[0, 9e9, 0, 0]], 6400), marks: wide });
    for (const line of [...lines, ...large]) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('the same as a drawing', () => {
  const rows = [
    [0, 2100, 10_000, 0],
    [3200, 0, 400, 0],
  ];
  const drawn = coursePlot([
    { variant: 'dies', ...dataOf(rows, 3200) },
    { variant: 'kills', ...dataOf(rows, null, 1) },
  ]);
  const svg = drawn.children.join('');

  test('has a curve and a lane a variant, each named', () => {
    expect(svg.match(/<path [^>]*stroke-width="1.5"/g)).toHaveLength(2);
    expect(svg.match(/>dies<\/text>/g)).toHaveLength(3);
    expect(svg.match(/>kills<\/text>/g)).toHaveLength(2);
    expect(svg).toContain('>min 100, low 144, high 256</text>');
  });

  test('marks a death by a cross and a kill by a triangle, in curve, lane and legend', () => {
    expect(svg.match(/<path [^>]*stroke-width="2.5"/g)).toHaveLength(3);
    expect(svg.match(/h-10z/g)).toHaveLength(3);
  });

  test('ends the life of kmemleak in its lane where it died', () => {
    // 440 px for 6400 ns, from 110 on; the lanes begin below the curves and their legend.
    expect(svg).toContain('<line x1="110" x2="330" y1="338" y2="338"');
    expect(svg).toContain('<line x1="110" x2="550" y1="362" y2="362"');
    expect(drawn.size).toEqual({ width: 720, height: 374 });
  });
});

describe('who was at work', () => {
  const working = [
    [0, 900, 0, 0],
    [1600, 800, 0, 32],
    [3200, 700, 0, 64],
    [4800, 600, 0, 64],
  ];
  const columns = columnsOf(dataOf(working, null).series, 6400, 4);

  test('is told in spans: pieces that follow each other are one', () => {
    expect(columns.map(({ kswapd }) => kswapd > 0)).toEqual([false, true, true, false]);
    expect(spansOf(columns, 'kswapd')).toEqual([{ from: 1, to: 3 }]);
    expect(spansOf(columns, 'direct')).toEqual([]);
  });

  test('is a band in the lane, as wide as the span', () => {
    const svg = coursePlot([{ variant: 'a', ...dataOf(working, null) }]).children.join('');
    const bands = [
      ...svg.matchAll(/<rect x="([\d.]+)" y="331" width="([\d.]+)"[^>]*class="band"/g),
    ];
    // 440 px from 110 on, in as many pieces as there are rows: the second and the third.
    expect(bands.map(([, x, width]) => [x, width])).toEqual([['220', '220']]);
  });

  test('counts stalls of every zone', () => {
    const names = ['ns', 'free_dma', 'allocstall_dma32', 'allocstall_normal'];
    const values = Float64Array.from([0, 9, 0, 0, 10, 9, 2, 1]);
    expect(columnsOf({ names, rows: 2, values }, 20, 1)[0]?.direct).toBe(3);
  });
});
