import { describe, expect, it } from 'vitest';
import { Xorshift64Star } from '../../src/workload/xorshift64-star.ts';

const MASK = (1n << 64n) - 1n;

/** The generator in 64-bit arithmetic, as its definition reads. */
function reference(seed: number): () => number {
  let x = (BigInt(seed) * 0x9e3779b97f4a7c15n) & MASK;
  return () => {
    x ^= x >> 12n;
    x ^= (x << 25n) & MASK;
    x ^= x >> 27n;
    return Number(((x * 0x2545f4914f6cdd1dn) & MASK) >> 32n);
  };
}

describe('xorshift64*', () => {
  it.each([1, 2, 3, 4294967296, 12345678901, Number.MAX_SAFE_INTEGER])(
    'equals 64-bit arithmetic for seed %d',
    (seed) => {
      const expected = reference(seed);
      const generator = new Xorshift64Star(seed);
      for (let draw = 0; draw < 20000; draw++) expect(generator.uint32()).toBe(expected());
    },
  );
});
