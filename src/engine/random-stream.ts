import { assert } from '../base/assert.ts';

const TWO_26 = 0x4000000;
const TWO_MINUS_53 = 1 / 0x20000000000000;

/**
 * One sequence of random numbers: xoshiro128** on four 32-bit words, period 2^128 - 1.
 * No call allocates. The words must not all be zero.
 */
export class RandomStream {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    assert(words.length === 4 && words.some((word) => word !== 0), 'a stream needs a state');
    this.#words = words;
  }

  /** 0 … 2^32 - 1. */
  uint32(): number {
    const words = this.#words;
    const first = words[0]!;
    const second = words[1]!;
    const third = words[2]! ^ first;
    const fourth = words[3]! ^ second;
    const times5 = Math.imul(second, 5);
    words[0] = first ^ fourth;
    words[1] = second ^ third;
    words[2] = third ^ (second << 9);
    words[3] = (fourth << 11) | (fourth >>> 21);
    return Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
  }

  /**
   * 0 … n - 1, all equally likely, for a whole n from 1 to 2^32. Takes as many bits as n - 1 has
   * and draws again when they are too large: fewer than two draws on average.
   */
  below(n: number): number {
    assert(
      n >= 1 && n <= 0x100000000 && n === Math.floor(n),
      'below() needs a whole n of 1 … 2^32',
    );
    if (n === 1) return 0;
    const unusedBits = Math.clz32(n - 1);
    for (;;) {
      const draw = this.uint32() >>> unusedBits;
      if (draw < n) return draw;
    }
  }

  /** [0, 1), a multiple of 2^-53. */
  double(): number {
    const upper = this.uint32() >>> 5;
    return (upper * TWO_26 + (this.uint32() >>> 6)) * TWO_MINUS_53;
  }

  /** The four words: with them a stream can be continued elsewhere. */
  state(): Int32Array {
    return this.#words.slice();
  }
}
