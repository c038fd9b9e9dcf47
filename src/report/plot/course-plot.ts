import { scaleLinear, scaleSqrt } from 'd3-scale';
import { line } from 'd3-shape';
import { formatValue } from '../numbers.ts';
import { columnTexts, rowLines } from './axes.ts';
import { type Column, type Course, columnsOf } from './course.ts';
import { seriesStyle } from './series-style.ts';
import { labelPlaces } from './survival-plot.ts';
import { drawing, element, escapeText } from './svg.ts';

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 64;
const RIGHT = 170;
const TOP = 14;
const BOTTOM = 40;
const PIECES = 240;
const CROSS = 5;

export interface NamedCourse extends Course {
  readonly variant: string;
}

/**
 * Free pages over time, a line a variant, against the watermarks; a cross where kmemleak died, a
 * triangle where the OOM killer killed. By square roots, so that the marks do not drown.
 */
export function coursePlot(courses: readonly NamedCourse[]): string {
  const end = Math.max(...courses.map(({ endNs }) => endNs), 1);
  const drawn = courses.map((course) => ({
    ...course,
    columns: columnsOf(course.series, course.endNs, PIECES).filter(({ free }) => free >= 0),
  }));
  const { marks } = courses[0]!;
  const most = Math.max(marks.high, ...drawn.flatMap(({ columns }) => columns.map(freeOf)));
  const x = scaleLinear([0, end], [LEFT, WIDTH - RIGHT]);
  const y = scaleSqrt([0, most], [HEIGHT - BOTTOM, TOP]);
  const lines = drawn.flatMap(({ columns, endNs, deathNs }, i) => {
    const { colour, dashes } = seriesStyle(i);
    const at = (piece: number): number => x(((piece + 1) * endNs) / PIECES);
    const toPath = line<Column>(
      (_, piece) => at(piece),
      (column) => y(column.free),
    ).digits(2);
    const stroke = {
      fill: 'none',
      stroke: colour,
      'stroke-width': 1.5,
      'stroke-dasharray': dashes,
    };
    const kills = columns.flatMap(({ kills: count, free }, piece) =>
      count > 0 ? [triangle(at(piece), y(free), colour)] : [],
    );
    const piece = Math.floor(((deathNs ?? 0) * PIECES) / Math.max(endNs, 1));
    const free = columns[Math.min(piece, columns.length - 1)]?.free ?? 0;
    return [
      element('path', { d: toPath(columns)!, ...stroke }),
      ...kills,
      ...(deathNs === null ? [] : [cross(x(deathNs), y(free), colour)]),
    ];
  });
  const ends = drawn.map(({ columns }) => y(columns.at(-1)?.free ?? 0));
  const places = labelPlaces(ends);
  const labels = drawn.map(({ variant, deathNs }, i) => {
    const text = deathNs === null ? variant : `${variant} \u00d7`;
    const at = { x: WIDTH - RIGHT + 8, y: places[i]! + 4, fill: seriesStyle(i).colour };
    return element('text', at, [escapeText(text)]);
  });
  const says = {
    title: 'free pages against the watermarks',
    description: courses.map(lifeText).join('; '),
  };
  const size = { width: WIDTH, height: HEIGHT };
  return drawing(size, says, [...frame(x, y, marks), ...lines, ...labels]);
}

function freeOf({ free }: Column): number {
  return free;
}

function lifeText({ variant, deathNs }: NamedCourse): string {
  const life = deathNs === null ? 'lived' : `died at ${formatValue(deathNs, 'ns')}`;
  return `${variant}: kmemleak ${life}`;
}

interface Axis {
  (value: number): number;
  ticks(count: number): number[];
}

function frame(x: Axis, y: Axis, marks: Course['marks']): string[] {
  const end = WIDTH - RIGHT;
  const bottom = HEIGHT - BOTTOM + 18;
  const ends = { left: LEFT, right: end };
  const rows = rowLines(y.ticks(4), y, ends, (pages) => formatValue(pages, 'pages'));
  const times = columnTexts(x.ticks(5), x, bottom, (ns) => formatValue(ns, 'ns'));
  const names = ['min', 'low', 'high'] as const;
  const levels = names.map((name) => {
    const at = y(marks[name]);
    return element('line', { x1: LEFT, x2: end, y1: at, y2: at, class: 'rule' });
  });
  // One label: the marks stand too close for three.
  const label = element('text', { x: LEFT + 4, y: y(marks.high) - 4, class: 'mark' }, [
    names.map((name) => `${name} ${marks[name]}`).join(', '),
  ]);
  return [...rows, ...times, ...levels, label];
}

function cross(x: number, y: number, colour: string): string {
  const size = 2 * CROSS;
  const back = `m0,${-size}l${-size},${size}`;
  const d = `M${point(x - CROSS)},${point(y - CROSS)}l${size},${size}${back}`;
  return element('path', { d, stroke: colour, 'stroke-width': 2.5, fill: 'none' });
}

function triangle(x: number, y: number, colour: string): string {
  const d = `M${point(x)},${point(y - 2)}l${CROSS},${-2 * CROSS}h${-2 * CROSS}z`;
  return element('path', { d, fill: colour });
}

function point(value: number): string {
  return value.toFixed(2);
}
