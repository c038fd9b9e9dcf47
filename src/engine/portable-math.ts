/*
 * log, exp and pow from + - * / and bit access alone: those round the same way on every machine,
 * the built-in functions need not. Largest errors measured against 160-bit arithmetic, in units
 * of the last place (ulp): log 0.8, exp 0.7, pow 1.1.
 *
 *   log(x) = e·ln2 + log(m)        x = m·2^e, m in [√½, √2)
 *   log(m) = 2·(s + s³/3 + s⁵/5 + …)        s = (m-1)/(m+1), |s| ≤ 0.1716
 *   exp(x) = 2^k · (1 + r + r²/2! + r³/3! + …)        x = k·ln2 + r, |r| ≤ ln2/2
 *   pow(x, y) = exp(y·log x)        with the logarithm and the product as sums of two doubles
 *
 * Sums end where the next term falls below a tenth of an ulp. Constants named UPPER and LOWER are
 * one number in two parts: the upper has so few bits that its product with an exponent is exact.
 */

const LN2_UPPER = 0.6931471803691238;
const LN2_LOWER = 1.9082149292705877e-10;
const ONE_OVER_LN2 = Math.LOG2E;
const SQRT_2 = Math.SQRT2;
/** What the double 1/3 lacks of a third. */
const THIRD_LOWER = 1.850371707708594e-17;

const TWO_54 = 0x40000000000000;
const SMALLEST_NORMAL = 2.2250738585072014e-308;
/** Above it exp overflows; below minus it, and some more, exp is zero. */
const EXP_OVERFLOW = 709.782712893384;
const EXP_UNDERFLOW = -745.1332191019412;
/** Multiplying by it splits a double into two halves of 26 bits. */
const SPLITTER = 0x8000001;
/** An exponent from which every power but that of 1 is zero or infinite. */
const HUGE_EXPONENT = 2 ** 64;

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);
/** Where the word with sign and exponent stands: bytes may be in either order. */
const UPPER_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** Natural logarithm: NaN below zero, -Infinity at zero. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const exponent = exponentOf(x);
  const f = mantissa - 1;
  const s = f / (2 + f);
  const rest = 2 * s * s * atanhTail(s * s);
  // 2s = f - s·f, and f is exact.
  const corrected = s * (f - rest) - exponent * LN2_LOWER;
  return exponent * LN2_UPPER - (corrected - f);
}

/** e to the x. */
export function exp(x: number): number {
  return expOfSum(x, 0);
}

/** `base` to the `exponent`, with the special cases of ECMAScript's `**`. */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  const negative = base < 0 || Object.is(base, -0);
  if (negative && base !== 0 && Number.isFinite(base) && !isWhole(exponent)) return Number.NaN;
  const power = positivePow(Math.abs(base), exponent);
  return negative && isOdd(exponent) ? -power : power;
}

/** Set by exponentOf. */
let mantissa = 0;

/** e of x = mantissa·2^e with the mantissa in [√½, √2), for a positive finite x. */
function exponentOf(x: number): number {
  const subnormal = x < SMALLEST_NORMAL;
  bits[0] = subnormal ? x * TWO_54 : x;
  const upper = words[UPPER_WORD]!;
  words[UPPER_WORD] = (upper & 0x000fffff) | 0x3ff00000;
  const exponent = (upper >>> 20) - 1023 - (subnormal ? 54 : 0);
  mantissa = bits[0]!;
  if (mantissa < SQRT_2) return exponent;
  mantissa *= 0.5;
  return exponent + 1;
}

/** 1/3 + z/5 + z²/7 + …, for z up to 0.0295. */
function atanhTail(z: number): number {
  return 1 / 3 + z * atanhFarTail(z);
}

/** 1/5 + z/7 + z²/9 + … */
function atanhFarTail(z: number): number {
  const far = 1 / 15 + z * (1 / 17 + z * (1 / 19 + z * (1 / 21 + z * (1 / 23))));
  return 1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13 + z * far))));
}

