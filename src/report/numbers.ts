import type { MetricDeclaration } from '../experiment/compare.ts';
import type { Estimate } from '../experiment/run-result.ts';

// How every number of every table is written. toFixed is exact by the language's definition,
// so that equal numbers give equal text on every machine.

export type Unit = MetricDeclaration['unit'];

interface Scale {
  readonly divisor: number;
  readonly suffix: string;
}

const NO_SCALE: Scale = { divisor: 1, suffix: '' };
const TIMES: readonly Scale[] = [
  { divisor: 1e9, suffix: ' s' },
  { divisor: 1e6, suffix: ' ms' },
  { divisor: 1e3, suffix: ' us' },
  { divisor: 1, suffix: ' ns' },
];
const SIZES: readonly Scale[] = [
  { divisor: 1024 * 1024 * 1024, suffix: ' GiB' },
  { divisor: 1024 * 1024, suffix: ' MiB' },
  { divisor: 1024, suffix: ' KiB' },
  { divisor: 1, suffix: ' B' },
];

/** A value by itself: whole numbers whole, others with four significant digits. */
export function formatValue(value: number, unit: Unit): string {
  const { divisor, suffix } = scaleFor(unit, value);
  return formatPlain(value / divisor) + suffix;
}

/** The same without a unit: whole numbers whole, others with four significant digits. */
export function formatPlain(value: number): string {
  if (Number.isInteger(value)) return String(value === 0 ? 0 : value);
  return withoutZeros(fixed(value, decimalsFor(Math.abs(value), 1000)));
}

/** `12.3 [11.9, 12.7] ms`: two significant digits of the half width; exact ones stand alone. */
export function formatEstimate(estimate: Estimate, unit: Unit): string {
  return layOut(estimate, unit, (text) => text);
}

/** The same for a difference, with its sign. */
export function formatDifference(estimate: Estimate, unit: Unit): string {
  return layOut(estimate, unit, (text, value) => (value > 0 ? `+${text}` : text));
}

/** With this many decimals, and never "-0". */
export function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

type Sign = (text: string, value: number) => string;

function layOut(estimate: Estimate, unit: Unit, sign: Sign): string {
  const { value, low, high } = estimate;
  if (estimate.exact === true) return sign(formatValue(value, unit), value);
  const largest = Math.max(Math.abs(value), Math.abs(low), Math.abs(high));
  const { divisor, suffix } = scaleFor(unit, largest);
  // Two digits of the half width, but no more than five of the value itself.
  const width = decimalsFor((high - low) / 2 / divisor, 10);
  const decimals = Math.min(width, decimalsFor(largest / divisor, 10_000));
  const show = (number: number) => sign(fixed(number / divisor, decimals), number);
  return `${show(value)} [${show(low)}, ${show(high)}]${suffix}`;
}

function scaleFor(unit: Unit, value: number): Scale {
  const scales = unit === 'ns' ? TIMES : unit === 'bytes' ? SIZES : null;
  if (scales === null) return NO_SCALE;
  return scales.find((scale) => Math.abs(value) >= scale.divisor) ?? scales.at(-1)!;
}

/** Decimals until the number, its point moved right by as many places, reaches `digits`. */
function decimalsFor(size: number, digits: number): number {
  let decimals = 0;
  for (let shifted = size; shifted < digits && decimals < 6; decimals++) shifted *= 10;
  return decimals;
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
