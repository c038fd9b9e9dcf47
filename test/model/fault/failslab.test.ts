import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import linux417 from '../../../src/kernel/profiles/4.17.ts';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import linux612 from '../../../src/kernel/profiles/6.12.ts';
import { Failslab } from '../../../src/model/fault/failslab.ts';
import { FAILSLAB_DEFAULTS, type FailslabSpec } from '../../../src/model/fault/fault-attr.ts';
import { FaultExemptions } from '../../../src/model/fault/fault-exemptions.ts';
import type { FaultScope } from '../../../src/model/fault/fault-scope.ts';
import { GlobalScope } from '../../../src/model/fault/global-scope.ts';
import { OwnScope } from '../../../src/model/fault/own-scope.ts';
import { TaskScope } from '../../../src/model/fault/task-scope.ts';
import { ROLE_METADATA, TaskContext } from '../../../src/model/sched/task-context.ts';

const CACHE = { objectSize: 96, isBootstrap: false, failslabMarked: false, noLeakTrace: false };
const METADATA_CACHE = { ...CACHE, objectSize: 304, noLeakTrace: true };
const ALWAYS_FALLS = { percent: () => 0 };

function failslab(
  kernel: KernelProfile,
  knobs: Partial<FailslabSpec> = {},
  exemptions = new FaultExemptions(),
): Failslab {
  const spec = { ...FAILSLAB_DEFAULTS, probability: 100, times: -1, ...knobs };
  return new Failslab(spec, { kernel, exemptions, dice: ALWAYS_FALLS, classes: 1 });
}

function isFailed(kernel: KernelProfile, gfp: number, ignoreGfpWait: boolean): boolean {
  return failslab(kernel, { ignoreGfpWait }).shouldFail(CACHE, gfp, new TaskContext());
}

const kernels = [linux417, linux61, linux612];

describe('ignore-gfp-wait', () => {
  it.each(kernels)('$name: N spares nothing but NOFAIL', (kernel) => {
    const { composites, bits } = kernel.gfp;
    for (const gfp of [composites['GFP_KERNEL']!, composites['GFP_ATOMIC']!, bits.HIGH, 0]) {
      expect(isFailed(kernel, gfp, false)).toBe(true);
      expect(isFailed(kernel, (gfp | bits.NOFAIL) >>> 0, false)).toBe(false);
    }
  });

  it.each(kernels)('$name: Y spares every request that may reclaim directly', (kernel) => {
    const { composites, bits } = kernel.gfp;
    expect(isFailed(kernel, composites['GFP_KERNEL']!, true)).toBe(false);
    expect(isFailed(kernel, bits.DIRECT_RECLAIM, true)).toBe(false);
    expect(isFailed(kernel, bits.HIGH, true)).toBe(true);
    expect(isFailed(kernel, 0, true)).toBe(true);
  });

  it('Y on 4.17 spares GFP_ATOMIC and GFP_NOWAIT by their KSWAPD bit', () => {
    expect(isFailed(linux417, 0x1080020, true)).toBe(false);
    expect(isFailed(linux417, 0x1000000, true)).toBe(false);
  });

  it('Y on 6.x injects GFP_ATOMIC and GFP_NOWAIT', () => {
    expect(isFailed(linux61, 0xa20, true)).toBe(true);
    expect(isFailed(linux61, 0x800, true)).toBe(true);
    expect(isFailed(linux612, 0x820, true)).toBe(true);
  });

  it('metadata of a blockable caller becomes eligible on 6.x once DIRECT_RECLAIM is gone', () => {
    expect(isFailed(linux417, 0x10112c0, true)).toBe(false);
    expect(isFailed(linux61, 0x928c0, true)).toBe(true);
    expect(isFailed(linux61, 0x92cc0, true)).toBe(false);
  });
});

