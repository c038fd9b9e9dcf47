import { wilson } from '../experiment/stats/wilson.ts';

// One measured quantity beside what is simulated of it, and whether they agree.
//
//   allowed   |------------------------------|     what a group holds itself to
//   spread            |----------|                 least to most of the measured runs
//   measured               |                       their median, or the only value
//
//   exact where nothing differs, then spread, then chance (what it makes likely) or slack (what is
//   tolerated), else outside

/** How the simulated value stands to what was measured. */
export type Agreement = 'exact' | 'spread' | 'chance' | 'slack' | 'outside';

export type Value = number | string;

export type Bounds = readonly [low: number, high: number];

/** null: no limit on that side. */
export type Limits = readonly [low: number | null, high: number | null];

export interface Quantity {
  /** The kernel's name of it, where it has one. */
  readonly name: string;
  /** Median or only value; null: only the spread is known. */
  readonly measured: Value | null;
  readonly spread: Bounds | null;
  /** Measured runs. */
  readonly runs: number;
  readonly simulated: Value;
  /** What the simulated value may be; null: nothing but the measured one. */
  readonly allowed: Limits | null;
  readonly agreement: Agreement;
  /** Simulated by measured; null where that says nothing. */
  readonly ratio: number | null;
}

/** Below, a ratio tells of chance and of ones and twos. */
const RATIO_LEAST = 100;
/** The value of what did not come about. */
export const NEVER = 'never';
/** Of the intervals of shares. */
const LEVEL = 0.95;

/** Nothing but the measured value will do. */
export function exact(name: string, measured: Value, simulated: Value, runs = 1): Quantity {
  return judged({ name, measured, spread: null, runs, simulated, allowed: null }, 'slack');
}

/** Inside the measured range, or outside by as much as the slack. */
export function inRange(
  name: string,
  range: Bounds,
  simulated: number,
  how: { readonly slack: Bounds; readonly runs: number },
): Quantity {
  const [least, most] = range;
  const allowed: Bounds = [least - how.slack[0], most + how.slack[1]];
  const told = { name, measured: least === most ? least : null, spread: range, runs: how.runs };
  return judged({ ...told, simulated, allowed }, 'slack');
}

/** Inside the measured spread, or within this share of the measured median. */
export function inSpread(
  name: string,
  [least, median, most]: readonly [least: number, median: number, most: number],
  simulated: number,
  how: { readonly share: number; readonly runs: number },
): Quantity {
  const slack = how.share * median;
  const allowed: Bounds = [Math.min(least, median - slack), Math.max(most, median + slack)];
  const told = { name, measured: median, spread: [least, most] as const, runs: how.runs };
  return judged({ ...told, simulated, allowed }, 'slack');
}

/** Two counts of one law: no farther apart than chance has it. */
export function alike(name: string, theirs: number, ours: number, farthest: number): Quantity {
  const allowed: Bounds = [theirs - farthest, theirs + farthest];
  const told = { name, measured: theirs, spread: null, runs: 1, simulated: ours, allowed };
  return judged(told, 'chance');
}

/** What nobody measured a value of, but only between which two it lies. */
export function between(name: string, allowed: Limits, simulated: number, runs = 1): Quantity {
  const told = { name, measured: null, spread: null, runs, simulated, allowed };
  return judged(told, 'slack');
}

/** So many of so many. */
export interface Share {
  readonly hits: number;
  readonly of: number;
}

/** A share inside the interval of the measured one. */
export function inShare(name: string, theirs: Share, ours: Share): Quantity {
  const { value, low, high } = wilson(theirs.hits, theirs.of, LEVEL);
  return shares({ name, measured: value, runs: theirs.of, simulated: ours.hits / ours.of }, [
    low,
    high,
  ]);
}

/** Too few runs on both sides: their intervals must have shares in common. */
export function commonShare(name: string, theirs: Share, ours: Share): Quantity {
  const told = wilson(theirs.hits, theirs.of, LEVEL);
  const { value, low, high } = wilson(ours.hits, ours.of, LEVEL);
  const allowed: Bounds = [told.low - (high - value), told.high + (value - low)];
  return shares({ name, measured: told.value, runs: theirs.of, simulated: value }, allowed);
}

function shares(
  told: Pick<Quantity, 'name' | 'measured' | 'runs' | 'simulated'>,
  allowed: Bounds,
): Quantity {
  return judged({ ...told, spread: null, allowed }, 'chance');
}

/** The same quantity with one more demand on it. */
export function alsoWithin(quantity: Quantity, [low, high]: Limits): Quantity {
  const [least, most] = quantity.allowed ?? [null, null];
  const allowed: Limits = [tighter(Math.max, least, low), tighter(Math.min, most, high)];
  return judged({ ...quantity, allowed }, 'chance');
}

function tighter(
  pick: (a: number, b: number) => number,
  one: number | null,
  other: number | null,
): number | null {
  return one === null || other === null ? (one ?? other) : pick(one, other);
}

/** The middle of an odd number of values, or between the two of an even one. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** How far a ratio is from 1, whichever side is the larger. */
export function farness({ ratio }: Pick<Quantity, 'ratio'>): number {
  if (ratio === null) return 1;
  return ratio === 0 ? Number.POSITIVE_INFINITY : Math.max(ratio, 1 / ratio);
}

function judged(
  told: Omit<Quantity, 'agreement' | 'ratio'>,
  otherwise: 'chance' | 'slack',
): Quantity {
  const simulated = Number.isNaN(told.simulated) ? NEVER : told.simulated;
  const seen = { ...told, simulated };
  return { ...seen, agreement: agreementOf(seen, otherwise), ratio: ratioOf(seen) };
}

type Told = Pick<Quantity, 'measured' | 'spread' | 'simulated' | 'allowed'>;

function agreementOf(
  { measured, spread, simulated, allowed }: Told,
  otherwise: 'chance' | 'slack',
): Agreement {
  const isSame = simulated === measured;
  if (allowed === null) return isSame ? 'exact' : 'outside';
  if (!isIn(simulated, allowed)) return 'outside';
  if (isSame) return 'exact';
  return spread !== null && isIn(simulated, spread) ? 'spread' : otherwise;
}

/** What is no number lies nowhere. */
function isIn(value: Value, [low, high]: Limits): boolean {
  if (typeof value !== 'number') return false;
  return (low === null || value >= low) && (high === null || value <= high);
}

function ratioOf({ measured, spread, simulated }: Told): number | null {
  const middle = spread === null ? null : (spread[0] + spread[1]) / 2;
  const told = measured ?? middle;
  if (typeof told !== 'number' || typeof simulated !== 'number') return null;
  return Math.abs(told) < RATIO_LEAST ? null : simulated / told;
}