/** exp(upper + lower), where lower is at most about an ulp of upper. */
function expOfSum(upper: number, lower: number): number {
  if (upper > EXP_OVERFLOW) return Number.POSITIVE_INFINITY;
  if (upper < EXP_UNDERFLOW) return 0;
  const k = Math.floor(upper * ONE_OVER_LN2 + 0.5);
  const exact = upper - k * LN2_UPPER;
  const less = k * LN2_LOWER - lower;
  const r = exact - less;
  const lost = exact - r - less;
  const one = 1 + r;
  const sum = one + (1 - one + r + (r * r * expTail(r) + lost));
  return timesPowerOfTwo(sum, k);
}

/** 1/2! + r/3! + r²/4! + …, for r up to 0.3466. */
function expTail(r: number): number {
  const far = 1 / 3628800 + r * (1 / 39916800 + r * (1 / 479001600 + r * (1 / 6227020800)));
  const middle = 1 / 5040 + r * (1 / 40320 + r * (1 / 362880 + r * far));
  return 1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * middle))));
}

/** In two steps where 2^k is no normal number; only the last one rounds. */
function timesPowerOfTwo(x: number, k: number): number {
  if (k > 1023) return x * 2 * powerOfTwo(k - 1);
  if (k < -1022) return x * powerOfTwo(k + 54) * (1 / TWO_54);
  return x * powerOfTwo(k);
}

function powerOfTwo(k: number): number {
  words[1 - UPPER_WORD] = 0;
  words[UPPER_WORD] = (k + 1023) << 20;
  return bits[0]!;
}

function positivePow(base: number, exponent: number): number {
  const logarithm = log(base);
  const extreme = !Number.isFinite(logarithm) || !(Math.abs(exponent) < HUGE_EXPONENT);
  if (extreme || logarithm === 0) return exp(logarithm * exponent);
  const upper = logInTwoParts(base);
  const product = upper * exponent;
  const lower = productError(upper, exponent, product) + logLower * exponent;
  const sum = product + lower;
  return expOfSum(sum, product - sum + lower);
}

/** Set by logInTwoParts: what its result lacks. */
let logLower = 0;

/** The logarithm of a positive finite x to about 2^-63 of itself, as two doubles. */
function logInTwoParts(x: number): number {
  const exponent = exponentOf(x);
  const f = mantissa - 1;
  const divisor = mantissa + 1;
  const s = f / divisor;
  const sTimesDivisor = s * divisor;
  const remainder = f - sTimesDivisor - productError(s, divisor, sTimesDivisor);
  const sLower = (remainder - s * (mantissa - (divisor - 1))) / divisor;
  const z = s * s;
  const zLower = productError(s, s, z) + 2 * s * sLower;

  // u = z/3 + z²/5 + …; log(m) = 2s + 2s·u.
  const third = z * (1 / 3);
  const beyond = z * z * atanhFarTail(z);
  const thirdLower = productError(z, 1 / 3, third) + z * THIRD_LOWER + zLower * (1 / 3);
  const u = third + beyond;
  const uLower = third - u + beyond + thirdLower;

  const su = s * u;
  const suLower = productError(s, u, su) + s * uLower + sLower * u;
  const series = s + su;
  const seriesLower = s - series + su + (suLower + sLower);

  const whole = exponent * LN2_UPPER;
  const upper = whole + 2 * series;
  // Whole is the larger part, or zero.
  logLower = whole - upper + 2 * series + (exponent * LN2_LOWER + 2 * seriesLower);
  if (whole === 0) logLower = 2 * seriesLower;
  const sum = upper + logLower;
  logLower = upper - sum + logLower;
  return sum;
}

/** a·b minus its rounded product, exactly. */
function productError(a: number, b: number, product: number): number {
  const aUpper = upperHalf(a);
  const aLower = a - aUpper;
  const bUpper = upperHalf(b);
  const bLower = b - bUpper;
  return aLower * bLower - (product - aUpper * bUpper - aLower * bUpper - aUpper * bLower);
}

function upperHalf(x: number): number {
  const big = x * SPLITTER;
  return big - (big - x);
}

function isWhole(x: number): boolean {
  return Math.floor(x) === x;
}

function isOdd(x: number): boolean {
  return isWhole(x) && Math.abs(x % 2) === 1;
}
