import { describe, expect, test } from 'vitest';
import type { SlowPath } from '../../../src/model/page-source.ts';
import type { Thread } from '../../../src/model/sched/thread.ts';
import { KILLED, napFor, TIMED_OUT, WaitQueue, WOKEN } from '../../../src/model/wait-queue.ts';
import { Bench, MS } from './bench.ts';

// Slices of 4 ms, yields of 1 ms, switches that cost nothing: worked out by hand.

const FOREVER = Number.POSITIVE_INFINITY;

/** A life that works so many milliseconds, and says when each of them began. */
function worker(bench: Bench, log: string[], ms: number) {
  return function* (thread: Thread): SlowPath {
    for (let done = 0; done < ms; done++) {
      log.push(`${bench.nowNs / MS}${thread.name}${thread.context.cpu}`);
      yield MS;
    }
    return 0;
  };
}

function names(log: readonly string[]): string {
  return log.map((entry) => entry.replace(/\d/g, '')).join('');
}

describe('slices', () => {
  test('threads of one CPU take turns, first come, first served', () => {
    const bench = new Bench(1);
    const log: string[] = [];
    for (const name of ['a', 'b', 'c']) bench.start(name, worker(bench, log, 6));
    bench.run();
    expect(names(log)).toBe('aaaabbbbccccaabbcc');
    expect(bench.nowNs).toBe(18 * MS);
  });

  test('a thread alone keeps its CPU, with one event a yield', () => {
    const bench = new Bench(1);
    bench.start('a', worker(bench, [], 100));
    bench.run();
    expect(bench.simulation.events).toBe(101);
  });

  test('a switch costs its time', () => {
    const bench = new Bench(1, 1000);
    for (const name of ['a', 'b']) bench.start(name, worker(bench, [], 4));
    bench.run();
    // From a to b and, as a has nothing left, back for its end and to b's end.
    expect(bench.nowNs).toBe(8 * MS + 3 * 1000);
  });

  test('with interrupts off it keeps the CPU whoever waits', () => {
    const bench = new Bench(1);
    const log: string[] = [];
    bench.start('a', worker(bench, log, 9)).context.interruptsOff = true;
    bench.start('b', worker(bench, log, 2));
    bench.run();
    expect(names(log)).toBe('aaaaaaaaabb');
  });

  test('an idle CPU takes over from the longest queue', () => {
    const bench = new Bench(2);
    const log: string[] = [];
    bench.start('a', worker(bench, log, 2), 1);
    for (const name of ['b', 'c', 'd']) bench.start(name, worker(bench, log, 3), 0);
    bench.run();
    expect(log.filter((entry) => entry.includes('c'))).toEqual(['2c1', '3c1', '4c1']);
    expect(log.filter((entry) => entry.includes('d'))).toEqual(['3d0', '4d0', '5d0']);
  });
});

describe('load balance', () => {
  /** CPU of each thread in each 32 ms, as it worked there last: looks are at 0, 32, 64 … ms. */
  function placesOf(log: readonly string[]): string[] {
    const places = new Map<number, Map<string, string>>();
    for (const entry of log) {
      const [, ms, name, cpu] = /^(\d+)([a-z])(\d)$/.exec(entry)!;
      const period = Math.floor(Number(ms) / 32);
      if (!places.has(period)) places.set(period, new Map());
      places.get(period)!.set(name!, `${name}${cpu}`);
    }
    return [...places.values()].map((threads) => [...threads.values()].sort().join(' '));
  }

  test('of three threads on two CPUs none keeps one for itself', () => {
    const bench = new Bench(2);
    const log: string[] = [];
    bench.start('a', worker(bench, log, 300), 0);
    for (const name of ['b', 'c']) bench.start(name, worker(bench, log, 300), 1);
    bench.run(250 * MS);
    const lonely = placesOf(log).map((places) => {
      const threads = places.split(' ');
      return threads.find((one) => threads.filter((two) => two.at(-1) === one.at(-1)).length === 1);
    });
    expect(lonely).toHaveLength(8);
    expect(lonely[0]).toBe('a0');
    for (let i = 2; i < lonely.length; i++) expect(lonely[i]).not.toBe(lonely[i - 1]);
  });

  test('also wakes a CPU that has been idle since the start', () => {
    const bench = new Bench(2);
    const log: string[] = [];
    for (const name of ['a', 'b']) bench.start(name, worker(bench, log, 60), 0);
    bench.run();
    expect(bench.nowNs).toBeLessThan(80 * MS);
    expect(log.some((entry) => entry.endsWith('1'))).toBe(true);
  });

  test('leaves threads where one more here is not enough', () => {
    const bench = new Bench(2);
    const log: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) bench.start(name, worker(bench, log, 60), 0);
    for (const name of ['e', 'f', 'g', 'h', 'i']) bench.start(name, worker(bench, log, 60), 1);
    bench.run(224 * MS - 1);
    expect(new Set(placesOf(log)).size).toBe(1);
  });

  test('moves nothing while interrupts are off', () => {
    const bench = new Bench(2);
    const log: string[] = [];
    bench.start('a', worker(bench, log, 200), 0);
    bench.start('b', worker(bench, log, 200), 1).context.interruptsOff = true;
    bench.start('c', worker(bench, log, 10), 1);
    bench.run(190 * MS);
    expect(names(log)).not.toContain('c');
  });
});