describe('what is spared', () => {
  it('the cache of caches, uncounted', () => {
    const point = failslab(linux417, { ignoreGfpWait: false });
    expect(point.shouldFail({ ...CACHE, isBootstrap: true }, 0x800, new TaskContext())).toBe(false);
    expect(point.readings().spared.nofail).toBe(0);
  });

  it('unmarked caches under cache-filter', () => {
    const point = failslab(linux417, { ignoreGfpWait: false, cacheFilter: true });
    const context = new TaskContext();
    expect(point.shouldFail(CACHE, 0, context)).toBe(false);
    expect(point.shouldFail({ ...CACHE, failslabMarked: true }, 0, context)).toBe(true);
    expect(point.readings().checked.host).toBe(1);
  });

  it('a new flag that has survived, and only that bit', () => {
    const point = failslab(linux417, { ignoreGfpWait: false }, new FaultExemptions(0x4000000));
    expect(point.shouldFail(CACHE, 0x54112c0, new TaskContext())).toBe(false);
    expect(point.shouldFail(CACHE, 0x14112c0, new TaskContext())).toBe(true);
    expect(point.readings().spared).toEqual({ nofail: 0, flag: 1, scope: 0, wrongly: 0 });
  });

  it('the requests of a task inside its own scope, and no others', () => {
    const scope = new OwnScope();
    const exemptions = new FaultExemptions(0, false, scope);
    const point = failslab(linux417, { ignoreGfpWait: false }, exemptions);
    const inside = new TaskContext();
    inside.role = ROLE_METADATA;
    scope.enter(inside);
    expect(point.shouldFail(CACHE, 0, inside)).toBe(false);
    expect(point.shouldFail(CACHE, 0, new TaskContext())).toBe(true);
    expect(point.readings().spared.scope).toBe(1);
  });

  it('everybody inside the machine-wide scope, wrongly', () => {
    const scope = new GlobalScope(() => 0);
    const exemptions = new FaultExemptions(0, false, scope);
    const point = failslab(linux417, { ignoreGfpWait: false }, exemptions);
    const inside = new TaskContext();
    scope.enter(inside);
    expect(point.shouldFail(CACHE, 0, new TaskContext())).toBe(false);
    scope.leave(inside);
    expect(point.shouldFail(CACHE, 0, new TaskContext())).toBe(true);
  });

  it("another CPU's caller during the machine-wide scope, but not during a task's own", () => {
    const setting = { cpus: 2, nowNs: () => 0, currentOn: () => null };
    const wronglySpared = (scope: FaultScope) => {
      const exemptions = new FaultExemptions(0, false, scope);
      const point = failslab(linux417, { ignoreGfpWait: false }, exemptions);
      const [first, second] = [new TaskContext(), new TaskContext()];
      second.cpu = 1;
      scope.enter(first);
      return [point.shouldFail(CACHE, 0x14000c0, second), point.readings().spared.wrongly];
    };
    expect(wronglySpared(new GlobalScope(() => 0))).toEqual([false, 1]);
    expect(wronglySpared(new TaskScope(setting))).toEqual([true, 0]);
    expect(wronglySpared(new OwnScope())).toEqual([true, 0]);
  });

  it('untracked caches, where the proposal says so; every second primary still fails', () => {
    const exemptions = new FaultExemptions(0, true);
    const point = failslab(linux417, { ignoreGfpWait: false, interval: 2 }, exemptions);
    const context = new TaskContext();
    const primaries = [1, 2, 3, 4].map(() => {
      const failed = point.shouldFail(CACHE, 0, context);
      expect(point.shouldFail(METADATA_CACHE, 0, context)).toBe(false);
      return failed;
    });
    expect(primaries).toEqual([false, true, false, true]);
  });

  it('never moves the interval for a request that it spares', () => {
    const point = failslab(linux417, { interval: 2 });
    const context = new TaskContext();
    expect(point.shouldFail(CACHE, 0, context)).toBe(false);
    expect(point.shouldFail(CACHE, 0x14000c0, context)).toBe(false);
    expect(point.shouldFail(CACHE, 0, context)).toBe(true);
  });
});

describe('the report of a fault on metadata', () => {
  it.each([
    [linux417, 0x1411240, 1],
    [linux61, 0x92cc0, 0],
    [linux612, 0x92cc0, 0],
  ])('is printed by 4.17 alone: later kernels heed NOWARN (%#)', (kernel, gfp, lines) => {
    const point = failslab(kernel, { ignoreGfpWait: false });
    const context = new TaskContext();
    context.role = ROLE_METADATA;
    expect(point.shouldFail(METADATA_CACHE, gfp, context)).toBe(true);
    expect(point.readings().reported.metadata).toBe(lines);
    expect(point.shouldFail(METADATA_CACHE, gfp & ~kernel.gfp.bits.NOWARN, context)).toBe(true);
    expect(point.readings().reported.metadata).toBe(lines + 1);
  });
});

describe('size and fail-nth', () => {
  it('spends the object size of the cache', () => {
    const point = failslab(linux417, { ignoreGfpWait: false, space: 400 });
    const context = new TaskContext();
    expect(point.shouldFail(CACHE, 0, context)).toBe(false);
    expect(point.attr.space).toBe(304);
    expect(point.shouldFail(METADATA_CACHE, 0, context)).toBe(true);
  });

  it('does not count a request that ignore-gfp-wait spares', () => {
    const point = failslab(linux417, { probability: 0 });
    const context = new TaskContext();
    context.failNth = 1;
    expect(point.shouldFail(CACHE, 0x14000c0, context)).toBe(false);
    expect(context.failNth).toBe(1);
  });
});
