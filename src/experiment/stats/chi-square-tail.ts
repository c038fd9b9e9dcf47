import { incompleteGamma } from './incomplete-gamma.ts';

/** P(X > x) of the chi-square distribution with `degrees` of freedom. */
export function chiSquareTail(x: number, degrees: number): number {
  return incompleteGamma(degrees / 2, x / 2).upper;
}