describe('sleep', () => {
  test('is ended by a wake-up, and the time-out never comes', () => {
    const bench = new Bench(2);
    const queue = new WaitQueue();
    const answers: string[] = [];
    bench.start('sleeper', function* (thread): SlowPath {
      answers.push(`${yield* queue.sleep(thread.context, 5 * MS)} at ${bench.nowNs / MS}`);
      answers.push(`${yield* queue.sleep(thread.context, 10 * MS)} at ${bench.nowNs / MS}`);
      return 0;
    });
    bench.start(
      'waker',
      function* (): SlowPath {
        yield 3 * MS;
        expect(queue.size).toBe(1);
        queue.wakeAll();
        expect(queue.size).toBe(0);
        return 0;
      },
      1,
    );
    bench.run();
    expect(answers).toEqual([`${WOKEN} at 3`, `${TIMED_OUT} at 13`]);
    expect(bench.nowNs).toBe(13 * MS);
  });

  test('ends with its time-out', () => {
    const bench = new Bench(1);
    const queue = new WaitQueue();
    let answer = WOKEN;
    bench.start('sleeper', function* (thread): SlowPath {
      answer = yield* queue.sleep(thread.context, 5 * MS);
      return 0;
    });
    bench.run();
    expect(answer).toBe(TIMED_OUT);
    expect(bench.nowNs).toBe(5 * MS);
    expect(queue.size).toBe(0);
  });

  test('sleepers are woken in the order of their coming', () => {
    const bench = new Bench(1);
    const queue = new WaitQueue();
    const log: string[] = [];
    const sleeper = function* (thread: Thread): SlowPath {
      yield* queue.sleep(thread.context, FOREVER);
      log.push(thread.name);
      return 0;
    };
    for (const name of ['a', 'b', 'c']) bench.start(name, sleeper);
    bench.start('waker', function* (): SlowPath {
      yield MS;
      queue.wakeAll();
      return 0;
    });
    bench.run();
    expect(log).toEqual(['a', 'b', 'c']);
  });

  test('one that nobody ends leaves the simulation without events', () => {
    const bench = new Bench(1);
    const queue = new WaitQueue();
    bench.start('sleeper', (thread) => queue.sleep(thread.context, FOREVER));
    bench.run();
    expect(bench.simulation.events).toBe(1);
    expect(queue.size).toBe(1);
  });

  test('a fatal signal ends a killable sleep, and none other', () => {
    const bench = new Bench(4);
    const queue = new WaitQueue();
    const log: string[] = [];
    const kill = (thread: Thread) => {
      thread.context.fatalSignal = true;
      if (thread.context.killable) thread.context.sleeper!.wake();
    };
    const killable = bench.start('killable', function* (thread): SlowPath {
      const answer = yield* queue.sleepKillable(thread.context, FOREVER);
      log.push(`killable ${answer} at ${bench.nowNs / MS}`);
      const again = yield* queue.sleepKillable(thread.context, FOREVER);
      log.push(`again ${again} at ${bench.nowNs / MS}`);
      return 0;
    });
    const stubborn = bench.start(
      'stubborn',
      function* (thread): SlowPath {
        yield* napFor(thread.context, 7 * MS);
        log.push(`stubborn at ${bench.nowNs / MS}`);
        return 0;
      },
      1,
    );
    bench.start(
      'killer',
      function* (): SlowPath {
        yield 2 * MS;
        kill(killable);
        kill(stubborn);
        return 0;
      },
      2,
    );
    bench.run();
    const atOnce = [`killable ${KILLED} at 2`, `again ${KILLED} at 2`];
    expect(log).toEqual([...atOnce, 'stubborn at 7']);
    expect(queue.size).toBe(0);
  });
});

describe('a wake-up', () => {
  /** One that sleeps on CPU 0 for so long; then CPU 0 has a worker, CPU 1 maybe another one. */
  function wakeAfter(napMs: number, others: number) {
    const bench = new Bench(2);
    const log: string[] = [];
    bench.start('s', function* (thread): SlowPath {
      yield* napFor(thread.context, napMs * MS);
      return yield* worker(bench, log, 1)(thread);
    });
    for (let cpu = 0; cpu < others; cpu++) {
      bench.start('w', worker(bench, log, 9), cpu);
      bench.start('v', worker(bench, log, 9), cpu);
    }
    bench.run();
    return log.find((entry) => entry.includes('s'));
  }

  test('goes to the last CPU when that is idle', () => {
    expect(wakeAfter(3, 0)).toBe('3s0');
  });

  test('goes to another idle one', () => {
    const bench = new Bench(2);
    const log: string[] = [];
    bench.start('s', function* (thread): SlowPath {
      yield* napFor(thread.context, MS);
      return yield* worker(bench, log, 1)(thread);
    });
    bench.start('w', worker(bench, log, 9));
    bench.run();
    expect(log).toContain('1s1');
  });

  test('waits at the end of the queue after a short sleep', () => {
    // w has CPU 0 up to 4 ms, v up to 8 ms.
    expect(wakeAfter(3, 2)).toBe('8s0');
  });

  test('comes next after a sleep as long as a slice', () => {
    // Woken at 5 ms, in the middle of v's slice: v gives way when its millisecond is over.
    expect(wakeAfter(5, 2)).toBe('5s0');
  });
});

describe('interrupts', () => {
  test('delay the running thread by the time they take', () => {
    const bench = new Bench(1);
    const log: string[] = [];
    bench.start('a', worker(bench, log, 3));
    bench.run(1.5 * MS);
    bench.scheduler.steal(bench.scheduler.cpus[0]!, 250_000);
    bench.scheduler.steal(bench.scheduler.cpus[0]!, 250_000);
    bench.run();
    expect(log).toEqual(['0a0', '1a0', '2.5a0']);
    expect(bench.nowNs).toBe(3.5 * MS);
  });

  test('take nothing from an idle CPU', () => {
    const bench = new Bench(2);
    bench.scheduler.steal(bench.scheduler.cpus[1]!, MS);
    const log: string[] = [];
    bench.start('a', worker(bench, log, 1), 1);
    bench.run();
    expect(bench.nowNs).toBe(MS);
  });
});
