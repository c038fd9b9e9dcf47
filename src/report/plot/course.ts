import type { TimeSeriesReadings } from '../../model/machine-readings.ts';
import { formatPlain, formatValue } from '../numbers.ts';

const WIDTH = 54;
const HEIGHT = 12;
const GUTTER = 10;

/** Free pages at which somebody acts, all zones together. */
export interface Marks {
  readonly min: number;
  readonly low: number;
  readonly high: number;
}

/** What a run did over time. */
export interface Course {
  readonly series: TimeSeriesReadings;
  readonly marks: Marks;
  readonly endNs: number;
  /** When kmemleak disabled itself; null: it lived. */
  readonly deathNs: number | null;
}

export interface NamedCourse extends Course {
  readonly variant: string;
}

/**
 * A run for the terminal: free pages against the watermarks, and below them who was at work. The
 * scale goes by square roots, so that the marks do not drown in a large machine's memory.
 *
 *   29876 |**
 *         |  ****
 *         |------********** high
 *       0 +----------------
 *   kswapd        ####
 *   kmemleak ======x
 */
export function drawCourse(course: Course): string[] {
  const { series, marks, endNs, deathNs } = course;
  const columns = columnsOf(series, endNs, WIDTH);
  const most = Math.max(...columns.map(({ free }) => free), marks.high, 1);
  const rowOf = (pages: number): number => {
    const share = Math.sqrt(Math.max(0, pages)) / Math.sqrt(most);
    return HEIGHT - 1 - Math.round(share * (HEIGHT - 1));
  };
  const grid = Array.from({ length: HEIGHT }, () => Array.from({ length: WIDTH }, () => ' '));
  const named = new Map<number, string[]>();
  for (const name of ['high', 'low', 'min'] as const) {
    const row = rowOf(marks[name]);
    grid[row]!.fill('-');
    named.set(row, [...(named.get(row) ?? []), name]);
  }
  columns.forEach(({ free }, x) => {
    if (free >= 0) grid[rowOf(free)]![x] = '*';
  });
  const plot = grid.map((cells, row) => {
    const text = cells.join('').trimEnd();
    const pages = row === 0 ? formatPlain(most) : '';
    const note = named.get(row);
    const line = `${pages.padStart(GUTTER - 2)} |${text}`;
    return note === undefined ? line : `${line} ${note.join(', ')}`;
  });
  const end = formatValue(endNs, 'ns');
  return [
    `free pages *, marks -: ${marksText(marks)}; by square roots`,
    ...plot,
    `${'0'.padStart(GUTTER - 2)} +${'-'.repeat(WIDTH)}`,
    `${' '.repeat(GUTTER)}0${end.padStart(WIDTH - 1)}`,
    ...lanes(columns),
    lane('kmemleak', lifeOf(deathNs, endNs)),
    ...(deathNs === null ? [] : [lane('', `x dies at ${formatValue(deathNs, 'ns')}`)]),
  ];
}

export function marksText({ min, low, high }: Marks): string {
  return `min ${min}, low ${low}, high ${high}`;
}

/** A piece of the time: the least that was free, and what was counted meanwhile. */
export interface Column {
  readonly free: number;
  /** 1: it was awake, from its wake-up until it slept again. */
  readonly kswapd: number;
  readonly direct: number;
  readonly kills: number;
}

/** The whole time in so many equal pieces; free is −1 where nothing was noted. */
export function columnsOf(
  { names, rows, values }: TimeSeriesReadings,
  endNs: number,
  count: number,
): Column[] {
  const at = (row: number, name: string): number => {
    const index = names.indexOf(name);
    return index < 0 ? 0 : values[row * names.length + index]!;
  };
  const zones = names.filter((name) => name.startsWith('free_'));
  const stalls = names.filter((name) => name.startsWith('allocstall_'));
  const freeAt = (row: number): number => zones.reduce((sum, name) => sum + at(row, name), 0);
  let row = 0;
  let last = 0;
  return Array.from({ length: count }, (_, x) => {
    const untilNs = ((x + 1) * endNs) / count;
    let free = rows === 0 ? -1 : freeAt(last);
    let awake = rows === 0 ? 0 : at(last, 'kswapd_awake');
    for (; row < rows && at(row, 'ns') < untilNs; row++) {
      free = Math.min(free, freeAt(row));
      awake = Math.max(awake, at(row, 'kswapd_awake'));
    }
    const now = Math.max(last, row - 1);
    const grown = (name: string): number => (rows === 0 ? 0 : at(now, name) - at(last, name));
    const column = {
      free,
      kswapd: awake + grown('kswapd_wake') + grown('pgscan_kswapd') > 0 ? 1 : 0,
      direct: stalls.reduce((sum, name) => sum + grown(name), 0),
      kills: grown('oom_kill'),
    };
    last = now;
    return column;
  });
}

const PIECES = 240;

/** In pieces as fine as a drawing shows and as the rows allow. */
export function fineColumns({ series, endNs }: Course): Column[] {
  const pieces = Math.min(PIECES, Math.max(1, series.rows));
  return columnsOf(series, endNs, pieces).filter(({ free }) => free >= 0);
}

/** Stretches of pieces, one behind the other, in which somebody was at work. */
export function spansOf(
  columns: readonly Column[],
  who: 'kswapd' | 'direct',
): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = [];
  columns.forEach((column, i) => {
    if (column[who] <= 0) return;
    const last = spans.at(-1);
    if (last?.to === i) last.to = i + 1;
    else spans.push({ from: i, to: i + 1 });
  });
  return spans;
}

/** Only of those who were at work at all. */
function lanes(columns: readonly Column[]): string[] {
  const works = [
    ['kswapd', (column: Column) => column.kswapd],
    ['direct', (column: Column) => column.direct],
    ['OOM kill', (column: Column) => column.kills],
  ] as const;
  return works
    .filter(([, count]) => columns.some((column) => count(column) > 0))
    .map(([name, count]) =>
      lane(name, columns.map((column) => (count(column) > 0 ? '#' : ' ')).join('')),
    );
}

function lifeOf(deathNs: number | null, endNs: number): string {
  if (deathNs === null) return '='.repeat(WIDTH);
  const column = Math.min(WIDTH - 1, Math.floor((deathNs * WIDTH) / Math.max(endNs, 1)));
  return `${'='.repeat(column)}x`;
}

function lane(name: string, text: string): string {
  return `${name.padStart(GUTTER - 1)} ${text}`.trimEnd();
}
