import { scaleLinear, scaleSqrt } from 'd3-scale';
import { line } from 'd3-shape';
import { formatValue } from '../numbers.ts';
import { columnTexts, rowLines } from './axes.ts';
import type { Drawing } from './bar-plot.ts';
import { type Column, type Course, fineColumns, marksText, type NamedCourse } from './course.ts';
import { courseLanes, cross, type LaneCourse, lanesHeight, triangle } from './course-lanes.ts';
import { seriesNames } from './legend.ts';
import { seriesStyle } from './series-style.ts';
import { labelPlaces } from './survival-plot.ts';
import { element } from './svg.ts';

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 110;
const RIGHT = 170;
const TOP = 14;
const BOTTOM = 40;

/**
 * Free pages over time, a line a variant, against the watermarks; a cross where kmemleak died, a
 * triangle where the OOM killer killed. By square roots, so that the marks do not drown. Below it
 * who was at work when, a lane a variant.
 */
export function coursePlot(courses: readonly NamedCourse[]): Drawing {
  const end = Math.max(...courses.map(({ endNs }) => endNs), 1);
  const drawn = courses.map((course) => ({ ...course, columns: fineColumns(course) }));
  const { marks } = courses[0]!;
  const most = Math.max(marks.high, ...drawn.flatMap(({ columns }) => columns.map(freeOf)));
  const x = scaleLinear([0, end], [LEFT, WIDTH - RIGHT]);
  const y = scaleSqrt([0, most], [HEIGHT - BOTTOM, TOP]);
  const places = labelPlaces(drawn.map(({ columns }) => y(columns.at(-1)?.free ?? 0)));
  const names = drawn.map(({ variant }, i) => {
    return { ...seriesStyle(i), text: variant, y: places[i]! };
  });
  const lanes = courseLanes(drawn, { left: LEFT, top: HEIGHT, x });
  return {
    size: { width: WIDTH, height: HEIGHT + lanesHeight(drawn.length) },
    children: [
      ...frame(x, y, marks),
      ...drawn.flatMap((course, i) => curve(course, i, x, y)),
      ...seriesNames(WIDTH - RIGHT + 8, names),
      ...lanes,
    ],
  };
}

function freeOf({ free }: Column): number {
  return free;
}

function curve(
  { columns, endNs, deathNs }: LaneCourse,
  index: number,
  x: (ns: number) => number,
  y: (pages: number) => number,
): string[] {
  const { colour, dashes } = seriesStyle(index);
  const at = (piece: number): number => x(((piece + 1) * endNs) / columns.length);
  const toPath = line<Column>(
    (_, piece) => at(piece),
    (column) => y(column.free),
  ).digits(2);
  const stroke = { fill: 'none', stroke: colour, 'stroke-width': 1.5, 'stroke-dasharray': dashes };
  const kills = columns.flatMap(({ kills: count, free }, piece) =>
    count > 0 ? [triangle(at(piece), y(free), colour)] : [],
  );
  const piece = Math.floor(((deathNs ?? 0) * columns.length) / Math.max(endNs, 1));
  const free = columns[Math.min(piece, columns.length - 1)]?.free ?? 0;
  return [
    element('path', { d: toPath(columns)!, ...stroke }),
    ...kills,
    ...(deathNs === null ? [] : [cross(x(deathNs), y(free), colour)]),
  ];
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
  const levels = (['min', 'low', 'high'] as const).map((name) => {
    const at = y(marks[name]);
    return element('line', { x1: LEFT, x2: end, y1: at, y2: at, class: 'rule' });
  });
  // One label: the marks stand too close for three.
  const label = element('text', { x: LEFT + 4, y: y(marks.high) - 4, class: 'mark' }, [
    marksText(marks),
  ]);
  return [...rows, ...times, ...levels, label];
}
