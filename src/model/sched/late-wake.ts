import { log } from '../../engine/portable-math.ts';
import type { RandomStream } from '../../engine/random-stream.ts';

/**
 * How late an idle CPU comes to a thread that was woken, in ns: exponential around a mean. Bare
 * metal is hardly late; a virtual CPU that halted waits for its host's own scheduler.
 *
 * Models: ttwu and the way out of the idle loop, as one time. Departs: the distribution is a
 * choice, of which a machine tells the mean.
 */
export class LateWake {
  readonly #meanNs: number;
  readonly #draws: RandomStream;

  constructor(meanNs: number, draws: RandomStream) {
    this.#meanNs = meanNs;
    this.#draws = draws;
  }

  next(): number {
    if (this.#meanNs === 0) return 0;
    return Math.floor(-this.#meanNs * log(1 - this.#draws.double()));
  }
}
