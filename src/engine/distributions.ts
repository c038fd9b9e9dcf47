import { assert } from '../base/assert.ts';
import { exp, log, pow } from './portable-math.ts';
import type { RandomStream } from './random-stream.ts';

/** Poisson counts above this mean are sums of counts below it: exp(-mean) must not underflow. */
const POISSON_STEP = 64;

/** Time between independent arrivals, in the unit of `mean`: 0 … 36.7 means. */
export function exponential(stream: RandomStream, mean: number): number {
  assert(mean >= 0 && mean < Number.POSITIVE_INFINITY, 'an exponential needs a finite mean');
  return -mean * log(1 - stream.double());
}

/** Failures before the first success of chance `probability`: 0, 1, 2 … */
export function geometric(stream: RandomStream, probability: number): number {
  assert(probability > 0 && probability <= 1, 'a geometric needs a probability above 0');
  if (probability === 1) return 0;
  return Math.floor(log(1 - stream.double()) / logOfOneMinus(probability));
}

/** Independent arrivals in a time that sees `mean` of them on average; O(mean). */
export function poisson(stream: RandomStream, mean: number): number {
  assert(mean >= 0 && mean < Number.POSITIVE_INFINITY, 'a Poisson count needs a finite mean');
  let count = 0;
  let left = mean;
  while (left > POISSON_STEP) {
    count += smallPoisson(stream, POISSON_STEP);
    left -= POISSON_STEP;
  }
  return count + smallPoisson(stream, left);
}

/**
 * Ranks 0 … size-1 whose chances fall as 1/(rank+1)^skew; skew 0 makes them equal.
 * A table of `size` doubles; a draw is a binary search in it.
 */
export class Zipf {
  readonly #sums: Float64Array;

  constructor(size: number, skew: number) {
    assert(Number.isSafeInteger(size) && size >= 1, 'a Zipf needs at least one rank');
    assert(skew >= 0 && skew < Number.POSITIVE_INFINITY, 'a Zipf needs a skew of 0 or more');
    this.#sums = new Float64Array(size);
    let sum = 0;
    for (let rank = 0; rank < size; rank++) {
      sum += pow(rank + 1, -skew);
      this.#sums[rank] = sum;
    }
  }

  draw(stream: RandomStream): number {
    const last = this.#sums.length - 1;
    return firstAbove(this.#sums, stream.double() * this.#sums[last]!, last);
  }
}

/** Counts how many uniform factors it takes to fall below exp(-mean). */
function smallPoisson(stream: RandomStream, mean: number): number {
  const limit = exp(-mean);
  let product = 1 - stream.double();
  let count = 0;
  while (product > limit) {
    product *= 1 - stream.double();
    count++;
  }
  return count;
}

/** log(1-p), also where 1-p rounds to 1: the rounding of 1-p is divided out again. */
function logOfOneMinus(p: number): number {
  const rest = 1 - p;
  return rest === 1 ? -p : (log(rest) * p) / (1 - rest);
}

/** Index of the first sum above `value`, at most `last`. */
function firstAbove(sums: Float64Array, value: number, last: number): number {
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
