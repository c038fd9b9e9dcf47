/** What a load draws from: a random stream of the run, or the measured driver's generator. */
export interface Uint32Source {
  /** Uniform in 0…2^32 − 1. */
  uint32(): number;
}

const SEED_HIGH = 0x9e3779b9;
const SEED_LOW = 0x7f4a7c15;
const STAR_HIGH = 0x2545f491;
const STAR_LOW = 0x4f6cdd1d;

/**
 * xorshift64* (Vigna 2016), its upper 32 bits, in two halves of 32 bits.
 *
 * The generator of the driver that measured the real kernels, seeded as there: with the same seed
 * a churn makes the same choices here and there, as long as the same allocations succeed.
 */
export class Xorshift64Star implements Uint32Source {
  #high: number;
  #low: number;

  /** `seed`: a whole number from 1 on; 0 would stay 0 for ever. */
  constructor(seed: number) {
    const seedLow = seed % 2 ** 32;
    const seedHigh = Math.floor(seed / 2 ** 32);
    this.#low = Math.imul(seedLow, SEED_LOW) >>> 0;
    this.#high = upperProduct(seedHigh, seedLow, SEED_HIGH, SEED_LOW);
  }

  uint32(): number {
    let high = this.#high;
    let low = this.#low;
    low ^= (low >>> 12) | (high << 20);
    high ^= high >>> 12;
    high ^= (high << 25) | (low >>> 7);
    low ^= low << 25;
    low ^= (low >>> 27) | (high << 5);
    high ^= high >>> 27;
    this.#high = high >>> 0;
    this.#low = low >>> 0;
    return upperProduct(this.#high, this.#low, STAR_HIGH, STAR_LOW);
  }
}

/** Bits 32…63 of (aHigh·2^32 + aLow) × (bHigh·2^32 + bLow). */
function upperProduct(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const cross = Math.imul(aLow, bHigh) + Math.imul(aHigh, bLow);
  return (carry(aLow, bLow) + cross) >>> 0;
}

/** The upper half of a 32 × 32 bit product, by halves of 16 bits: every term stays exact. */
function carry(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (other >>> 16);
}
