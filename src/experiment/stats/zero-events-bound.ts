import { exp, log } from '../../engine/portable-math.ts';

/**
 * Largest chance of an event, with this confidence, after n trials without one: the exact bound
 * whose well-known approximation at 95 % is the rule of three, 3 / n.
 */
export function zeroEventsBound(n: number, level: number): number {
  return 1 - exp(log(1 - level) / n);
}
