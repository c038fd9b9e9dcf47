import { describe, expect, it } from 'vitest';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import linux612 from '../../../src/kernel/profiles/6.12.ts';
import { FAILSLAB_DEFAULTS, type FailslabSpec } from '../../../src/model/fault/fault-attr.ts';
import { parseFaultBoot } from '../../../src/model/fault/fault-boot.ts';
import type { KmemleakVariant } from '../../../src/model/kmemleak/variant.ts';
import fiNofail from '../../../src/model/kmemleak/variants/fi-nofail.ts';
import knobTask from '../../../src/model/kmemleak/variants/knob-task.ts';
import nofail from '../../../src/model/kmemleak/variants/nofail-4.15.ts';
import nofaultinject from '../../../src/model/kmemleak/variants/nofaultinject.ts';
import poolVariant from '../../../src/model/kmemleak/variants/pool-5.4.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import rfcNowait from '../../../src/model/kmemleak/variants/rfc-nowait.ts';
import rfcStrict from '../../../src/model/kmemleak/variants/rfc-strict.ts';
import { TinyMachine, type TinySetting } from './tiny-machine.ts';

const KERNEL = 0x14000c0;
const ATOMIC = 0x1080020;
const RUNS = 1000;
/** Two-sided 99.9 % of the normal distribution: what a mean over the runs may stray. */
const Z = 3.29;

function machine(
  variant: KmemleakVariant,
  knobs: Partial<FailslabSpec>,
  setting: Partial<TinySetting> = {},
): TinyMachine {
  const failslab = { ...FAILSLAB_DEFAULTS, probability: 100, times: -1, ...knobs };
  return new TinyMachine(
    { kernel: linux417, variant, fault: { failslab }, ...setting },
    setting.callers ?? [KERNEL],
  );
}

/** Requests of one class until kmemleak dies or so many were made. */
function drive(run: TinyMachine, limit: number, gfp = KERNEL): TinyMachine {
  while (run.kmemleak.alive && run.attempts < limit) run.request(gfp);
  return run;
}

/** Mean over the seeds of what `measure` reads. */
function mean(measure: (seed: number) => number): number {
  let sum = 0;
  for (let seed = 1; seed <= RUNS; seed++) sum += measure(seed);
  return sum / RUNS;
}

/** Share of the runs whose fatal allocation comes after so many that were tracked. */
function expectSurvivors(fatal: readonly number[], tracked: number, expected: number): void {
  const share = fatal.filter((index) => index > tracked).length / fatal.length;
  // A share near 0 or 1 has hardly any spread: one run more or less must be allowed.
  const tolerance = Z * Math.sqrt((expected * (1 - expected)) / RUNS) + 1.5 / RUNS;
  expect([tracked, Math.abs(share - expected) < tolerance || share]).toEqual([tracked, true]);
}

const NO = { ignoreGfpWait: false };

describe('interval, probability 100: nothing is left to chance', () => {
  it.each([
    [2, 0, 1],
    [4, 1, 2],
    [100, 49, 50],
  ])('quiet-2011, interval %d: dies with %d tracked', (interval, tracked, attempts) => {
    const run = drive(machine(quiet, { ...NO, interval }), 1000);
    expect([run.kmemleak.alive, run.tracked, run.attempts]).toEqual([false, tracked, attempts]);
  });

  it('quiet-2011, interval 3: only callers are hit, it never dies', () => {
    const run = machine(quiet, { ...NO, interval: 3 });
    while (run.tracked < 1000) run.request(KERNEL);
    expect([run.kmemleak.alive, run.attempts, run.failures]).toEqual([true, 1999, 999]);
  });

  it('interval 1: every caller fails, nothing is tracked', () => {
    const run = drive(machine(quiet, NO), 100);
    expect([run.kmemleak.alive, run.failures, run.tracked]).toEqual([true, 100, 0]);
  });

  it.each([nofail, fiNofail, nofaultinject, knobTask])(
    '$name, interval 2: every second caller fails, no metadata does',
    (variant) => {
      const run = machine(variant, { ...NO, interval: 2 });
      while (run.tracked < 1000) run.request(KERNEL);
      expect([run.kmemleak.alive, run.attempts]).toEqual([true, 1999]);
      expect(run.failslab.readings().checked.metadata).toBe(0);
    },
  );

  it('the kernel documentation example: all faults on metadata, 499 tracked in the mean', () => {
    const failslab = parseFaultBoot('100,10,0,-1', { ...FAILSLAB_DEFAULTS, ...NO }, 'failslab');
    let hostFaults = 0;
    const tracked = mean((seed) => {
      const run = drive(machine(quiet, failslab, { seed }), 100_000);
      hostFaults += run.failures;
      return run.tracked;
    });
    expect(hostFaults).toBe(0);
    expect(Math.abs(tracked - 499)).toBeLessThan((Z * 50 * Math.sqrt(90)) / Math.sqrt(RUNS));
  });
});

