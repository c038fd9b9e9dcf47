import { scaleLinear } from 'd3-scale';
import { columnTexts } from './axes.ts';
import { element, escapeText } from './svg.ts';

const WIDTH = 720;
const LEFT = 150;
const RIGHT = 170;
const ROW = 24;
const BAR = 14;
const BOTTOM = 30;
const LEGEND = 26;
const HATCH = 5;

/** Told apart by hatching as well as by colour. */
const PARTS = [
  { colour: '#0072b2', hatched: false },
  { colour: '#d55e00', hatched: true },
] as const;

export interface Bar {
  readonly variant: string;
  /** Lengths, from the left. */
  readonly parts: readonly number[];
  /** Beside the bar's end. */
  readonly text: string;
}

export interface BarChart {
  readonly bars: readonly Bar[];
  /** Names of the parts; a single one needs no legend. */
  readonly parts: readonly string[];
  /** The axis' end; without it the longest bar's. */
  readonly end?: number;
  tick(value: number): string;
}

/** A bar a variant, its parts one after the other. */
export function barPlot({ bars, parts, end, tick }: BarChart): Drawing {
  const top = parts.length > 1 ? LEGEND : 8;
  const bottom = top + bars.length * ROW;
  const longest = Math.max(...bars.map((bar) => sum(bar.parts)));
  const x = scaleLinear([0, end ?? Math.max(longest, 1e-9)], [LEFT, WIDTH - RIGHT]);
  if (end === undefined) x.nice(5);
  const grid = x.ticks(5).map((value) => {
    const at = x(value);
    return element('line', { x1: at, x2: at, y1: top, y2: bottom, class: 'grid' });
  });
  const rows = bars.flatMap((bar, i) => {
    const y = top + (i + 0.5) * ROW;
    const name = element('text', { x: LEFT - 10, y: y + 4, 'text-anchor': 'end' }, [
      escapeText(bar.variant),
    ]);
    let from = 0;
    const pieces = bar.parts.flatMap((length, part) => {
      const box = { x: x(from), y: y - BAR / 2, width: x(from + length) - x(from) };
      from += length;
      return length > 0 ? piece(box, part) : [];
    });
    const text = element('text', { x: x(from) + 8, y: y + 4, class: 'tick' }, [
      escapeText(bar.text),
    ]);
    return [name, ...pieces, text];
  });
  return {
    size: { width: WIDTH, height: bottom + BOTTOM },
    children: [
      ...(parts.length > 1 ? legend(parts) : []),
      ...grid,
      ...rows,
      ...columnTexts(x.ticks(5), x, bottom + 18, tick),
    ],
  };
}

export interface Drawing {
  readonly size: { readonly width: number; readonly height: number };
  readonly children: readonly string[];
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function piece({ x, y, width }: Box, part: number): string[] {
  const { colour, hatched } = PARTS[part % PARTS.length]!;
  const box = { x, y, width, height: BAR };
  if (!hatched) return [element('rect', { ...box, fill: colour })];
  const count = Math.floor(width / HATCH);
  const d = Array.from(
    { length: count },
    (_, i) => `M${at(x + (i + 0.5) * HATCH)},${at(y)}v${BAR}`,
  );
  const frame = { ...box, fill: colour, 'fill-opacity': '0.3', stroke: colour };
  if (count === 0) return [element('rect', frame)];
  const lines = { d: d.join(''), stroke: colour, 'stroke-width': 2, fill: 'none' };
  return [element('rect', frame), element('path', lines)];
}

function legend(parts: readonly string[]): string[] {
  let x = LEFT;
  return parts.flatMap((name, part) => {
    const sample = piece({ x, y: 4, width: 24 }, part);
    const text = element('text', { x: x + 30, y: 15 }, [escapeText(name)]);
    x += 30 + name.length * 8 + 24;
    return [...sample, text];
  });
}

function sum(parts: readonly number[]): number {
  return parts.reduce((all, one) => all + one, 0);
}

function at(value: number): string {
  return value.toFixed(2);
}
