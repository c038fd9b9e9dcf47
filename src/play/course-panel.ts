import { scaleLinear, scaleSqrt } from 'd3-scale';
import { line } from 'd3-shape';
import { formatPlain, formatValue } from '../report/numbers.ts';
import { type Column, columnsOf, marksText, type NamedCourse } from '../report/plot/course.ts';
import { cross, triangle } from '../report/plot/course-lanes.ts';
import { drawing, element } from '../report/plot/svg.ts';

// One variant's run, small enough to stand beside the others; all have the same axes.
//
//    23390 |\
//          | \____
//          |▒▒▒▒▒▒\▒▒▒  min to high       the marks, as a band
//        0 +-----------
//          ━━━━━━×······                  kmemleak lives, dies
//          0        53 ms

const WIDTH = 320;
const HEIGHT = 190;
const LEFT = 50;
const RIGHT = 10;
const TOP = 10;
const FLOOR = 132;
const LANE = 152;
const TIMES = 178;
const PIECES = 160;

/** What all panels of a page have in common. */
export interface PanelScale {
  readonly endNs: number;
  readonly mostPages: number;
}

export const NO_SCALE: PanelScale = { endNs: 1, mostPages: 1 };

/** So that a course fits, too; the very same scale, where it does already. */
export function widened(scale: PanelScale, course: NamedCourse): PanelScale {
  const free = piecesOf(course).map((piece) => piece.free);
  const mostPages = Math.max(scale.mostPages, course.marks.high, ...free);
  const endNs = Math.max(scale.endNs, course.endNs);
  return mostPages === scale.mostPages && endNs === scale.endNs ? scale : { endNs, mostPages };
}

export function coursePanel(course: NamedCourse, scale: PanelScale): string {
  const { variant, marks, endNs, deathNs } = course;
  const x = scaleLinear([0, scale.endNs], [LEFT, WIDTH - RIGHT]);
  const y = scaleSqrt([0, scale.mostPages], [FLOOR, TOP]);
  const pieces = piecesOf(course);
  const at = (piece: number): number => x(((piece + 1) * endNs) / PIECES);
  const toPath = line<Column>(
    (_, piece) => at(piece),
    ({ free }) => y(free),
  ).digits(2);
  const kills = pieces.flatMap((piece, i) =>
    piece.kills > 0 ? [triangle(at(i), y(piece.free), 'var(--ink)')] : [],
  );
  const says = {
    title: `${variant}: free pages against the watermarks`,
    description: `${lifeText(course)}; least free ${leastFree(course)} pages; ${marksText(marks)}`,
  };
  return drawing({ width: WIDTH, height: HEIGHT }, says, [
    ...frame(x, y, { scale, marks }),
    element('path', { d: toPath(pieces) ?? '', class: 'course' }),
    ...kills,
    ...life(x(0), x(endNs), deathNs === null ? null : x(deathNs)),
  ]);
}

/** `alive at the end`, `died at 53.4 ms`. */
export function lifeText({ deathNs }: NamedCourse): string {
  return deathNs === null ? 'alive at the end' : `died at ${formatValue(deathNs, 'ns')}`;
}

export function leastFree(course: NamedCourse): number {
  return Math.min(...piecesOf(course).map(({ free }) => free));
}

function piecesOf({ series, endNs }: NamedCourse): Column[] {
  return columnsOf(series, endNs, PIECES).filter(({ free }) => free >= 0);
}

type Place = (value: number) => number;

function frame(
  x: Place,
  y: Place,
  { scale, marks }: { readonly scale: PanelScale; readonly marks: NamedCourse['marks'] },
): string[] {
  const right = WIDTH - RIGHT;
  const rule = (pages: number, kind: string): string =>
    element('line', { x1: LEFT, x2: right, y1: y(pages), y2: y(pages), class: kind });
  const text = (at: { x: number; y: number; end?: boolean }, kind: string, said: string): string =>
    element(
      'text',
      { x: at.x, y: at.y, class: kind, 'text-anchor': at.end === true ? 'end' : 'start' },
      [said],
    );
  const reserve = { x: LEFT, y: y(marks.min), width: right - LEFT, height: FLOOR - y(marks.min) };
  const middle = y(marks.high) - 5;
  return [
    element('rect', { ...reserve, class: 'reserve' }),
    rule(0, 'axis'),
    rule(scale.mostPages, 'grid'),
    rule(marks.min, 'mark min'),
    rule(marks.low, 'mark low'),
    rule(marks.high, 'mark high'),
    text({ x: LEFT - 6, y: TOP + 8, end: true }, 'tick', formatPlain(scale.mostPages)),
    text({ x: LEFT - 6, y: FLOOR + 4, end: true }, 'tick', '0'),
    text({ x: LEFT + 4, y: middle }, 'tick', `min ${marks.min} – high ${marks.high}`),
    text({ x: LEFT - 6, y: LANE + 4, end: true }, 'tick', 'leaks'),
    text({ x: LEFT, y: TIMES + 4 }, 'tick', '0'),
    text({ x: x(scale.endNs), y: TIMES + 4, end: true }, 'tick', formatValue(scale.endNs, 'ns')),
  ];
}

/** Solid while kmemleak watches, dotted when it does not any more. */
function life(start: number, end: number, death: number | null): string[] {
  const bar = (from: number, to: number, kind: string): string =>
    element('line', { x1: from, x2: to, y1: LANE, y2: LANE, class: kind });
  if (death === null) return [bar(start, end, 'alive')];
  return [bar(start, death, 'alive'), bar(death, end, 'dead'), cross(death, LANE, 'var(--bad)')];
}
