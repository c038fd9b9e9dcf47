import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import type { SurvivalSummary } from '../../experiment/compare-types.ts';
import { formatValue, type Unit } from '../numbers.ts';
import { columnTexts, rowLines } from './axes.ts';
import { seriesNames } from './legend.ts';
import { seriesStyle } from './series-style.ts';
import { drawing, element } from './svg.ts';

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 48;
const RIGHT = 190;
const TOP = 14;
const BOTTOM = 40;
const LINE = 16;
const SHARES = [0, 0.25, 0.5, 0.75, 1];

export interface SurvivalCurve {
  readonly variant: string;
  readonly summary: SurvivalSummary;
}

/**
 * Shares alive over time with their intervals; names stand beside the curves' ends, those of equal
 * curves together.
 */
export function survivalPlot(all: readonly SurvivalCurve[], what: string, unit: Unit): string {
  const curves = withoutTwins(all);
  const end = Math.max(...curves.map(({ summary }) => summary.horizon), 1);
  const x = scaleLinear([0, end], [LEFT, WIDTH - RIGHT]);
  const y = scaleLinear([0, 1], [HEIGHT - BOTTOM, TOP]);
  const toPath = line<Step>()
    .x((step) => x(step.time))
    .y((step) => y(step.survival))
    .curve(curveStepAfter)
    .digits(2);
  const toBand = area<Step>()
    .x((step) => x(step.time))
    .y0((step) => y(step.low))
    .y1((step) => y(step.high))
    .curve(curveStepAfter)
    .digits(2);
  const drawn = curves.flatMap(({ summary }, i) => {
    const { colour, dashes } = seriesStyle(i);
    const steps = stepsOf(summary);
    const stroke = { fill: 'none', stroke: colour, 'stroke-width': 2, 'stroke-dasharray': dashes };
    return [
      element('path', { d: toBand(steps)!, fill: colour, 'fill-opacity': '0.12' }),
      element('path', { d: toPath(steps)!, ...stroke }),
    ];
  });
  const labels = curves.flatMap(({ variants, summary }, i) =>
    variants.map((variant) => ({ variant, at: y(lastOf(summary)), ...seriesStyle(i) })),
  );
  const places = labelPlaces(labels.map(({ at }) => at));
  const named = seriesNames(
    WIDTH - RIGHT + 8,
    labels.map((label, i) => ({ ...label, text: label.variant, y: places[i]! })),
  );
  const description = curves
    .map(({ variants, summary }) => `${variants.join(', ')}: ${summary.died} of ${summary.n} died`)
    .join('; ');
  return drawing({ width: WIDTH, height: HEIGHT }, { title: what, description }, [
    ...grid(x, y, unit),
    ...drawn,
    ...named,
  ]);
}

type Scale = ScaleLinear<number, number>;

interface Drawn {
  readonly variants: string[];
  readonly summary: SurvivalSummary;
}

/** Curves that are the same are drawn once. */
function withoutTwins(curves: readonly SurvivalCurve[]): Drawn[] {
  const drawn = new Map<string, Drawn>();
  for (const { variant, summary } of curves) {
    const shape = JSON.stringify([summary.steps, summary.horizon]);
    const twin = drawn.get(shape);
    if (twin === undefined) drawn.set(shape, { variants: [variant], summary });
    else twin.variants.push(variant);
  }
  return [...drawn.values()];
}

interface Step {
  readonly time: number;
  readonly survival: number;
  readonly low: number;
  readonly high: number;
}

/** From all alive at 0 to the end of the watch; limits that do not exist are the curve itself. */
function stepsOf({ steps, horizon, survived }: SurvivalSummary): Step[] {
  const all = steps.map(({ time, survival, low, high }) => {
    return { time, survival, low: low ?? survival, high: high ?? survival };
  });
  const last = all.at(-1);
  const { low, high } = survived;
  const end = { time: horizon, survival: last?.survival ?? 1, low, high };
  return [{ time: 0, survival: 1, low: 1, high: 1 }, ...all, end];
}

function lastOf({ steps }: SurvivalSummary): number {
  return steps.at(-1)?.survival ?? 1;
}

function grid(x: Scale, y: Scale, unit: Unit): string[] {
  const ends = { left: LEFT, right: WIDTH - RIGHT };
  const bottom = HEIGHT - BOTTOM + 18;
  return [
    ...rowLines(SHARES, y, ends, (share) => `${share * 100} %`),
    ...columnTexts(x.ticks(5), x, bottom, (time) => formatValue(time, unit)),
  ];
}

/** Labels at least a line apart and inside the drawing, each near its curve. */
export function labelPlaces(wanted: readonly number[]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const places = [...wanted];
  let above = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    places[i] = Math.max(places[i]!, above + LINE);
    above = places[i]!;
  }
  let below = HEIGHT - BOTTOM + LINE;
  for (const i of order.reverse()) {
    places[i] = Math.min(places[i]!, below - LINE);
    below = places[i]!;
  }
  return places;
}
