import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../src/engine/random-stream.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import { CHI_SQUARE_9_DF, CHI_SQUARE_255_DF, uniformChiSquare } from './chi-square.ts';

const draws = (stream: RandomStream, n: number) => Array.from({ length: n }, () => stream.uint32());

describe('RandomStream', () => {
  it('is xoshiro128**: the first draws of state 1, 2, 3, 4', () => {
    const stream = new RandomStream(Int32Array.of(1, 2, 3, 4));
    // By hand: rotl(2·5, 7)·9 = 1280·9; then the second word is 1^2^3 = 0.
    expect(draws(stream, 4)).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('refuses the one state it could not leave', () => {
    expect(() => new RandomStream(new Int32Array(4))).toThrow('a stream needs a state');
    expect(() => new RandomStream(new Int32Array(3).fill(1))).toThrow('a stream needs a state');
  });

  it('goes on from a saved state', () => {
    const stream = new RandomStreams('1', 0).stream('any');
    draws(stream, 10);
    const twin = new RandomStream(stream.state());
    expect(draws(twin, 100)).toEqual(draws(stream, 100));
  });

  it('spreads each byte of its draws evenly', () => {
    const stream = new RandomStreams('1', 0).stream('bytes');
    const seen = [0, 8, 16, 24].map(() => Array<number>(256).fill(0));
    for (const draw of draws(stream, 50_000)) {
      [0, 8, 16, 24].forEach((shift, i) => {
        seen[i]![(draw >>> shift) & 255]! += 1;
      });
    }
    for (const cells of seen) expect(uniformChiSquare(cells)).toBeLessThan(CHI_SQUARE_255_DF);
  });

  it('draws below n without a bias, for n that is no power of two', () => {
    const stream = new RandomStreams('1', 0).stream('below');
    const cells = Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) cells[stream.below(10)]! += 1;
    expect(uniformChiSquare(cells)).toBeLessThan(CHI_SQUARE_9_DF);
    // A remainder of 2^32 by 3·2^30 would put half of all draws into the lowest third.
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (stream.below(3 * 2 ** 30) < 2 ** 30) low++;
    expect(Math.abs(low - 10_000)).toBeLessThan(4 * 82);
  });

  it('stays below n at both ends of n', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, n) => {
        const draw = new RandomStreams(seed, 0).stream('range').below(n);
        expect(draw).toBe(Math.floor(draw));
        expect(draw >= 0 && draw < n).toBe(true);
      }),
    );
    const stream = new RandomStreams('1', 0).stream('ends');
    expect(stream.below(1)).toBe(0);
    expect(stream.below(2 ** 32)).toBeLessThan(2 ** 32);
    for (const bad of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(() => stream.below(bad)).toThrow('whole n');
    }
  });

  it('makes doubles of 53 bits in [0, 1)', () => {
    const stream = new RandomStreams('1', 0).stream('double');
    const cells = Array<number>(256).fill(0);
    let lowBit = 0;
    for (let i = 0; i < 50_000; i++) {
      const draw = stream.double();
      expect(draw >= 0 && draw < 1).toBe(true);
      expect(Number.isInteger(draw * 2 ** 53)).toBe(true);
      lowBit += (draw * 2 ** 53) % 2;
      cells[Math.floor(draw * 256)]! += 1;
    }
    expect(uniformChiSquare(cells)).toBeLessThan(CHI_SQUARE_255_DF);
    expect(Math.abs(lowBit - 25_000)).toBeLessThan(4 * 112);
  });
});

describe('RandomStreams', () => {
  it('gives the same stream for the same label, from its beginning', () => {
    const one = new RandomStreams('seed', 3).stream('purpose', 7);
    const two = new RandomStreams('seed', 3).stream('purpose', 7);
    expect(draws(one, 20)).toEqual(draws(two, 20));
  });

  it('gives the streams it always gave', () => {
    expect(draws(new RandomStreams('1', 0).stream('pinned'), 3)).toEqual([
      3525125369, 3144970064, 3303429480,
    ]);
  });

  it('gives another stream when any one part of the label differs', () => {
    const labels: [string, number, string, number][] = [
      ['1', 0, 'load', 0],
      ['2', 0, 'load', 0],
      ['1', 1, 'load', 0],
      ['1', 0, 'loae', 0],
      ['1', 0, 'load', 1],
      ['1', 0, 'load', -1],
      ['10', 0, 'load', 0],
      ['1', 0, 'load,0', 0],
      ['1"', 0, 'load', 0],
    ];
    const firsts = labels.map(([seed, replication, purpose, entity]) =>
      draws(new RandomStreams(seed, replication).stream(purpose, entity), 2).join(),
    );
    expect(new Set(firsts).size).toBe(labels.length);
  });

  it('keeps streams of consecutive seeds, replications and entities apart', () => {
    const makers: ((i: number) => RandomStream)[] = [
      (i) => new RandomStreams(String(i), 0).stream('load'),
      (i) => new RandomStreams('1', i).stream('load'),
      (i) => new RandomStreams('1', 0).stream('load', i),
    ];
    for (const make of makers) {
      for (const skipped of [0, 9]) {
        const values = Array.from(
          { length: 5000 },
          (_, i) => draws(make(i), skipped + 1)[skipped]!,
        );
        const cells = Array<number>(256).fill(0);
        for (const value of values) cells[value >>> 24]! += 1;
        expect(uniformChiSquare(cells)).toBeLessThan(CHI_SQUARE_255_DF);
        // A correlation of n independent pairs has a standard deviation of 1/√n.
        expect(Math.abs(lagCorrelation(values))).toBeLessThan(4 / Math.sqrt(values.length));
      }
    }
  });

  it('takes replications and entities in whole numbers only', () => {
    expect(() => new RandomStreams('1', -1)).toThrow('replications');
    expect(() => new RandomStreams('1', 0.5)).toThrow('replications');
    expect(() => new RandomStreams('1', 0).stream('load', Number.NaN)).toThrow('whole-numbered');
  });
});

/** Correlation of each value with the next one. */
function lagCorrelation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let products = 0;
  let squares = 0;
  values.forEach((value, i) => {
    squares += (value - mean) ** 2;
    if (i > 0) products += (value - mean) * (values[i - 1]! - mean);
  });
  return products / squares;
}
