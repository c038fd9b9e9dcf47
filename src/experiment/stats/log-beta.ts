import { log } from '../../engine/portable-math.ts';
import { logGamma, stirlingRemainder } from './log-gamma.ts';
import { log1p } from './log1p.ts';

const HALF_LOG_TWO_PI = 0.9189385332046728;

/**
 * log B(a, b) for a, b > 0. With large arguments log Γ(a) + log Γ(b) − log Γ(a + b) would lose
 * all its digits, so Stirling's terms are cancelled on paper and only the remainders subtracted.
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < 10) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const share = small / (small + large);
  const tail = stirlingRemainder(large) - stirlingRemainder(small + large);
  if (small < 10) {
    const spread = small - small * log(small + large);
    return logGamma(small) + tail + spread + (large - 0.5) * log1p(-share);
  }
  const body = (small - 0.5) * log(share) + large * log1p(-share) - 0.5 * log(large);
  return HALF_LOG_TWO_PI + stirlingRemainder(small) + tail + body;
}
