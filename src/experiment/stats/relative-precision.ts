import type { Estimate } from '../run-result.ts';

/** Runs before the first look: below, a variance is too uncertain to stop by. */
export const FIRST_LOOK = 10;
const GROWTH = 1.5;

/**
 * Is the half width at most γ of the true value? Of the estimated value it must then be at most
 * γ′ = γ / (1 + γ), since the estimate itself may be off by as much (Law and Kelton). A value of 0
 * is reached only exactly.
 */
export function isPreciseTo({ value, low, high, exact }: Estimate, gamma: number): boolean {
  if (exact === true || low === high) return true;
  return (high - low) / 2 <= (gamma / (1 + gamma)) * Math.abs(value);
}

/**
 * How many runs until the next look: half as many again. Looks are planned, because stopping at
 * the first moment that looks precise enough would choose the lucky ones.
 */
export function nextLook(runs: number, most: number): number {
  return Math.min(most, Math.max(FIRST_LOOK, Math.ceil(runs * GROWTH)));
}
