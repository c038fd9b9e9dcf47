import { log } from '../../engine/portable-math.ts';

/**
 * log(1 + x) without losing x's digits when it is small: the rounding of 1 + x is undone by the
 * factor x / ((1 + x) − 1), exact to first order (Higham, Accuracy and Stability, 1.14.1).
 */
export function log1p(x: number): number {
  const u = 1 + x;
  if (u === 1) return x;
  if (u === Number.POSITIVE_INFINITY) return u;
  return (log(u) * x) / (u - 1);
}
