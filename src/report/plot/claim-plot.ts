import { type ScaleLinear, scaleLinear } from 'd3-scale';
import type { Claim, Outcome } from '../../experiment/claims.ts';
import { demandText, measuredText, subjectText } from '../claim-text.ts';
import { formatValue } from '../numbers.ts';
import type { Drawing } from './bar-plot.ts';
import { element, escapeText } from './svg.ts';

// A row a claim; claims of one metric share a scale, which for shares begins at 0:
//
//   kmemleak_death_alloc of quiet-2011
//     ────────▒▒▒▒▒▒━━●━━▒▒▒▒▒───────    ✓ 10.9 [9.5, 12.4], theory 11.1
//             demanded   measured

const WIDTH = 720;
const LEFT = 24;
const RIGHT = 330;
const ROW = 48;
const BAND = 14;
/** Of the scale, so that nothing stands at its very end. */
const MARGIN = 0.06;
const LETTERS = 92;

const MARKS: Readonly<Record<Outcome, { readonly mark: string; readonly colour: string }>> = {
  holds: { mark: '\u2713', colour: '#00795c' },
  fails: { mark: '\u00d7 contradicted:', colour: '#d55e00' },
  unclear: { mark: '~ unclear:', colour: '#cc79a7' },
  measured: { mark: 'measured:', colour: 'currentColor' },
};

/** Each claim beside what was measured of it: the dot lies in the band, or it does not. */
export function claimPlot(claims: readonly Claim[]): Drawing {
  return {
    size: { width: WIDTH, height: claims.length * ROW + 8 },
    children: claims.flatMap((claim, i) => {
      const alike = claims.filter(({ metric, of }) => metric === claim.metric && of === claim.of);
      return row(claim, scaleOf(alike), i * ROW + 6);
    }),
  };
}

type Scale = ScaleLinear<number, number>;

function row(claim: Claim, x: Scale, top: number): string[] {
  const { mark } = MARKS[claim.outcome];
  const { measured, unit, of } = claim;
  const isEach = of === 'runs' && measured !== null;
  const found = isEach ? formatValue(measured.value, unit) : measuredText(claim);
  const subject = subjectText(claim).replace(/:$/, '');
  const y = top + 30;
  return [
    element('text', { x: 4, y: top + 12 }, [escapeText(subject.slice(0, LETTERS))]),
    element('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y, class: 'grid' }),
    ...drawn(claim, x, y),
    element('text', { x: WIDTH - RIGHT + 12, y: y + 4, class: 'tick' }, [
      escapeText(`${mark} ${found}${demandText(claim)}`),
    ]),
  ];
}

/** What was demanded, and over it what was measured; of each run there is no interval. */
function drawn(claim: Claim, x: Scale, y: number): string[] {
  const { measured, outcome, of } = claim;
  if (measured === null) return [];
  const { low, high, value } = measured;
  const { colour } = MARKS[outcome];
  const theory = theoryOf(claim);
  const at = theory === undefined ? null : x(theory);
  const box = { y1: y - BAND / 2, y2: y + BAND / 2 };
  const interval = { x1: x(low), x2: x(high), y1: y, y2: y, stroke: colour, 'stroke-width': 3 };
  return [
    ...band(claim, x, y),
    ...(at === null ? [] : [element('line', { x1: at, x2: at, ...box, class: 'rule' })]),
    ...(of === 'runs' ? [] : [element('line', interval)]),
    element('circle', { cx: x(value), cy: y, r: 4.5, fill: colour }),
  ];
}

/** Runs that are to be those of others: all of them. */
function theoryOf({ of, theory }: Claim): number | undefined {
  return of === 'identity' ? 1 : theory;
}

/** A side without a limit is open to the end of the scale. */
function band({ min, max }: Claim, x: Scale, y: number): string[] {
  if (min === undefined && max === undefined) return [];
  const from = min === undefined ? LEFT : x(min) - 1;
  const to = max === undefined ? WIDTH - RIGHT : x(max) + 1;
  const box = { x: from, y: y - BAND / 2, width: to - from, height: BAND, class: 'band' };
  return [element('rect', box)];
}

function scaleOf(claims: readonly Claim[]): Scale {
  const known = claims.flatMap(valuesOf).filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const span = high > low ? high - low : Math.max(Math.abs(high), 1);
  const ends = [low - span * MARGIN, high + span * MARGIN];
  return scaleLinear(ends, [LEFT, WIDTH - RIGHT]);
}

function valuesOf(claim: Claim): number[] {
  const { measured, min, max, unit, of } = claim;
  const value = measured === null ? [] : [measured.value];
  const around = measured === null || of === 'runs' ? [] : [measured.low, measured.high];
  const limits = [min, max, theoryOf(claim)].filter((limit) => limit !== undefined);
  const known = [...value, ...around, ...limits];
  if (unit !== 'ratio' || of === 'difference') return known;
  // A large share is seen as one of all, a small one as what it is more than nothing.
  return [...known, 0, ...(Math.max(...known) > 0.5 ? [1] : [])];
}
