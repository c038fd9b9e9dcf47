import { exp, log } from '../../engine/portable-math.ts';
import { logGamma } from './log-gamma.ts';

const TINY = 1e-300;
const STEPS_MAX = 100_000;

/** Both regularised incomplete gamma functions: P(a, x) below x, Q(a, x) = 1 − P above it. */
export interface IncompleteGamma {
  readonly lower: number;
  readonly upper: number;
}

/**
 * P(a, x) and Q(a, x) for a > 0: the power series where x is small, Lentz's continued fraction
 * elsewhere (Numerical Recipes 6.2), so that the smaller of the two keeps its digits.
 */
export function incompleteGamma(a: number, x: number): IncompleteGamma {
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  const front = exp(a * log(x) - x - logGamma(a));
  if (x < a + 1) {
    const lower = front * series(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = front * fraction(a, x);
  return { lower: 1 - upper, upper };
}

/** Σ xᵏ / (a (a + 1) … (a + k)). */
function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k <= STEPS_MAX && term > sum * 1e-17; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / awayFromZero(b);
  let value = d;
  for (let k = 1; k <= STEPS_MAX; k++) {
    const step = k * (a - k);
    b += 2;
    d = 1 / awayFromZero(step * d + b);
    c = awayFromZero(b + step / c);
    const change = c * d;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return value;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
