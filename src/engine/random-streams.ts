import seedrandom from 'seedrandom';
import { assert } from '../base/assert.ts';
import { hashHex } from '../base/hash.ts';
import { RandomStream } from './random-stream.ts';

/** Part of every label: raised when streams are made differently, to tell old runs apart. */
const FORMAT = 'gfpsim-stream-1';

/**
 * All randomness of one run: a stream for each purpose and entity (a CPU, a task), made from the
 * run's seed and replication alone. The variant is never in a label: variants of equal seed and
 * replication meet the same load and the same coins, and a purpose that draws more than before
 * shifts no other.
 *
 * The label is hashed to a fixed length first, because seeding is weak on short and similar
 * texts; seedrandom's alea, seeded with the hash, makes the stream's first state.
 */
export class RandomStreams {
  readonly #seed: string;
  readonly #replication: number;

  constructor(seed: string, replication: number) {
    assert(Number.isSafeInteger(replication) && replication >= 0, 'replications count from 0');
    this.#seed = seed;
    this.#replication = replication;
  }

  /** The stream from its beginning: ask once and keep it, or the same numbers come twice. */
  stream(purpose: string, entity = 0): RandomStream {
    assert(Number.isSafeInteger(entity), 'a stream is for a whole-numbered entity');
    const label = JSON.stringify([FORMAT, this.#seed, this.#replication, purpose, entity]);
    const alea = seedrandom.alea(hashHex(label));
    const words = Int32Array.from({ length: 4 }, () => alea.int32());
    // All zero, once in 2^128 labels, is the one state that xoshiro cannot leave.
    if (words.every((word) => word === 0)) words[0] = 1;
    return new RandomStream(words);
  }
}
