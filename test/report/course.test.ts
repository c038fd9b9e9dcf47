import { describe, expect, test } from 'vitest';
import { drawCourse } from '../../src/report/plot/course.ts';
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
    expect(lines[1]).toBe(`   12100 |${'*'.repeat(31)}`);
    const rowOf = (x: number) => lines.slice(1, 13).findIndex((line) => line[10 + x] === '*');
    expect([rowOf(0), rowOf(31), rowOf(32), rowOf(63)]).toEqual([0, 9, 10, 10]);
  });

  test('names the marks, those of one row together', () => {
    expect(lines.find((line) => line.endsWith(' high 256'))).toBe(lines[10]);
    expect(lines.find((line) => line.endsWith(' low 144, min 100'))).toBe(lines[11]);
  });

  test('shows when kswapd was at work, and leaves out who never was', () => {
    expect(lines).toContain(`   kswapd ${' '.repeat(32)}#`);
    expect(lines.some((line) => line.includes('direct') || line.includes('OOM'))).toBe(false);
  });

  test('shows how long kmemleak lived', () => {
    expect(lines.at(-1)).toBe(` kmemleak ${'='.repeat(32)}x dies at 3.2 us`);
    expect(courseOf([[0, 1, 1, 0]], null).at(-1)).toBe(` kmemleak ${'='.repeat(64)}`);
  });

  test('keeps to 100 columns, whatever the marks', () => {
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe('the same as a drawing', () => {
  const rows = [
    [0, 2100, 10_000, 0],
    [3200, 0, 400, 0],
  ];
  const svg = coursePlot([
    { variant: 'dies', ...dataOf(rows, 3200) },
    { variant: 'kills', ...dataOf(rows, null, 1) },
  ]);

  test('has a line a variant, the marks, a cross for a death, a triangle for a kill', () => {
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
    expect(svg).toContain('>min 100, low 144, high 256</text>');
    expect(svg.match(/stroke-width="2.5"/g)).toHaveLength(1);
    expect(svg.match(/h-10z/g)).toHaveLength(1);
  });

  test('says in words who lived', () => {
    expect(svg).toContain('<desc>dies: kmemleak died at 3.2 us; kills: kmemleak lived</desc>');
    expect(svg).toContain('>dies \u00d7</text>');
  });
});
