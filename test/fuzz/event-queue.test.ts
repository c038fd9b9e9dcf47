import { describe, expect, it } from 'vitest';
import { EventQueue, NO_EVENT } from '../../src/engine/event-queue.ts';
import type { RandomStream } from '../../src/engine/random-stream.ts';
import { RandomStreams } from '../../src/engine/random-streams.ts';

// The ladder against a naive list of events in order. Both get the same calls; every answer must
// be the same. Again with another seed or longer: FUZZ_SEED=7 FUZZ_STEPS=1000000 npm run fuzz

const SEED = process.env['FUZZ_SEED'] ?? '1';
const STEPS = Number(process.env['FUZZ_STEPS'] ?? 20_000);

type Queue = Pick<
  EventQueue,
  'time' | 'kind' | 'a' | 'b' | 'size' | 'schedule' | 'cancel' | 'next' | 'firstTime' | 'clear'
>;

interface Event {
  readonly time: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly handle: number;
}

/** How far ahead of the last event the next one is scheduled, ns. */
type Increments = (stream: RandomStream) => number;

const INCREMENTS: Record<string, Increments> = {
  ties: (stream) => stream.below(3),
  short: (stream) => stream.below(1000),
  uniform: (stream) => stream.below(1_000_000),
  bimodal: (stream) => (stream.below(10) === 0 ? 9_000_000 + stream.below(99) : stream.below(90)),
  camel: (stream) => (stream.below(500) === 0 ? 1 : 1 + stream.below(2)) * 5e8 + stream.below(999),
  geometric: (stream) => 2 ** stream.below(40) + stream.below(2),
  round: (stream) => stream.below(40) * 1_048_576,
  edges: (stream) => Math.max(0, stream.below(256) * 2 ** 32 + stream.below(3) - 1),
  near: (stream) => (stream.below(400) === 0 ? 1e12 : stream.below(50)),
};

describe(`an event queue beside a sorted list, seed ${SEED}`, () => {
  for (const [name, increments] of Object.entries(INCREMENTS)) {
    it(`answers alike with ${name} increments`, () => {
      const stream = new RandomStreams(SEED, 0).stream(name);
      new Comparison(new EventQueue(), stream).run(increments, STEPS);
    });
  }

  it('catches a queue whose ties are last in, first out', () => {
    expect(() => fuzz(new LastInFirstOut())).toThrow('next');
  });

  it('catches a queue that cancels by a stale handle', () => {
    expect(() => fuzz(new StaleCancel())).toThrow('cancel');
  });
});

function fuzz(queue: Queue): void {
  const stream = new RandomStreams(SEED, 0).stream('canary');
  new Comparison(queue, stream).run(INCREMENTS['ties']!, STEPS);
}

/** Gives a queue and the sorted list the same calls. */
class Comparison {
  readonly #queue: Queue;
  readonly #stream: RandomStream;
  /** Pending events in their right order. */
  readonly #list: Event[] = [];
  /** Handles that were ever given out, some of them stale. */
  #handles: number[] = [];
  #scheduled = 0;
  #step = 0;

  constructor(queue: Queue, stream: RandomStream) {
    this.#queue = queue;
    this.#stream = stream;
  }

