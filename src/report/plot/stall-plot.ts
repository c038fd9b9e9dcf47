import { log } from '../../engine/portable-math.ts';
import { formatValue } from '../numbers.ts';
import type { Drawing } from './bar-plot.ts';
import { element, escapeText } from './svg.ts';

const WIDTH = 720;
const LEFT = 150;
const RIGHT = 110;
const ROW = 36;
const LANE = 7;
const TOP = 30;
const BOTTOM = 30;
const DOT = 4;
const LN10 = log(10);

/** How long the blocked ones waited: half of them no longer than p50, and so on; in ns. */
export interface StallQuantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface StallRow {
  readonly variant: string;
  readonly callers: StallQuantiles | null;
  readonly metadata: StallQuantiles | null;
}

const SIDES = [
  { name: 'callers', colour: '#0072b2', dashes: 'none', lane: -LANE },
  { name: 'of it, for metadata', colour: '#d55e00', dashes: '6 3', lane: LANE },
] as const;

/**
 * Two lines a variant, callers above and metadata below: a full dot at the median, a full square at
 * 99 %, an empty dot at the longest. Each step of the scale is ten times the one before.
 */
export function stallPlot(rows: readonly StallRow[]): Drawing {
  const bottom = TOP + rows.length * ROW;
  const all = rows.flatMap(({ callers, metadata }) => [callers, metadata].flatMap(quantilesOf));
  const first = Math.floor(decades(Math.min(...all)) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(decades(Math.max(...all)) - 1e-9));
  const x = (ns: number): number =>
    LEFT + ((decades(ns) - first) * (WIDTH - RIGHT - LEFT)) / (last - first);
  const ticks = ticksBetween(first, last);
  const grid = ticks.flatMap((ns) => [
    element('line', { x1: x(ns), x2: x(ns), y1: TOP, y2: bottom, class: 'grid' }),
    element('text', { x: x(ns), y: bottom + 18, 'text-anchor': 'middle', class: 'tick' }, [
      escapeText(formatValue(ns, 'ns')),
    ]),
  ]);
  const drawn = rows.flatMap(({ variant, callers, metadata }, i) => {
    const y = TOP + (i + 0.5) * ROW;
    const name = element('text', { x: LEFT - 10, y: y + 4, 'text-anchor': 'end' }, [
      escapeText(variant),
    ]);
    return [name, ...[callers, metadata].flatMap((stalls, side) => line(stalls, side, y, x))];
  });
  return {
    size: { width: WIDTH, height: bottom + BOTTOM },
    children: [...legend(), ...grid, ...drawn],
  };
}

function quantilesOf(stalls: StallQuantiles | null): number[] {
  return stalls === null ? [] : [stalls.p50, stalls.p99, stalls.max].map(atLeastOne);
}

/** A stall of no time at all has no place on a scale of tenfold steps. */
function atLeastOne(ns: number): number {
  return Math.max(ns, 1);
}

function decades(ns: number): number {
  return log(atLeastOne(ns)) / LN10;
}

/** Powers of ten, and where there are few of them the twofold and fivefold, too. */
function ticksBetween(first: number, last: number): number[] {
  const steps = last - first > 2 ? [1] : [1, 2, 5];
  const all = Array.from({ length: last - first }, (_, i) => {
    return steps.map((step) => step * powerOfTen(first + i));
  });
  return [...all.flat(), powerOfTen(last)];
}

function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`);
}

function line(
  stalls: StallQuantiles | null,
  side: number,
  middle: number,
  x: (ns: number) => number,
): string[] {
  if (stalls === null) return [];
  const { colour, dashes, lane } = SIDES[side]!;
  const y = middle + lane;
  const ends = { x1: x(stalls.p50), x2: x(stalls.max), y1: y, y2: y };
  const stroke = { stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dashes };
  const places = [x(stalls.p50), x(stalls.p99), x(stalls.max)] as const;
  const value = element('text', { x: places[2] + 12, y: y + 4, class: 'mark' }, [
    escapeText(formatValue(stalls.max, 'ns')),
  ]);
  return [element('line', { ...ends, ...stroke }), ...dots(places, y, colour), value];
}

function dots(
  [p50, p99, max]: readonly [number, number, number],
  y: number,
  colour: string,
): string[] {
  const square = { x: p99 - DOT + 0.5, y: y - DOT + 0.5, width: 2 * DOT - 1, height: 2 * DOT - 1 };
  const ring = { cx: max, cy: y, r: DOT + 2, fill: 'none', stroke: colour, 'stroke-width': 2 };
  return [
    element('circle', { cx: p50, cy: y, r: DOT, fill: colour }),
    element('rect', { ...square, fill: colour }),
    element('circle', ring),
  ];
}

function legend(): string[] {
  const sides = SIDES.flatMap(({ name, colour, dashes }, i) => {
    const x = LEFT + i * 110;
    const stroke = { stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dashes };
    return [
      element('line', { x1: x, x2: x + 22, y1: 12, y2: 12, ...stroke }),
      element('text', { x: x + 28, y: 16 }, [escapeText(name)]),
    ];
  });
  const left = LEFT + 300;
  const names = ['median', '99 %', 'longest'].map((name, i) =>
    element('text', { x: left + 10 + i * 80, y: 16 }, [name]),
  );
  return [...sides, ...dots([left, left + 80, left + 160], 12, 'currentColor'), ...names];
}
