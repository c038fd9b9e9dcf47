import { scaleLinear } from 'd3-scale';
import type { Estimate } from '../../experiment/run-result.ts';
import { formatValue, type Unit } from '../numbers.ts';
import { seriesStyle } from './series-style.ts';
import { drawing, element, escapeText } from './svg.ts';

const WIDTH = 720;
const LEFT = 150;
const RIGHT = 110;
const ROW = 24;
const TOP = 8;
const BOTTOM = 30;
const DOT = 4.5;

export interface IntervalRow {
  readonly variant: string;
  readonly estimate: Estimate;
}

/** A line a variant: the value as a dot, its interval as a bar; the baseline's value as a rule. */
export function intervalPlot(rows: readonly IntervalRow[], what: string, unit: Unit): string {
  const height = TOP + rows.length * ROW + BOTTOM;
  const lows = rows.map(({ estimate }) => estimate.low);
  const highs = rows.map(({ estimate }) => estimate.high);
  const low = Math.min(0, ...lows);
  const high = Math.max(0, ...highs);
  const x = scaleLinear([low, high === low ? low + 1 : high], [LEFT, WIDTH - RIGHT]).nice(5);
  const bottom = TOP + rows.length * ROW;
  const marks = x
    .ticks(5)
    .flatMap((value) => [
      element('line', { x1: x(value), x2: x(value), y1: TOP, y2: bottom, class: 'grid' }),
      element('text', { x: x(value), y: bottom + 18, 'text-anchor': 'middle', class: 'tick' }, [
        escapeText(formatValue(value, unit)),
      ]),
    ]);
  const baseline = x(rows[0]!.estimate.value);
  const rule = element('line', { x1: baseline, x2: baseline, y1: TOP, y2: bottom, class: 'rule' });
  const drawn = rows.flatMap(({ variant, estimate }, i) => {
    const y = TOP + (i + 0.5) * ROW;
    const { colour } = seriesStyle(i);
    const bar = { x1: x(estimate.low), x2: x(estimate.high), y1: y, y2: y };
    const value = formatValue(estimate.value, unit);
    return [
      element('text', { x: LEFT - 10, y: y + 4, 'text-anchor': 'end' }, [escapeText(variant)]),
      element('line', { ...bar, stroke: colour, 'stroke-width': 3 }),
      element('circle', { cx: x(estimate.value), cy: y, r: DOT, fill: colour }),
      element('text', { x: WIDTH - RIGHT + 12, y: y + 4, class: 'tick' }, [escapeText(value)]),
    ];
  });
  const description = rows
    .map(({ variant, estimate }) => `${variant}: ${formatValue(estimate.value, unit)}`)
    .join('; ');
  return drawing({ width: WIDTH, height }, { title: what, description }, [
    ...marks,
    rule,
    ...drawn,
  ]);
}
