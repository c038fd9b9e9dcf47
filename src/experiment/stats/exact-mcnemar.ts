import { incompleteBeta } from './incomplete-beta.ts';

/**
 * Two-sided p of McNemar's exact test: had neither side an advantage, each of the discordant
 * pairs would fall like a fair coin. Only they count; without any, p is 1.
 */
export function exactMcNemar(first: number, second: number): number {
  const fewer = Math.min(first, second);
  const n = first + second;
  if (fewer === n - fewer) return 1;
  // P(Binomial(n, ½) ≤ fewer) is a beta integral.
  return Math.min(1, 2 * incompleteBeta(0.5, 0.5, n - fewer, fewer + 1));
}
