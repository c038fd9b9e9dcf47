import { UserError } from './user-error.ts';

/**
 * Quantities as people write them. A quantity is a number and a unit; the unit is never guessed.
 *
 *   sizes      K M G T (the kernel's memparse: powers of 1024), KiB … TiB, kB (the kernel's
 *              own spelling of 1024 bytes), B, pages
 *   durations  ns us ms s min h
 *   shares     %
 *
 * MB and GB are refused: half of the world reads them as powers of ten.
 */
export const PAGE_BYTES = 4096;

type Units = readonly (readonly [name: string, factor: number])[];

const KIBI = 1024;
const SIZE_UNITS: Units = [
  ['TiB', KIBI ** 4],
  ['GiB', KIBI ** 3],
  ['MiB', KIBI ** 2],
  ['KiB', KIBI],
  ['B', 1],
  ['T', KIBI ** 4],
  ['G', KIBI ** 3],
  ['M', KIBI ** 2],
  ['K', KIBI],
  ['t', KIBI ** 4],
  ['g', KIBI ** 3],
  ['m', KIBI ** 2],
  ['k', KIBI],
  ['kB', KIBI],
  ['pages', PAGE_BYTES],
  ['page', PAGE_BYTES],
];
const DURATION_UNITS: Units = [
  ['h', 3_600_000_000_000],
  ['min', 60_000_000_000],
  ['s', 1_000_000_000],
  ['ms', 1_000_000],
  ['us', 1_000],
  ['ns', 1],
];

export const SIZE_EXPECTED = 'a size with its unit, such as 128MiB, 1338kB or 4096pages';
export const PAGES_EXPECTED = 'a whole number of pages, or a size with its unit such as 16MiB';
export const DURATION_EXPECTED = 'a time with its unit, such as 250us, 12ms or 60s';
export const PERCENT_EXPECTED = 'a percentage from 0% to 100%';

/** Bytes of "128MiB"; a bare number has no unit and is refused. */
export function parseBytes(text: string | number): number {
  return parseQuantity(text, { what: 'size', units: SIZE_UNITS, expected: SIZE_EXPECTED });
}

/** Pages of a bare count or of a size that is a whole number of pages. */
export function parsePages(text: string | number): number {
  const written = String(text).trim();
  if (/^\d+$/.test(written)) return inRange(Number(written), written, 'page count', PAGES_EXPECTED);
  const bytes = parseQuantity(text, {
    what: 'page count',
    units: SIZE_UNITS,
    expected: PAGES_EXPECTED,
  });
  if (bytes % PAGE_BYTES === 0) return bytes / PAGE_BYTES;
  throw new UserError(`'${written}' is not a whole number of ${PAGE_BYTES}-byte pages`);
}

/** Whole nanoseconds of "12ms". */
export function parseDuration(text: string | number): number {
  return parseQuantity(text, { what: 'time', units: DURATION_UNITS, expected: DURATION_EXPECTED });
}

/** 0…100 of "10%" or of the bare number. */
export function parsePercent(text: string | number): number {
  const written = String(text).trim();
  const match = /^(\d+(?:\.\d+)?)\s*%?$/.exec(written);
  const value = match === null ? Number.NaN : Number(match[1]);
  if (value >= 0 && value <= 100) return value;
  throw new UserError(`'${clip(written)}' is not a percentage`, { expected: PERCENT_EXPECTED });
}

/** The shortest exact spelling in binary units: 134217728 → "128MiB". */
export function formatBytes(bytes: number): string {
  return formatQuantity(bytes, SIZE_UNITS.slice(0, 5));
}

/** 60000000000 → "1min", 90000000000 → "90s". */
export function formatDuration(ns: number): string {
  return formatQuantity(ns, DURATION_UNITS);
}

interface QuantityKind {
  readonly what: string;
  readonly units: Units;
  readonly expected: string;
}

function parseQuantity(text: string | number, kind: QuantityKind): number {
  const written = String(text).trim();
  const { what, expected } = kind;
  const match = /^([+-]?\d+(?:\.\d+)?)\s*([A-Za-zµ%]*)$/.exec(written);
  if (match === null) throw new UserError(`'${clip(written)}' is not a ${what}`, { expected });
  const [, digits = '', unit = ''] = match;
  if (digits.startsWith('-')) {
    throw new UserError(`'${clip(written)}' is negative`, { expected });
  }
  const factor = kind.units.find(([name]) => name === unit)?.[1];
  if (factor === undefined) {
    const message = unit === '' ? `has no unit` : `has the unknown unit '${clip(unit)}'`;
    const hint = unitHint(unit, kind.units);
    throw new UserError(`${what} '${clip(written)}' ${message}`, { expected, ...hint });
  }
  return inRange(Number(digits) * factor, written, what, expected);
}

function inRange(value: number, written: string, what: string, expected: string): number {
  if (!(value <= Number.MAX_SAFE_INTEGER)) {
    throw new UserError(`${what} '${clip(written)}' is too large`, { expected: 'less than 2^53' });
  }
  if (Number.isInteger(value)) return value;
  throw new UserError(`'${clip(written)}' is not a whole ${what}`, { expected });
}

function unitHint(unit: string, units: Units): { hint?: string } {
  const lower = unit.toLowerCase();
  if (/^[mgt]b$/.test(lower) && units === SIZE_UNITS) {
    return { hint: `did you mean '${lower[0]!.toUpperCase()}iB'?` };
  }
  const near = units.find(([name]) => name.toLowerCase() === lower);
  return near === undefined ? {} : { hint: `did you mean '${near[0]}'?` };
}

function formatQuantity(value: number, units: Units): string {
  for (const [name, factor] of units) {
    if (value >= factor && value % factor === 0) return `${value / factor}${name}`;
  }
  return `${value}${units[units.length - 1]![0]}`;
}

/** Noise in a value must not flood the message. */
function clip(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 37)}...`;
}