describe('ignore-gfp-wait as it is by default', () => {
  const always = {};

  it('4.17: GFP_ATOMIC and GFP_KERNEL callers never fail, kmemleak lives', () => {
    for (const gfp of [ATOMIC, KERNEL]) {
      const run = drive(machine(quiet, always, { callers: [gfp] }), 1000, gfp);
      expect([run.failures, run.kmemleak.alive]).toEqual([0, true]);
    }
  });

  it('6.1: a GFP_ATOMIC caller fails at once, GFP_KERNEL never', () => {
    const setting = { kernel: linux61 };
    expect(machine(quiet, always, { ...setting, callers: [0xa20] }).request(0xa20)).toBeNull();
    const run = drive(machine(quiet, always, { ...setting, callers: [0xcc0] }), 1000, 0xcc0);
    expect([run.failures, run.kmemleak.alive]).toEqual([0, true]);
  });

  it('6.1, rfc-strict: metadata of a spared GFP_KERNEL caller is not spared; 4.17 spares it', () => {
    const strict = drive(
      machine(rfcStrict, always, { kernel: linux61, callers: [0xcc0] }),
      10,
      0xcc0,
    );
    expect([strict.kmemleak.alive, strict.tracked, strict.failures]).toEqual([false, 0, 0]);
    expect(drive(machine(rfcStrict, always), 1000).kmemleak.alive).toBe(true);
  });

  it('a caller with HIGH alone, times 2: two callers fail, then all is well', () => {
    for (const variant of [quiet, rfcNowait, nofail]) {
      const run = drive(machine(variant, { times: 2 }, { callers: [0x20] }), 10, 0x20);
      expect([run.failures, run.kmemleak.alive, run.tracked]).toEqual([2, true, 8]);
    }
  });

  it('the same, times 1 and interval 2: kills quiet-2011, spares rfc-nowait and nofail', () => {
    const outcome = (variant: KmemleakVariant) => {
      const knobs = { times: 1, interval: 2 };
      const run = drive(machine(variant, knobs, { callers: [0x20] }), 10, 0x20);
      return [run.kmemleak.alive, run.failures];
    };
    expect(outcome(quiet)).toEqual([false, 0]);
    expect(outcome(rfcNowait)).toEqual([true, 1]);
    expect(outcome(nofail)).toEqual([true, 1]);
  });

  it('callers with gfp 0: quiet-2011 dies, rfc-nowait lives (4.17)', () => {
    const knobs = { probability: 10 };
    const quietRun = drive(machine(quiet, knobs, { callers: [0] }), 20_000, 0);
    expect(quietRun.kmemleak.alive).toBe(false);
    const nowaitRun = drive(machine(rfcNowait, knobs, { callers: [0] }), 20_000, 0);
    expect([nowaitRun.kmemleak.alive, nowaitRun.failures > 0]).toEqual([true, true]);
  });
});

describe('space and fail-nth', () => {
  it('space 10000, callers of 96 bytes: 24 tracked, then metadata of 304 meets 304', () => {
    const setting = { hostObjectSize: 96 };
    const run = drive(machine(quiet, { ...NO, space: 10_000 }, setting), 1000);
    expect([run.tracked, run.attempts, run.failures]).toEqual([24, 25, 0]);
    expect(run.failslab.attr.space).toBe(304);
  });

  it('with spared metadata only callers spend it: 104 pass, the 105th fails', () => {
    const run = machine(nofail, { ...NO, space: 10_000 }, { hostObjectSize: 96 });
    while (run.failures === 0) run.request(KERNEL);
    expect([run.attempts, run.tracked, run.failslab.attr.space]).toEqual([105, 104, 16]);
  });

  it('fail-nth 2 kills quiet-2011; with NOFAIL the second caller fails', () => {
    const knobs = { ...NO, probability: 0 };
    const run = machine(quiet, knobs);
    run.context.failNth = 2;
    run.request(KERNEL);
    expect([run.kmemleak.alive, run.failures, run.context.failNth]).toEqual([false, 0, 0]);
    const spared = machine(nofail, knobs);
    spared.context.failNth = 2;
    expect([spared.request(KERNEL), spared.request(KERNEL)]).toEqual([0, null]);
    expect(spared.kmemleak.alive).toBe(true);
  });

  it('fail-nth sweeps callers and metadata alternately: N even kills', () => {
    for (let nth = 1; nth <= 8; nth++) {
      const run = machine(quiet, { ...NO, probability: 0 });
      run.context.failNth = nth;
      drive(run, 6);
      expect([nth, run.kmemleak.alive]).toEqual([nth, nth % 2 === 1]);
      expect(run.deathIndex).toBe(nth % 2 === 1 ? 0 : nth / 2);
    }
  });
});

