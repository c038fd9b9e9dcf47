/**
 * How the variants of one plot are told apart: by colour and by dashes, so that neither a printer
 * nor an eye that mixes colours up loses one. The colours are those of Okabe and Ito; the first
 * one is the ink of whatever surrounds the drawing.
 */
const COLOURS = [
  'currentColor',
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#8c6d1f',
];
const DASHES = ['none', '7 3', '2 3', '9 3 2 3', '12 4', '4 2 1 2'];

export interface SeriesStyle {
  readonly colour: string;
  readonly dashes: string;
}

export function seriesStyle(index: number): SeriesStyle {
  return {
    colour: COLOURS[index % COLOURS.length]!,
    dashes: DASHES[index % DASHES.length]!,
  };
}
