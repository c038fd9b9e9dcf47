import { finishHash } from '../base/hash.ts';
import type { RandomStreams } from './random-streams.ts';

const TWO_MINUS_32 = 1 / 0x100000000;

/**
 * Random numbers without a sequence: each is a hash of the key and of what it judges, three
 * 32-bit integers. Who else rolls, how often and in which order changes nothing: two variants
 * that judge the same allocation throw the same coin for it.
 *
 * Each integer joins by an exclusive or or a sum with a key word and is then spread over all 32
 * bits; the last round keeps `c` from shifting rolls of neighbouring `b` onto each other.
 */
export class KeyedDice {
  readonly #firstKey: number;
  readonly #secondKey: number;

  constructor(streams: RandomStreams, purpose: string) {
    const stream = streams.stream(purpose);
    this.#firstKey = stream.uint32() | 0;
    this.#secondKey = stream.uint32() | 0;
  }

  /** 0 … 2^32 - 1. */
  roll(a: number, b: number, c: number): number {
    const first = finishHash(this.#firstKey ^ a);
    const second = finishHash((first + this.#secondKey) ^ b);
    const third = finishHash((second + this.#firstKey) ^ c);
    return finishHash(third ^ this.#secondKey) >>> 0;
  }

  /** 0 … 99; their chances differ by less than one in forty million. */
  percent(a: number, b: number, c: number): number {
    return Math.floor(this.roll(a, b, c) * 100 * TWO_MINUS_32);
  }
}