describe('one check of the caller, many objects to track', () => {
  /** Share of so many callers that kmemleak survives when each brings this many objects. */
  function survivors(objects: number, kernel = linux417): number {
    const gfp = kernel.gfp.composites['GFP_KERNEL']!;
    return mean((seed) => {
      const run = machine(quiet, { ...NO, probability: 10 }, { kernel, seed, callers: [gfp] });
      for (let index = 1; index <= objects; index++) {
        run.context.allocationIndex = index;
        run.kmemleak.track(gfp, 0, 64, run.context);
      }
      return run.kmemleak.alive ? 1 : 0;
    });
  }

  it('sixteen objects of a bulk call: 18.5 % survive', () => {
    expect(Math.abs(survivors(16) - 0.1853)).toBeLessThan(Z * Math.sqrt(0.151 / RUNS));
  });

  it('a per-CPU block on 64 CPUs: 0.1 % survive its 64 objects, 90 % the one object of 6.12', () => {
    expect(survivors(64)).toBeLessThanOrEqual(0.00118 + Z * Math.sqrt(0.00118 / RUNS));
    expect(Math.abs(survivors(1, linux612) - 0.9)).toBeLessThan(Z * Math.sqrt(0.09 / RUNS));
  });
});

describe('the new flag and what drops it', () => {
  const knobs = { ...NO, interval: 2 };

  it('as meant: no metadata is judged', () => {
    const run = drive(machine(nofaultinject, knobs), 100);
    expect([run.kmemleak.alive, run.failures]).toEqual([true, 50]);
  });

  it('with the shift not raised it is gone before failslab looks: dies at once', () => {
    const newFlag = { bitsShiftRaised: false };
    const run = drive(machine(nofaultinject, knobs, { newFlag }), 100);
    expect([run.kmemleak.alive, run.deathIndex, run.failures]).toEqual([false, 1, 0]);
  });

  it("with SLUB's kept mask unchanged failslab still spares it", () => {
    const newFlag = { inReclaimMask: false };
    const run = drive(machine(nofaultinject, knobs, { newFlag }), 100);
    expect(run.kmemleak.alive).toBe(true);
  });
});

describe('proposals that are no mask', () => {
  it('untracked caches spared: metadata never counted, every second caller fails', () => {
    const variant: KmemleakVariant = { ...quiet, injection: 'cache-flag' };
    const run = drive(machine(variant, { ...NO, interval: 2 }), 100);
    expect([run.kmemleak.alive, run.failures]).toEqual([true, 50]);
    expect(run.failslab.readings().checked).toMatchObject({ host: 100, metadata: 0 });
  });

  it('failing the caller: visible failure rate 1 − 0.9², kmemleak alive', () => {
    const variant: KmemleakVariant = { ...quiet, onFailure: 'fail-caller' };
    const run = drive(machine(variant, { ...NO, probability: 10 }), 1_000_000);
    expect(run.kmemleak.alive).toBe(true);
    expect(Math.abs(run.failures / run.attempts - 0.19)).toBeLessThan(0.001);
  });

  it('ten tries: 0.111 faults for each tracked allocation, and it lives', () => {
    const variant: KmemleakVariant = {
      ...quiet,
      attempts: (...caller) => Array.from({ length: 10 }, () => quiet.attempts(...caller)[0]!),
    };
    const run = drive(machine(variant, { ...NO, probability: 10 }), 100_000);
    expect(run.kmemleak.alive).toBe(true);
    const wasted = run.failslab.readings().injected.metadata / run.tracked;
    expect(Math.abs(wasted - 1 / 9)).toBeLessThan(0.005);
  });
});

