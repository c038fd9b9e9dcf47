import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import linux417 from '../../src/kernel/profiles/4.17.ts';
import { OP_FREE, OP_IDLE, OP_TOUCH, OP_WRITE, Operation } from '../../src/model/operation.ts';
import type { Workload } from '../../src/workload/workload.ts';
import reader from '../../src/workload/workloads/file-reader.ts';
import forks from '../../src/workload/workloads/fork-storm.ts';
import hog from '../../src/workload/workloads/hog.ts';
import holes from '../../src/workload/workloads/hole-filler.ts';
import leaker from '../../src/workload/workloads/leaker.ts';
import network from '../../src/workload/workloads/network-burst.ts';
import { Zipf } from '../../src/workload/zipf.ts';
import { perform } from './perform.ts';

// What the loads of user memory, leaks and interrupts ask for.

function start<Params>(workload: Workload<Params>, params: unknown) {
  return workload.start(workload.parameters.parse(params), new RandomStreams('1', 0), linux417);
}

function operations<Params>(workload: Workload<Params>, params: unknown) {
  const source = start(workload, params);
  const seen: Operation[] = [];
  const run = perform(
    source,
    () => false,
    (operation) => {
      seen.push({ ...operation });
    },
  );
  return { source, seen, run };
}

describe('the hog', () => {
  it('touches page after page, with a pause after each chunk, and then holds what it has', () => {
    const source = start(hog, { size: '12kB', chunk: '8kB', pause: '1ms', think: '1us' });
    const operation = new Operation();
    const seen: number[][] = [];
    for (let i = 0; i < 4; i++) {
      source.next(operation, { isLive: () => false, failures: 0, attempts: 0, freePages: () => 0 });
      seen.push([operation.kind, operation.slot, operation.thinkNs, operation.restNs]);
    }
    expect(seen.slice(0, 3)).toEqual([
      [OP_TOUCH, 0, 1000, 0],
      [OP_TOUCH, 1, 1000, 0],
      [OP_TOUCH, 2, 1000, 1_000_000],
    ]);
    expect(seen[3]![0]).toBe(OP_IDLE);
    expect([source.background, source.process!.pages]).toEqual([true, 3]);
  });

  it('sleeps between the chunks that it uses again too', () => {
    const params = { size: '8kB', chunk: '8kB', pause: '1ms', 'when-full': 'reuse', accesses: 7 };
    const { seen } = operations(hog, params);
    expect(seen.map(({ restNs }) => restNs / 1e6)).toEqual([0, 0, 1, 0, 1, 0, 1]);
  });

  it('without a size the run waits for its end, and its memory has no bound', () => {
    const source = start(hog, {});
    expect([source.background, source.process!.pages]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  it('uses its working set again, as often as told', () => {
    const params = { size: '4MiB', 'when-full': 'reuse', 'working-set': '1MiB', accesses: 9000 };
    const { seen } = operations(hog, params);
    expect(seen.length).toBe(9000);
    const again = seen.slice(1024).map(({ slot }) => slot);
    expect(Math.max(...again)).toBeLessThan(256);
    expect(new Set(again).size).toBe(256);
    const half = operations(hog, { reuse: 50, accesses: 20000 }).seen;
    const fresh = new Set(half.map(({ slot }) => slot)).size;
    expect(Math.abs(fresh - 10000)).toBeLessThan(400);
  });

  it('refuses nonsense', () => {
    for (const params of [{ size: '0B' }, { reuse: 101 }, { zipf: -1 }, { chunk: 'much' }]) {
      expect(hog.parameters.safeParse(params).success).toBe(false);
    }
  });
});

describe('zipf', () => {
  it('ranks fall as 1/(r+1)^s', () => {
    for (const exponent of [0.8, 1, 1.5]) {
      const zipf = new Zipf(exponent, new RandomStreams('1', 0).stream('zipf'));
      const counts = new Array<number>(50).fill(0);
      const draws = 200_000;
      for (let i = 0; i < draws; i++) counts[zipf.rank(50)]!++;
      const weights = counts.map((_, rank) => (rank + 1) ** -exponent);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let chi = 0;
      for (let rank = 0; rank < 50; rank++) {
        const expected = (draws * weights[rank]!) / total;
        chi += (counts[rank]! - expected) ** 2 / expected;
      }
      // 49 degrees of freedom: 94 is passed once in ten thousand.
      expect(chi).toBeLessThan(94);
    }
  });

  it('0 is uniform, and a single rank is sure', () => {
    const zipf = new Zipf(0, new RandomStreams('1', 0).stream('zipf'));
    const seen = new Set(Array.from({ length: 1000 }, () => zipf.rank(20)));
    expect(seen.size).toBe(20);
    expect(zipf.rank(1)).toBe(0);
  });
});

describe('the reader', () => {
  it('goes through its file twice, in order', () => {
    const { seen, source } = operations(reader, { size: '40kB' });
    expect(seen.map(({ slot }) => slot)).toEqual([...Array(10).keys(), ...Array(10).keys()]);
    expect(source.file).toEqual({ name: 'file', pages: 10 });
  });

  it('writes the share that it is told', () => {
    const { seen } = operations(reader, { pattern: 'random', write: 25, accesses: 10000 });
    const writes = seen.filter(({ kind }) => kind === OP_WRITE).length;
    expect(Math.abs(writes - 2500)).toBeLessThan(200);
  });
});

describe('the leaker', () => {
  it('loses the share that it is told, and frees the rest', () => {
    const { run } = operations(leaker, { leaks: 10, attempts: 10000, live: 100 });
    expect(run.attempts).toBe(10000);
    expect(run.live).toBe(0);
    expect(Math.abs(run.leaks - 990)).toBeLessThan(150);
    expect(run.leaks + run.frees).toBe(10000);
    expect(operations(leaker, { leaks: 0, attempts: 500 }).run.leaks).toBe(0);
  });
});

describe('the hole filler', () => {
  it('fills the holes that it made, after a drain', () => {
    const { run, seen } = operations(holes, { holes: 3, drain: 4 });
    const told = seen.map(({ kind, slot, gfpClass }) => `${kind}:${slot}/${gfpClass}`);
    expect(told.slice(0, 6)).toEqual(['1:0/0', '1:1/0', '1:2/0', '1:3/0', '1:4/0', '1:5/0']);
    expect(told.slice(6, 9)).toEqual(['2:0/0', '2:2/0', '2:4/0']);
    expect(told.slice(9, 13)).toEqual(['1:-1/1', '1:-1/1', '1:-1/1', '1:-1/1']);
    expect(told.slice(13, 16)).toEqual(['1:0/0', '1:2/0', '1:4/0']);
    expect([run.attempts, run.frees, run.live]).toEqual([13, 9, 0]);
  });
});

describe('the fork storm', () => {
  it('gives every child five objects and its memory, and takes all back', () => {
    const { run, seen } = operations(forks, { children: 4, forks: 10, memory: '12kB' });
    expect([run.attempts, run.frees, run.live]).toEqual([50, 50, 0]);
    const touched = seen.filter(({ kind }) => kind === OP_TOUCH);
    expect(touched.length).toBe(30);
    expect(Math.max(...touched.map(({ slot }) => slot))).toBe(11);
    const sizes = seen.slice(0, 5).map(({ sizeBytes }) => sizeBytes);
    expect(sizes).toEqual([16384, 4096, 1024, 1024, 2048]);
  });
});

describe('network bursts', () => {
  it('come at the mean interval with the mean number of packets, each freed in its turn', () => {
    const params = { attempts: 40000, packets: 8, interval: '100us', backlog: 64 };
    const { seen, run, source } = operations(network, params);
    expect(source.interrupt).toBe(true);
    const bursts = seen.filter(({ thinkNs }) => thinkNs > 0);
    const mean = bursts.reduce((sum, { thinkNs }) => sum + thinkNs, 0) / bursts.length;
    expect(Math.abs(mean / 100_000 - 1)).toBeLessThan(0.1);
    expect(Math.abs(20000 / bursts.length / 8 - 1)).toBeLessThan(0.1);
    expect(run.live).toBe(128);
    expect(seen.filter(({ kind }) => kind === OP_FREE).length).toBe(40000 - 128);
  });
});
