import { describe, expect, it } from 'vitest';
import { KeyedDice } from '../../src/engine/keyed-dice.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import {
  CHI_SQUARE_15_DF,
  CHI_SQUARE_99_DF,
  CHI_SQUARE_255_DF,
  uniformChiSquare,
} from './chi-square.ts';

const dice = (seed = '1', purpose = 'coin') => new KeyedDice(new RandomStreams(seed, 0), purpose);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('KeyedDice', () => {
  it('rolls the same for the same key, whatever was rolled in between', () => {
    const one = dice();
    const first = one.roll(1, 2, 3);
    one.roll(9, 9, 9);
    expect(one.roll(1, 2, 3)).toBe(first);
    expect(dice().roll(1, 2, 3)).toBe(first);
  });

  it('rolls what it always rolled', () => {
    expect([dice().roll(0, 0, 0), dice().roll(1, 2, 3)]).toEqual([1414150088, 1904561789]);
  });

  it('has another key for another seed or purpose', () => {
    const rolls = [dice(), dice('2'), dice('1', 'coins')].map((one) => one.roll(1, 2, 3));
    expect(new Set(rolls).size).toBe(3);
  });

  it('rolls unsigned 32-bit integers, all values equally likely along each argument', () => {
    const one = dice();
    const along: ((i: number) => number)[] = [
      (i) => one.roll(i, 0, 0),
      (i) => one.roll(1, i, 0),
      (i) => one.roll(1, 0, i),
      (i) => one.roll(i >> 2, i & 3, 0),
    ];
    for (const roll of along) {
      for (const shift of [0, 12, 24]) {
        const cells = Array<number>(256).fill(0);
        for (let i = 0; i < 50_000; i++) {
          const value = roll(i);
          if (value !== value >>> 0) throw new Error('not an unsigned 32-bit integer');
          cells[(value >>> shift) & 255]! += 1;
        }
        expect(uniformChiSquare(cells)).toBeLessThan(CHI_SQUARE_255_DF);
      }
    }
  });

  it('has percents that are equally likely', () => {
    const one = dice();
    const cells = Array<number>(100).fill(0);
    for (let i = 0; i < 100_000; i++) cells[one.percent(i, 4, 0)]! += 1;
    expect(uniformChiSquare(cells)).toBeLessThan(CHI_SQUARE_99_DF);
  });

  it('judges neighbours independently: pairs fill a 4 × 4 table evenly', () => {
    const one = dice();
    const neighbours: ((i: number) => number)[] = [
      (i) => one.roll(i + 1, 0, 0),
      (i) => one.roll(i, 1, 0),
      (i) => one.roll(i, 0, 1),
      (i) => one.roll(i ^ 0x10000, 0, 0),
      (i) => dice('2').roll(i, 0, 0),
      (i) => dice('1', 'coins').roll(i, 0, 0),
    ];
    for (const neighbour of neighbours) {
      const cells = Array<number>(16).fill(0);
      for (let i = 0; i < 3000; i++) {
        cells[(one.roll(i, 0, 0) >>> 30) * 4 + (neighbour(i) >>> 30)]! += 1;
      }
      expect(uniformChiSquare(cells)).toBeLessThan(CHI_SQUARE_15_DF);
    }
  });

  it('flips half of the 32 bits when one bit of an argument flips', () => {
    const one = dice();
    for (const [a, b, c] of [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const) {
      for (const bit of range(32)) {
        let flipped = 0;
        for (let i = 0; i < 500; i++) {
          const other = one.roll(i ^ (a << bit), 5 ^ (b << bit), 7 ^ (c << bit));
          flipped += ones(one.roll(i, 5, 7) ^ other);
        }
        // 16 000 bits: half of them, with a standard deviation of 63.
        expect(Math.abs(flipped - 8000)).toBeLessThan(5 * 63);
      }
    }
  });

  it('keeps the second and third arguments apart', () => {
    const one = dice();
    const rolls = range(64).flatMap((b) => range(64).map((c) => one.roll(1, b, c)));
    expect(new Set(rolls).size).toBe(64 * 64);
  });
});

function ones(word: number): number {
  let left = word >>> 0;
  let count = 0;
  for (; left > 0; left >>>= 1) count += left & 1;
  return count;
}
