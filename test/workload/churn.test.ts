import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../src/engine/random-streams.ts';
import linux417 from '../../src/kernel/profiles/4.17.ts';
import linux61 from '../../src/kernel/profiles/6.1.ts';
import { OP_ALLOCATE, OP_END, OP_FREE, Operation } from '../../src/model/operation.ts';
import churn from '../../src/workload/workloads/churn.ts';
import { perform } from './perform.ts';

const streams = new RandomStreams('1', 0);

function start(written: Record<string, unknown>, kernel = linux417) {
  return churn.start(churn.parameters.parse(written), streams, kernel);
}

describe('churn', () => {
  it('has the measured classes, each request with NOWARN', () => {
    expect(start({}).classes).toEqual([
      { name: 'GFP_KERNEL', gfp: 0x14002c0 },
      { name: 'GFP_ATOMIC', gfp: 0x1080220 },
      { name: 'GFP_NOWAIT', gfp: 0x1000200 },
    ]);
    expect(start({}, linux61).classes.map(({ gfp }) => gfp)).toEqual([0x2cc0, 0x2a20, 0x2800]);
    expect(start({ nowarn: false }).classes[1]).toEqual({ name: 'GFP_ATOMIC', gfp: 0x1080020 });
    expect(start({ gfp: '0' }).classes).toEqual([{ name: '0', gfp: 0x200 }]);
    expect(start({ gfp: 0, nowarn: 'off' }).classes).toEqual([{ name: '0', gfp: 0 }]);
  });

  it.each([
    [1, 20_000, [9976, 5967, 4057]],
    [2, 20_000, [10102, 5895, 4003]],
    [3, 20_000, [10133, 6024, 3843]],
    [4, 20_000, [10040, 5932, 4028]],
    [5, 20_000, [10121, 5930, 3949]],
    [1, 50_000, [25016, 15043, 9941]],
    [2, 50_000, [24969, 14877, 10154]],
    [3, 50_000, [25058, 15115, 9827]],
    [4, 50_000, [25134, 14852, 10014]],
    [5, 50_000, [25221, 14804, 9975]],
    [1, 200_000, [100321, 59878, 39801]],
  ])('seed %d, %d requests without a failure: the measured class counts', (seed, attempts, mix) => {
    expect(perform(start({ seed, attempts })).byClass).toEqual(mix);
  });

  it('ends after the requests, with everything freed', () => {
    const run = perform(start({ seed: 1, attempts: 500, slots: 64 }));
    expect([run.attempts, run.live]).toEqual([500, 0]);
    expect(run.frees).toBe(500);
  });

  it('leaves the slot of a refused request empty, and counts it', () => {
    const run = perform(start({ seed: 1, attempts: 500, slots: 64 }), (index) => index % 2 === 0);
    expect([run.attempts, run.frees, run.live]).toEqual([500, 250, 0]);
  });

  it('uses the slots, sizes and shares that it is told', () => {
    const classes = [
      { gfp: 'GFP_NOIO', weight: 1 },
      { gfp: 'GFP_ATOMIC', weight: 3 },
    ];
    const source = start({ slots: 4, sizes: [40, 8000], classes, attempts: 8000, think: '5us' });
    const sizes = new Set<number>();
    const slots = new Set<number>();
    const run = perform(
      source,
      () => false,
      (operation) => {
        slots.add(operation.slot);
        if (operation.kind === OP_ALLOCATE) sizes.add(operation.sizeBytes);
        expect(operation.thinkNs).toBe(5000);
      },
    );
    expect([...sizes].sort((a, b) => a - b)).toEqual([40, 8000]);
    expect([...slots].sort()).toEqual([0, 1, 2, 3]);
    expect(Math.abs(run.byClass[1]! - 6000)).toBeLessThan(4 * Math.sqrt(1500));
  });

  it.each([
    [20_000, 64],
    [2000, 6],
    [1, 1],
  ])('at %d requests a second sleeps off what it is ahead every %d operations', (rate, every) => {
    const paces: number[] = [];
    const attemptsAt: number[] = [];
    let attempts = 0;
    perform(start({ seed: 1, attempts: 1000, rate }), undefined, (operation) => {
      paces.push(operation.notBeforeNs);
      attemptsAt.push(attempts);
      if (operation.kind === OP_ALLOCATE) attempts++;
    });
    expect(paces.length).toBeGreaterThan(1900);
    paces.forEach((ns, index) => {
      const looks = (index + 1) % every === 0;
      expect(ns).toBe(looks ? attemptsAt[index]! * (1e9 / rate) : 0);
    });
  });

  it('without a seed draws from the run, the same for equal runs', () => {
    const first = start({ attempts: 300 });
    const other = churn.start(
      churn.parameters.parse({ attempts: 300 }),
      new RandomStreams('2', 0),
      linux417,
    );
    expect(perform(start({ attempts: 300 })).trace).toEqual(perform(first).trace);
    expect(perform(other).trace).not.toEqual(perform(start({ attempts: 300 })).trace);
  });

  it('two tasks do not run in step', () => {
    for (const written of [{ attempts: 300 }, { attempts: 300, seed: 1 }]) {
      const params = churn.parameters.parse(written);
      const [first, second] = [0, 1].map((task) =>
        perform(churn.start(params, streams, linux417, task)),
      );
      expect(first!.trace).not.toEqual(second!.trace);
    }
  });

  it('stays at the end', () => {
    const source = start({ seed: 1, attempts: 1 });
    perform(source);
    const operation = new Operation();
    operation.kind = OP_FREE;
    source.next(operation, { isLive: () => false, failures: 0, attempts: 1, freePages: () => 0 });
    expect(operation.kind).toBe(OP_END);
  });

  it.each([
    [{ slots: 0 }],
    [{ sizes: [] }],
    [{ sizes: [0] }],
    [{ sizes: [8_000_000] }],
    [{ classes: [] }],
    [{ seed: 0 }],
    [{ attempts: Number.NaN }],
    [{ attempts: -1 }],
    [{ think: '5 parsecs' }],
    [{ slotz: 3 }],
  ])('refuses %j', (written) => {
    expect(churn.parameters.safeParse(written).success).toBe(false);
  });

  it('names an unknown gfp', () => {
    expect(() => start({ gfp: 'GFP_ATOMIK' })).toThrow(/GFP_ATOMI/);
  });
});
