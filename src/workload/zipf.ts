import { exp, log, pow } from '../engine/portable-math.ts';
import type { RandomStream } from '../engine/random-stream.ts';

/**
 * Ranks 0 … n − 1, the rank r as often as 1 / (r + 1)^s, by rejection from the integral of that
 * (Hörmann and Derflinger 1996): a constant number of draws for any n, which may change from one
 * draw to the next. s = 0 is uniform.
 */
export class Zipf {
  readonly #exponent: number;
  readonly #draws: RandomStream;
  readonly #left: number;
  readonly #shortcut: number;

  constructor(exponent: number, draws: RandomStream) {
    this.#exponent = exponent;
    this.#draws = draws;
    this.#left = this.#integral(1.5) - 1;
    this.#shortcut = 2 - this.#inverse(this.#integral(2.5) - this.#weight(2));
  }

  rank(n: number): number {
    if (this.#exponent === 0 || n === 1) return this.#draws.below(n);
    const right = this.#integral(n + 0.5);
    for (;;) {
      const at = right + this.#draws.double() * (this.#left - right);
      const x = this.#inverse(at);
      const k = Math.min(Math.max(Math.floor(x + 0.5), 1), n);
      if (k - x <= this.#shortcut || at >= this.#integral(k + 0.5) - this.#weight(k)) return k - 1;
    }
  }

  #weight(x: number): number {
    return pow(x, -this.#exponent);
  }

  /** ∫ x^−s from 1. */
  #integral(x: number): number {
    const s = this.#exponent;
    return s === 1 ? log(x) : (pow(x, 1 - s) - 1) / (1 - s);
  }

  #inverse(y: number): number {
    const s = this.#exponent;
    return s === 1 ? exp(y) : pow(1 + y * (1 - s), 1 / (1 - s));
  }
}
