import { incompleteGamma } from './incomplete-gamma.ts';

/** P(Z ≤ z) of the standard normal; the lower tail keeps its digits far out. */
export function normalProbability(z: number): number {
  const { lower, upper } = incompleteGamma(0.5, (z * z) / 2);
  return z < 0 ? 0.5 * upper : 0.5 + 0.5 * lower;
}
