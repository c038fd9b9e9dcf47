// Models: int_sqrt, mult_frac, rounddown_pow_of_two and 64-bit products of page counts, 4.17
// to 6.12.
// Departs: nothing. A double is exact up to 2^53; only products of two page counts can pass
// that, and those go through BigInt. It runs when watermarks are set, never per allocation.

/** Floor of the square root of a whole number below 2^53, as int_sqrt gives it. */
export function isqrt(value: number): number {
  let root = Math.floor(Math.sqrt(value));
  while (root * root > value) root--;
  while ((root + 1) * (root + 1) <= value) root++;
  return root;
}

/** Whole part of a × b / c, with the product in full. */
export function multiplyDivide(a: number, b: number, c: number): number {
  const product = a * b;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / c);
  return Number((BigInt(a) * BigInt(b)) / BigInt(c));
}

/** The kernel's mult_frac: it divides first, so that no product overflows. */
export function multFrac(value: number, numerator: number, denominator: number): number {
  const whole = Math.floor(value / denominator);
  const rest = value % denominator;
  return whole * numerator + Math.floor((rest * numerator) / denominator);
}

/** Largest power of two not above a value ≥ 1. */
export function floorPowerOfTwo(value: number): number {
  let power = 1;
  while (power * 2 <= value) power *= 2;
  return power;
}

/** Smallest power of two not below a value ≥ 1. */
export function ceilPowerOfTwo(value: number): number {
  const floor = floorPowerOfTwo(value);
  return floor === value ? floor : floor * 2;
}
