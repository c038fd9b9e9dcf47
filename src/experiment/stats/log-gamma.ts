import { log } from '../../engine/portable-math.ts';

const HALF_LOG_TWO_PI = 0.9189385332046728;
/** From here on the series below is exact to double precision. */
const SERIES_FROM = 10;

/** log Γ(x) for x > 0: the recurrence lifts x to where Stirling's series is exact. */
export function logGamma(x: number): number {
  let product = 1;
  let lifted = x;
  while (lifted < SERIES_FROM) {
    product *= lifted;
    lifted++;
  }
  return stirling(lifted) + stirlingRemainder(lifted) - log(product);
}

/**
 * What Stirling's formula lacks, for x ≥ 10: Σ B₂ₖ / (2k(2k−1) x²ᵏ⁻¹). On its own, because
 * differences of log Γ at large arguments must cancel the formula symbolically, not in digits.
 */
export function stirlingRemainder(x: number): number {
  const square = 1 / (x * x);
  let sum = 0;
  for (let k = COEFFICIENTS.length - 1; k >= 0; k--) sum = sum * square + COEFFICIENTS[k]!;
  return sum / x;
}

/** B₂ₖ / (2k(2k−1)) for k = 1, 2, … 8. */
const COEFFICIENTS: readonly number[] = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
];

function stirling(x: number): number {
  return (x - 0.5) * log(x) - x + HALF_LOG_TWO_PI;
}
