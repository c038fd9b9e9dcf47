import { element, escapeText } from './svg.ts';

/** A value's place in the drawing. */
export type Place = (value: number) => number;

/** Lines across the drawing at these values of the vertical axis, each named on the left. */
export function rowLines(
  values: readonly number[],
  y: Place,
  ends: { readonly left: number; readonly right: number },
  textOf: (value: number) => string,
): string[] {
  const { left, right } = ends;
  return values.flatMap((value) => [
    element('line', { x1: left, x2: right, y1: y(value), y2: y(value), class: 'grid' }),
    element('text', { x: left - 8, y: y(value) + 4, 'text-anchor': 'end', class: 'tick' }, [
      escapeText(textOf(value)),
    ]),
  ]);
}

/** Texts under the horizontal axis, at this height. */
export function columnTexts(
  values: readonly number[],
  x: Place,
  height: number,
  textOf: (value: number) => string,
): string[] {
  return values.map((value) =>
    element('text', { x: x(value), y: height, 'text-anchor': 'middle', class: 'tick' }, [
      escapeText(textOf(value)),
    ]),
  );
}
