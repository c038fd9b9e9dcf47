import type { Estimate } from '../run-result.ts';
import { normalQuantile } from './normal-quantile.ts';

/**
 * A share of n with Wilson's score interval (1927): stays inside 0 … 1 and keeps a width at
 * 0 of n and n of n, where the textbook interval collapses.
 */
export function wilson(hits: number, n: number, level: number): Estimate {
  const z = normalQuantile(0.5 + level / 2);
  const share = hits / n;
  const scale = 1 + (z * z) / n;
  const centre = (share + (z * z) / (2 * n)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const low = hits === 0 ? 0 : centre - half;
  const high = hits === n ? 1 : centre + half;
  return { value: share, low, high, n };
}