describe('closed forms over 1000 seeds', () => {
  it.each([
    [1, 100, 69],
    [2, 50, 35],
    [5, 20, 14],
    [10, 10, 7],
    [20, 5, 4],
    [50, 2, 1],
  ])(
    'p = %d percent: the fatal tracked allocation is number %d in the mean, %d in the median',
    (probability, expected, median) => {
      const share = probability / 100;
      let attempts = 0;
      const indexes: number[] = [];
      const fatal = mean((seed) => {
        const run = drive(machine(quiet, { ...NO, probability }, { seed }), 100_000);
        attempts += run.attempts;
        indexes.push(run.tracked + 1);
        return run.tracked + 1;
      });
      for (const tracked of [1, 10, 100]) expectSurvivors(indexes, tracked, (1 - share) ** tracked);
      // A median is one value of a discrete law: the shares on its both sides tell it.
      expectSurvivors(indexes, median - 1, (1 - share) ** (median - 1));
      expectSurvivors(indexes, median, (1 - share) ** median);
      const spread = Math.sqrt(1 - share) / share;
      expect(Math.abs(fatal - expected)).toBeLessThan((Z * spread) / Math.sqrt(RUNS));
      const rate = (1 - share) * share;
      const attemptSpread = Math.sqrt(1 - rate) / rate;
      const expectedAttempts = 1 / rate;
      expect(Math.abs(attempts / RUNS - expectedAttempts)).toBeLessThan(
        (Z * attemptSpread) / Math.sqrt(RUNS),
      );
    },
  );

  it.each([
    [1, 0.4737],
    [2, 0.723],
    [3, 0.854],
    [5, 0.96],
    [10, 0.998],
  ])('times %d at 10 percent: dead with %d', (times, expected) => {
    const dead = mean((seed) => {
      const run = machine(quiet, { ...NO, probability: 10, times }, { seed });
      while (run.kmemleak.alive && run.failslab.attr.times > 0) run.request(KERNEL);
      return run.kmemleak.alive ? 0 : 1;
    });
    const tolerance = Z * Math.sqrt((expected * (1 - expected)) / RUNS) + 0.0005;
    expect(Math.abs(dead - expected)).toBeLessThan(tolerance);
  });

  it('a surviving mask: 47.4 % of the faults land on metadata', () => {
    const variant: KmemleakVariant = { ...quiet, onFailure: 'leave-untracked' };
    const run = drive(machine(variant, { ...NO, probability: 10 }), 200_000);
    const { host, metadata } = run.failslab.readings().injected;
    const share = metadata / (host + metadata);
    expect(Math.abs(share - 0.9 / 1.9)).toBeLessThan(Z * Math.sqrt(0.25 / (host + metadata)));
    expect(run.kmemleak.readings().untracked / (run.attempts - host)).toBeCloseTo(0.1, 2);
  });

  it.each([
    [0, 10, 10, []],
    [
      2,
      10,
      30,
      [
        [20, 0.677],
        [50, 0.112],
      ],
    ],
    [
      64,
      10,
      650,
      [
        [600, 0.734],
        [700, 0.247],
      ],
    ],
    [256, 10, 2570, []],
    [2, 1, 300, []],
    [2, 50, 6, []],
    [64, 50, 130, []],
    [256, 50, 514, []],
  ])(
    'pool of %d, nothing freed, p = %d percent: fatal index %d in the mean',
    (entries, probability, expected, survivals) => {
      const share = probability / 100;
      const reserve = { entries, refill: 'own-objects' } as const;
      const variant: KmemleakVariant = { ...poolVariant, reserve };
      const indexes: number[] = [];
      const fatal = mean((seed) => {
        const run = drive(machine(variant, { ...NO, probability }, { seed }), 100_000);
        indexes.push(run.tracked + 1);
        return run.tracked + 1;
      });
      const spread = Math.sqrt((entries + 1) * (1 - share)) / share;
      expect(Math.abs(fatal - expected)).toBeLessThan((Z * spread) / Math.sqrt(RUNS));
      const deviation = Math.sqrt(mean((seed) => (indexes[seed - 1]! - fatal) ** 2));
      expect(Math.abs(deviation / spread - 1)).toBeLessThan(0.15);
      for (const [tracked, alive] of survivals) expectSurvivors(indexes, tracked!, alive!);
    },
  );

  it('nothing dies of faults that the flag, NOFAIL or a scope keeps away', () => {
    for (const variant of [nofail, fiNofail, nofaultinject, knobTask]) {
      const alive = mean((seed) => {
        const run = machine(variant, { ...NO, probability: 50 }, { seed });
        while (run.kmemleak.alive && run.tracked < 100) run.request(KERNEL);
        return run.kmemleak.alive ? 1 : 0;
      });
      expect([variant.name, alive]).toEqual([variant.name, 1]);
    }
  });

  it('mixed callers under the 6.x rule: only the eligible share can kill', () => {
    const fatal = mean((seed) => {
      const setting = { kernel: linux61, seed, callers: [0xcc0, 0xa20] };
      const run = machine(quiet, { probability: 10 }, setting);
      while (run.kmemleak.alive) {
        const atomic = run.attempts % 2;
        run.request(atomic === 1 ? 0xa20 : 0xcc0, atomic);
      }
      return run.attempts;
    });
    // Pairs of one spared and one eligible caller: a pair kills with 0.9 · 0.1.
    const pairSpread = Math.sqrt(1 - 0.09) / 0.09;
    expect(Math.abs(fatal - 2 / 0.09)).toBeLessThan((Z * 2 * pairSpread) / Math.sqrt(RUNS));
  });
});
