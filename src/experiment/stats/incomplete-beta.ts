import { exp, log } from '../../engine/portable-math.ts';
import { logBeta } from './log-beta.ts';
import { log1p } from './log1p.ts';

const TINY = 1e-300;
const STEPS_MAX = 100_000;

/**
 * The regularised incomplete beta function I_x(a, b), by its continued fraction evaluated with
 * Lentz's rule (Numerical Recipes 6.4). The caller gives both x and y = 1 − x, since one of them
 * is usually known to more digits than the subtraction would leave. O(√max(a, b)) steps.
 */
export function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // The fraction converges fast only on this side of the mode; the other is its mirror image.
  if (x > (a + 1) / (a + b + 2)) return 1 - front(y, x, b, a) * fraction(y, b, a);
  return front(x, y, a, b) * fraction(x, a, b);
}

/** x^a y^b / (a B(a, b)), in logarithms; each taken from the smaller of x and y. */
function front(x: number, y: number, a: number, b: number): number {
  const logX = x < 0.5 ? log(x) : log1p(-y);
  const logY = y < 0.5 ? log(y) : log1p(-x);
  return exp(a * logX + b * logY - logBeta(a, b)) / a;
}

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= STEPS_MAX; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const change = d * c;
    value *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return value;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
