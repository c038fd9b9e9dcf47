import { describe, expect, it } from 'vitest';
import { hex8, mixHash } from '../../src/base/hash.ts';
import { exp, log, pow } from '../../src/engine/portable-math.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';

const double = new Float64Array(1);
const integer = new BigInt64Array(double.buffer);

/** Distance of two doubles of equal sign, in units of the last place. */
function ulps(a: number, b: number): number {
  double[0] = a;
  const first = integer[0]!;
  double[0] = b;
  return Math.abs(Number(first - integer[0]!));
}

/** Positive doubles over the whole range of exponents that a test asks for. */
function sample(name: string, count: number, from: number, to: number): number[] {
  const stream = new RandomStreams('1', 0).stream(name);
  return Array.from({ length: count }, () => {
    const exponent = from + Math.floor(stream.double() * (to - from));
    return (1 + stream.double()) * 2 ** exponent;
  });
}

/** A hash of bits, not of digits. */
function hashOf(values: readonly number[]): string {
  let hash = 0;
  for (const value of values) {
    double[0] = value;
    hash = mixHash(mixHash(hash, Number(integer[0]! & 0xffffffffn)), Number(integer[0]! >> 32n));
  }
  return hex8(hash);
}

describe('log', () => {
  const inputs = [...sample('log', 20_000, -1022, 1023), ...sample('log near 1', 20_000, -1, 1)];

  it('is the built-in one to two units of the last place', () => {
    for (const x of inputs) expect(ulps(log(x), Math.log(x)), `log(${x})`).toBeLessThanOrEqual(2);
  });

  it('is exact where there is an exact answer', () => {
    expect([log(1), log(0), log(-0)]).toEqual([0, -Infinity, -Infinity]);
    expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect([log(-1), log(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
    expect(ulps(log(Number.MIN_VALUE), -744.4400719213812)).toBeLessThanOrEqual(1);
  });

  it('has the same bits everywhere', () => expect(hashOf(inputs.map(log))).toBe('7ada869e'));
});

describe('exp', () => {
  const inputs = sample('exp', 20_000, -60, 9).flatMap((x) => [x, -x]);

  it('is the built-in one to two units of the last place', () => {
    for (const x of inputs) expect(ulps(exp(x), Math.exp(x)), `exp(${x})`).toBeLessThanOrEqual(2);
  });

  it('ends where doubles end', () => {
    expect([exp(0), exp(-0), exp(710), exp(-746)]).toEqual([1, 1, Number.POSITIVE_INFINITY, 0]);
    expect(exp(709.782712893384)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(exp(-745.1332191019411)).toBe(Number.MIN_VALUE);
    expect(exp(Number.NaN)).toBeNaN();
  });

  it('has the same bits everywhere', () => expect(hashOf(inputs.map(exp))).toBe('97615d79'));
});

describe('pow', () => {
  const bases = sample('pow', 20_000, -20, 20);
  const exponents = sample('exponents', 20_000, -3, 4);

  it('is the built-in one to three units of the last place', () => {
    bases.forEach((base, i) => {
      const power = base ** exponents[i]!;
      expect(ulps(pow(base, exponents[i]!), power)).toBeLessThanOrEqual(3);
    });
  });

  it.each([
    [2, 10, 1024],
    [-2, 3, -8],
    [-2, 2, 4],
    [-8, 1 / 3, Number.NaN],
    [0, 0, 1],
    [0, -1, Number.POSITIVE_INFINITY],
    [-0, -3, Number.NEGATIVE_INFINITY],
    [1, Number.POSITIVE_INFINITY, Number.NaN],
    [Number.NaN, 0, 1],
    [2, 1024, Number.POSITIVE_INFINITY],
    [2, -1075, 0],
  ])('pow(%d, %d) is %d', (base, exponent, power) => {
    expect(pow(base, exponent)).toBe(power);
  });

  it('has the same bits everywhere', () => {
    expect(hashOf(bases.map((base, i) => pow(base, exponents[i]!)))).toBe('56ccffdd');
  });
});
