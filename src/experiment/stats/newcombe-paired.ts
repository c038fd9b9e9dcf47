import type { Estimate } from '../run-result.ts';
import { wilson } from './wilson.ts';

/** How pairs of yes/no outcomes fell: both yes, only the first, only the second, neither. */
export interface PairTable {
  readonly both: number;
  readonly first: number;
  readonly second: number;
  readonly neither: number;
}

/**
 * The difference of two paired shares, first − second, by Newcombe's method 10 (Statistics in
 * Medicine 17, 1998, 2635–2650): Wilson's limits of both shares, squared and added, less what
 * their correlation takes away.
 */
export function newcombePaired(pairs: PairTable, level: number): Estimate {
  const n = pairs.both + pairs.first + pairs.second + pairs.neither;
  const one = wilson(pairs.both + pairs.first, n, level);
  const two = wilson(pairs.both + pairs.second, n, level);
  const phi = correlation(pairs);
  const below = side(one.value - one.low, two.high - two.value, phi);
  const above = side(two.value - two.low, one.high - one.value, phi);
  const value = (pairs.first - pairs.second) / n;
  return { value, low: Math.max(-1, value - below), high: Math.min(1, value + above), n };
}

function side(a: number, b: number, phi: number): number {
  return Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
}

/** The phi coefficient, its positive part corrected for continuity; 0 where a margin is empty. */
function correlation({ both, first, second, neither }: PairTable): number {
  const yes = (both + first) * (both + second);
  const no = (second + neither) * (first + neither);
  if (yes === 0 || no === 0) return 0;
  const excess = both * neither - first * second;
  const half = (both + first + second + neither) / 2;
  const corrected = excess > 0 ? Math.max(excess - half, 0) : excess;
  return corrected / (Math.sqrt(yes) * Math.sqrt(no));
}
