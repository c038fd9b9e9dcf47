import { type Column, type NamedCourse, spansOf } from './course.ts';
import { seriesStyle } from './series-style.ts';
import { element, escapeText } from './svg.ts';

// Below the curves, a lane a variant: what happened when.
//
//   rfc-nowait   ▒▒▒▒▒▒  ▒▒▒│││▒▒▲▒▒         ▒ kswapd   │ direct reclaim   ▲ OOM kill
//                ━━━━━━━━━━━━━━━━━━×         ━ kmemleak lives   × dies

const LANE = 24;
const BAND = 14;
const CROSS = 5;
const LEGEND = 26;

export interface LaneCourse extends NamedCourse {
  readonly columns: readonly Column[];
}

/** Where the lanes stand, and a time's place in them. */
export interface LanePlace {
  readonly left: number;
  readonly top: number;
  x(ns: number): number;
}

export function lanesHeight(courses: number): number {
  return LEGEND + courses * LANE;
}

export function courseLanes(courses: readonly LaneCourse[], place: LanePlace): string[] {
  const lanes = courses.flatMap((course, i) => {
    const y = place.top + LEGEND + (i + 0.5) * LANE;
    const name = element('text', { x: place.left - 8, y: y + 4, 'text-anchor': 'end' }, [
      escapeText(course.variant),
    ]);
    return [name, ...bands(course, y, place), ...life(course, i, y, place)];
  });
  return [...legend(place), ...lanes];
}

/** Who was at work: kswapd as a band, direct reclaim as strokes, kills as triangles. */
function bands({ columns, endNs }: LaneCourse, y: number, { x }: LanePlace): string[] {
  const at = (piece: number): number => x((piece * endNs) / columns.length);
  const kswapd = spansOf(columns, 'kswapd').map(({ from, to }) =>
    element('rect', {
      ...{ x: at(from), y: y - BAND / 2, width: at(to) - at(from), height: BAND },
      class: 'band',
    }),
  );
  const direct = columns.flatMap((column, i) =>
    column.direct > 0 ? [`M${point(at(i + 0.5))},${point(y - BAND / 2)}v${BAND}`] : [],
  );
  const strokes = { d: direct.join(''), stroke: 'currentColor', fill: 'none' };
  const kills = columns.flatMap(({ kills: count }, i) =>
    count > 0 ? [triangle(at(i + 0.5), y + BAND / 2, 'currentColor')] : [],
  );
  return [...kswapd, ...(direct.length === 0 ? [] : [element('path', strokes)]), ...kills];
}

function life(
  { deathNs, endNs }: LaneCourse,
  index: number,
  y: number,
  { x }: LanePlace,
): string[] {
  const { colour, dashes } = seriesStyle(index);
  const ends = { x1: x(0), x2: x(deathNs ?? endNs), y1: y, y2: y };
  const stroke = { stroke: colour, 'stroke-width': 3, 'stroke-dasharray': dashes };
  const line = element('line', { ...ends, ...stroke });
  return deathNs === null ? [line] : [line, cross(x(deathNs), y, colour)];
}

function legend({ left, top }: LanePlace): string[] {
  const y = top + 8;
  const items: readonly (readonly [text: string, width: number, mark: string])[] = [
    ['kswapd awake', 132, element('rect', { x: 0, y: -7, width: 22, height: 14, class: 'band' })],
    ['direct reclaim', 122, strokesSample()],
    ['OOM kill', 92, triangle(11, 6, 'currentColor')],
    ['kmemleak lives', 128, lineSample()],
    ['dies', 60, cross(11, 0, 'currentColor')],
  ];
  let x = left - 56;
  return items.map(([text, width, mark]) => {
    const at = `translate(${point(x)} ${point(y)})`;
    x += width;
    return element('g', { transform: at }, [
      mark,
      element('text', { x: 28, y: 4, class: 'tick' }, [text]),
    ]);
  });
}

function strokesSample(): string {
  return element('path', { d: 'M4,-7v14M11,-7v14M18,-7v14', stroke: 'currentColor', fill: 'none' });
}

function lineSample(): string {
  const stroke = { stroke: 'currentColor', 'stroke-width': 3 };
  return element('line', { x1: 0, x2: 22, y1: 0, y2: 0, ...stroke });
}

export function cross(x: number, y: number, colour: string): string {
  const size = 2 * CROSS;
  const back = `m0,${-size}l${-size},${size}`;
  const d = `M${point(x - CROSS)},${point(y - CROSS)}l${size},${size}${back}`;
  return element('path', { d, stroke: colour, 'stroke-width': 2.5, fill: 'none' });
}

export function triangle(x: number, y: number, colour: string): string {
  const d = `M${point(x)},${point(y - 2)}l${CROSS},${-2 * CROSS}h${-2 * CROSS}z`;
  return element('path', { d, fill: colour });
}

function point(value: number): string {
  return value.toFixed(2);
}
