import { describe, expect, it } from 'vitest';
import { EventQueue, NO_EVENT } from '../../src/engine/event-queue.ts';

/** Takes everything out; what came, by `a`. */
function drain(queue: EventQueue): number[] {
  const order: number[] = [];
  while (queue.next()) order.push(queue.a);
  return order;
}

describe('EventQueue', () => {
  it('gives events back by time, with all that they carry', () => {
    const queue = new EventQueue();
    queue.schedule(20, 1, -2, 2 ** 31 - 1);
    queue.schedule(10, 2 ** 31 - 1, 0, -(2 ** 31));
    expect([queue.size, queue.firstTime()]).toEqual([2, 10]);
    expect(queue.next()).toBe(true);
    expect([queue.time, queue.kind, queue.a, queue.b]).toEqual([10, 2 ** 31 - 1, 0, -(2 ** 31)]);
    expect(queue.next()).toBe(true);
    expect([queue.time, queue.kind, queue.a, queue.b]).toEqual([20, 1, -2, 2 ** 31 - 1]);
    expect([queue.next(), queue.size, queue.firstTime()]).toEqual([false, 0, Infinity]);
  });

  it('takes whole times from the last one on, up to 2^53 - 1', () => {
    const queue = new EventQueue();
    queue.schedule(5, 0, 0, 0);
    queue.next();
    const at = (time: number) => () => queue.schedule(time, 0, 0, 0);
    for (const past of [4, 0, -1, Number.NEGATIVE_INFINITY]) expect(at(past)).toThrow('before');
    for (const late of [2 ** 53, Number.POSITIVE_INFINITY]) expect(at(late)).toThrow('2^53');
    expect(at(5.5)).toThrow('fraction');
    expect(at(Number.NaN)).toThrow();
    expect(queue.size).toBe(0);
    at(Number.MAX_SAFE_INTEGER)();
    at(5)();
    expect(queue.size).toBe(2);
  });

  it('keeps a hundred thousand ties, and what joins them late, in their order', () => {
    const queue = new EventQueue();
    const count = 100_000;
    for (let i = 0; i < count; i++) queue.schedule(i % 2, 0, i, 0);
    const evens = Array.from({ length: count / 2 }, (_, i) => 2 * i);
    for (const even of evens) {
      queue.next();
      if (queue.a !== even) throw new Error(`${queue.a} instead of ${even}`);
      queue.schedule(1, 0, even, 0);
    }
    expect(drain(queue)).toEqual([...evens.map((even) => even + 1), ...evens]);
  });

  it('knows a handle until its event happened, was cancelled or cleared away', () => {
    const queue = new EventQueue();
    const [first, second, third] = [1, 2, 3].map((time) => queue.schedule(time, 0, time, 0));
    expect(queue.cancel(NO_EVENT)).toBe(false);
    expect([queue.cancel(second!), queue.cancel(second!)]).toEqual([true, false]);
    queue.next();
    expect(queue.cancel(first!)).toBe(false);
    const reused = queue.schedule(9, 0, 9, 0);
    expect(queue.cancel(first!)).toBe(false);
    queue.clear();
    expect([queue.cancel(third!), queue.cancel(reused)]).toEqual([false, false]);
    expect([queue.time, queue.size, queue.next()]).toEqual([0, 0, false]);
  });

  it('sweeps cancelled events out wherever they are', () => {
    const queue = new EventQueue();
    const handles = Array.from({ length: 5000 }, (_, i) => queue.schedule((i * i) % 977, 0, i, 0));
    queue.next(0);
    const kept = handles.filter((handle, i) => i % 7 === 0 || !queue.cancel(handle));
    expect(queue.size).toBe(kept.length - 1);
    const rest = drain(queue);
    const times = rest.map((i) => [(i * i) % 977, i] as const);
    expect(rest).toHaveLength(kept.length - 1);
    expect(times).toEqual([...times].sort((one, two) => one[0] - two[0] || one[1] - two[1]));
  });
});
