import FlatQueue from 'flatqueue';
import { EventQueue } from '../../src/engine/event-queue.ts';
import { log } from '../../src/engine/portable-math.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';

// The hold model: a number of events is pending, and again and again the first one is taken out
// and scheduled anew, later. Increments are exponential, whole nanoseconds of a millisecond on
// average, from one table.

const TABLE_MASK = 2 ** 16 - 1;
const MEAN_NS = 1_000_000;

/** Holds the first events so often; returns a checksum of the times that were taken out. */
export type Holds = (count: number) => number;

/** A queue with `pending` events in it, by its name: both get the same ones. */
export const QUEUES: Readonly<Record<string, (pending: number) => Holds>> = {
  ladder: ladderHolds,
  flatqueue: flatqueueHolds,
};

function ladderHolds(pending: number): Holds {
  const queue = new EventQueue();
  const increments = incrementsNs();
  let at = 0;
  for (let i = 0; i < pending; i++) queue.schedule(increments[at++ & TABLE_MASK]!, 0, i, 0);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      queue.next();
      const { time } = queue;
      sum = (Math.imul(sum, 31) + (time | 0)) | 0;
      queue.schedule(time + increments[at++ & TABLE_MASK]!, 0, queue.a, 0);
    }
    return sum;
  };
}

function flatqueueHolds(pending: number): Holds {
  const queue = new FlatQueue<number>();
  const increments = incrementsNs();
  let at = 0;
  for (let i = 0; i < pending; i++) queue.push(i, increments[at++ & TABLE_MASK]!);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const time = queue.peekValue()!;
      const id = queue.pop()!;
      sum = (Math.imul(sum, 31) + (time | 0)) | 0;
      queue.push(id, time + increments[at++ & TABLE_MASK]!);
    }
    return sum;
  };
}

function incrementsNs(): Float64Array {
  const stream = new RandomStreams('1', 0).stream('hold');
  return Float64Array.from({ length: TABLE_MASK + 1 }, () =>
    Math.round(-log(1 - stream.double()) * MEAN_NS),
  );
}