  /** Grows to thousands of events and shrinks to none, several times. */
  run(increments: Increments, steps: number): void {
    for (this.#step = 0; this.#step < steps; this.#step++) {
      const growing = this.#step % 8192 < 4096 ? 60 : 30;
      const choice = this.#stream.below(100);
      if (choice < growing) this.#schedule(increments(this.#stream));
      else if (choice < growing + 8) this.#cancel();
      else if (choice < growing + 12) this.#nextUntil(increments(this.#stream));
      else if (choice < 98) this.#next(Number.POSITIVE_INFINITY);
      else if (choice === 98) this.#cancelMost();
      else this.#peek();
      if (this.#stream.below(STEPS) === 0) this.#clear();
      this.#expect('size', this.#queue.size, this.#list.length);
    }
    while (this.#list.length > 0) this.#next(Number.POSITIVE_INFINITY);
    this.#next(Number.POSITIVE_INFINITY);
  }

  #schedule(increment: number): void {
    const time = this.#queue.time + increment;
    const kind = this.#scheduled++ | 0;
    const a = this.#stream.uint32() | 0;
    const handle = this.#queue.schedule(time, kind, a, ~a);
    const at = upperBound(this.#list, time);
    this.#list.splice(at, 0, { time, kind, a, b: ~a, handle });
    this.#handles.push(handle);
  }

  #cancel(): void {
    const handle = this.#handles[this.#stream.below(this.#handles.length + 1)] ?? NO_EVENT;
    const at = this.#list.findIndex((event) => event.handle === handle);
    if (at >= 0) this.#list.splice(at, 1);
    this.#expect('cancel', this.#queue.cancel(handle), at >= 0);
  }

  /** Once in a while: enough cancelled events to be swept out. */
  #cancelMost(): void {
    if (this.#stream.below(20) > 0) return;
    const every = 2 + this.#stream.below(5);
    const kept = this.#list.filter(
      (event, i) => i % every === 0 || !this.#queue.cancel(event.handle),
    );
    this.#list.splice(0, this.#list.length, ...kept);
    this.#handles = this.#handles.slice(-5000);
  }

  #nextUntil(increment: number): void {
    this.#next(this.#queue.time + increment);
  }

  #next(lastNs: number): void {
    const [first] = this.#list;
    const due = first !== undefined && first.time <= lastNs;
    this.#expect('next', this.#queue.next(lastNs), due);
    if (!due) return;
    this.#list.shift();
    const { time, kind, a, b } = this.#queue;
    this.#expect(
      'next',
      `${time} ${kind} ${a} ${b}`,
      `${first.time} ${first.kind} ${first.a} ${first.b}`,
    );
  }

  #peek(): void {
    const first = this.#list[0]?.time ?? Number.POSITIVE_INFINITY;
    this.#expect('firstTime', this.#queue.firstTime(), first);
  }

  #clear(): void {
    this.#queue.clear();
    this.#list.length = 0;
    this.#expect('time after clear', this.#queue.time, 0);
  }

  #expect<T>(what: string, got: T, expected: T): void {
    if (got === expected) return;
    const where = `step ${this.#step}, FUZZ_SEED=${SEED} FUZZ_STEPS=${STEPS}`;
    throw new Error(`${what}: got ${got}, expected ${expected} at ${where}`);
  }
}

/** Where an event of this time belongs: after all of equal time. */
function upperBound(list: readonly Event[], time: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.time > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Wrong on purpose: of equal times the last one scheduled comes first. */
class LastInFirstOut extends EventQueue {
  readonly #list: Event[] = [];
  #given = 0;

  override schedule(time: number, kind: number, a: number, b: number): number {
    const at = this.#list.findIndex((event) => event.time >= time);
    const event = { time, kind, a, b, handle: this.#given++ };
    this.#list.splice(at < 0 ? this.#list.length : at, 0, event);
    this.size++;
    return event.handle;
  }

  override cancel(handle: number): boolean {
    const at = this.#list.findIndex((event) => event.handle === handle);
    if (at >= 0) this.#list.splice(at, 1);
    this.size = this.#list.length;
    return at >= 0;
  }

  override next(lastNs = Number.POSITIVE_INFINITY): boolean {
    const [first] = this.#list;
    if (first === undefined || first.time > lastNs) return false;
    this.#list.shift();
    this.size--;
    Object.assign(this, { time: first.time, kind: first.kind, a: first.a, b: first.b });
    return true;
  }

  override firstTime(): number {
    return this.#list[0]?.time ?? Number.POSITIVE_INFINITY;
  }
}

/** Wrong on purpose: a handle is the slot alone, so an old one reaches whatever has it now. */
class StaleCancel extends EventQueue {
  readonly #newest = new Map<number, number>();

  override schedule(time: number, kind: number, a: number, b: number): number {
    const handle = super.schedule(time, kind, a, b);
    this.#newest.set(handle % 2 ** 24, handle);
    return handle;
  }

  override cancel(handle: number): boolean {
    return super.cancel(this.#newest.get(handle % 2 ** 24) ?? handle);
  }
}
