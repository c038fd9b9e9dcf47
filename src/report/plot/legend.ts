import type { SeriesStyle } from './series-style.ts';
import { element, escapeText } from './svg.ts';

const SAMPLE = 22;

export interface NamedSeries extends SeriesStyle {
  readonly text: string;
  readonly y: number;
}

/**
 * Names beside the ends of lines, in the page's ink, for some colours are too faint for letters:
 * each behind a piece of its line.
 */
export function seriesNames(left: number, series: readonly NamedSeries[]): string[] {
  return series.flatMap(({ text, y, colour, dashes }) => [
    element('line', {
      ...{ x1: left, x2: left + SAMPLE, y1: y, y2: y },
      ...{ stroke: colour, 'stroke-width': 2.5, 'stroke-dasharray': dashes },
    }),
    element('text', { x: left + SAMPLE + 6, y: y + 4 }, [escapeText(text)]),
  ]);
}
