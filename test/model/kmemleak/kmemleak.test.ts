import { describe, expect, it } from 'vitest';
import { FAIL_CALLER } from '../../../src/model/kmemleak/kmemleak.ts';
import type { KmemleakVariant } from '../../../src/model/kmemleak/variant.ts';
import knobGlobal from '../../../src/model/kmemleak/variants/knob-global.ts';
import knobScope from '../../../src/model/kmemleak/variants/knob-scope.ts';
import knobTask from '../../../src/model/kmemleak/variants/knob-task.ts';
import neverFails from '../../../src/model/kmemleak/variants/never-fails.ts';
import poolVariant from '../../../src/model/kmemleak/variants/pool-5.4.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import untracked from '../../../src/model/kmemleak/variants/untracked.ts';
import type { SlowPath } from '../../../src/model/page-source.ts';
import { NONE, WOULD_BLOCK } from '../../../src/model/page-source.ts';
import { ROLE_HOST, ROLE_METADATA, TaskContext } from '../../../src/model/sched/task-context.ts';
import { ATOMIC, GRACE_NS, ScriptedCache, setup } from './scripted-kmemleak.ts';

describe('tracking', () => {
  it("asks with the variant's mask in the metadata role, and puts the task back", () => {
    const { kmemleak, cache, context, track } = setup(quiet);
    expect([track(0), track(1)]).toEqual([0, 1]);
    expect(cache.asked).toEqual([
      { gfp: 0x14112c0, role: ROLE_METADATA, checks: 0, scope: 0 },
      { gfp: 0x1091220, role: ROLE_METADATA, checks: 0, scope: 0 },
    ]);
    expect([context.role, context.faultChecks, context.noFaultDepth]).toEqual([ROLE_HOST, 5, 0]);
    expect(context.spentNs).toBe(14);
    expect(kmemleak.readings()).toMatchObject({ attempts: 2, failures: 0, live: 2, liveMax: 2 });
  });

  it('does nothing where kmemleak is off', () => {
    const { cache, track, kmemleak } = setup(quiet, new ScriptedCache([]), { enabled: false });
    expect(track()).toBe(NONE);
    expect(cache.asked).toEqual([]);
    expect(kmemleak.readings()).toMatchObject({ alive: false, attempts: 0, untracked: 1 });
  });

  it('works out the mask of a caller that is no class', () => {
    const { kmemleak, cache, context } = setup(quiet);
    kmemleak.track(0x1011200, -1, 64, context);
    kmemleak.track(0x1400000, -1, 64, context);
    kmemleak.track(0x1011200, -1, 64, context);
    expect(cache.asked.map(({ gfp }) => gfp)).toEqual([0x1011200, 0x1411200, 0x1011200]);
    expect(kmemleak.readings().classes.map(({ attempts }) => attempts)).toEqual([0, 0, 3]);
  });

  it('tells a variant whether the context is atomic', () => {
    const seen: boolean[] = [];
    const variant: KmemleakVariant = {
      ...quiet,
      attempts: (_caller, { atomic }) => [atomic ? 1 : 2],
    };
    const { cache, context, track } = setup(variant);
    track();
    context.interruptsOff = true;
    track();
    context.interruptsOff = false;
    context.inSoftirq = true;
    track();
    seen.push(...cache.asked.map(({ gfp }) => gfp === 1));
    expect(seen).toEqual([false, true, true]);
  });

  it('hands over only flags below the shift', () => {
    const echo: KmemleakVariant = { ...quiet, attempts: (caller) => [caller] };
    const { kmemleak, cache, context } = setup(echo);
    kmemleak.track(0x54112c0, -1, 64, context);
    expect(cache.asked[0]!.gfp).toBe(0x14112c0);
  });

  it('refuses a variant that waits for nothing, at construction', () => {
    expect(() => setup({ ...quiet, onFailure: 'wait' })).toThrow(/waits, but has no reserve/);
  });
});

describe('a failure', () => {
  it('disables kmemleak for good, without hurting the caller', () => {
    const { kmemleak, cache, events, track } = setup(quiet, new ScriptedCache([100, NONE]));
    expect([track(), track(), track()]).toEqual([0, NONE, NONE]);
    expect(kmemleak.alive).toBe(false);
    expect(cache.asked).toHaveLength(2);
    expect(events).toEqual(['first-metadata-failure', 'death', 'clean-up']);
    expect(kmemleak.readings()).toMatchObject({ attempts: 2, failures: 1, untracked: 2 });
    kmemleak.disable();
    expect(events).toHaveLength(3);
  });

  it('leaves the object untracked, where the variant says so', () => {
    const variant: KmemleakVariant = { ...quiet, onFailure: 'leave-untracked' };
    const { kmemleak, events, track } = setup(variant, new ScriptedCache([NONE, NONE]));
    expect([track(), track(), track()]).toEqual([NONE, NONE, 0]);
    expect(events).toEqual(['first-metadata-failure']);
    expect(kmemleak.readings()).toMatchObject({ alive: true, failures: 2, untracked: 2 });
  });

  it('fails the caller, where the variant says so', () => {
    const variant: KmemleakVariant = { ...quiet, onFailure: 'fail-caller' };
    const { kmemleak, track } = setup(variant, new ScriptedCache([NONE]));
    expect([track(), track()]).toEqual([FAIL_CALLER, 0]);
    expect(kmemleak.readings()).toMatchObject({ alive: true, failures: 1, untracked: 0 });
  });

  it('comes after all tries, and counts once', () => {
    const variant: KmemleakVariant = { ...quiet, attempts: () => [1, 2, 3] };
    const cache = new ScriptedCache([NONE, NONE, 100, NONE, NONE, NONE]);
    const { kmemleak, track } = setup(variant, cache);
    expect([track(), track()]).toEqual([0, NONE]);
    expect(cache.asked.map(({ gfp }) => gfp)).toEqual([1, 2, 3, 1, 2, 3]);
    expect(kmemleak.readings()).toMatchObject({ attempts: 2, failures: 1 });
  });

  it('counts by the class of the caller', () => {
    const { kmemleak, track } = setup(poolVariant, new ScriptedCache([100, NONE, 100, NONE]));
    for (const gfpClass of [0, 1, 0, 1]) track(gfpClass);
    expect(kmemleak.readings().classes).toEqual([
      { attempts: 2, failures: 0, fromPool: 0 },
      { attempts: 2, failures: 2, fromPool: 2 },
      { attempts: 0, failures: 0, fromPool: 0 },
    ]);
  });
});

describe('the bounds', () => {
  it('never-fails conjures what the slab refuses, and gives nothing back for it', () => {
    const { kmemleak, cache, context, events, track } = setup(
      neverFails,
      new ScriptedCache([NONE]),
    );
    expect(track()).toBe(0);
    expect(kmemleak.readings()).toMatchObject({ alive: true, failures: 1, conjured: 1, live: 1 });
    expect(events).toEqual(['first-metadata-failure']);
    kmemleak.untrack(0);
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual([]);
    expect(kmemleak.readings().live).toBe(0);
  });

  it('untracked never asks', () => {
    const { kmemleak, cache, context, track } = setup(untracked);
    expect([track(), track()]).toEqual([NONE, NONE]);
    expect(cache.asked).toEqual([]);
    expect(context.spentNs).toBe(0);
    expect(kmemleak.readings()).toMatchObject({ alive: true, attempts: 0, untracked: 2 });
  });
});

describe('the scopes', () => {
  it("knob-task is one bit: a request inside another one's clears it for both", () => {
    const { kmemleak, cache, context, track } = setup(knobTask);
    context.noFaultDepth = 1;
    track();
    expect(cache.asked[0]!.scope).toBe(2);
    expect(context.noFaultDepth).toBe(0);
    expect(kmemleak.readings().brokenScopes).toBe(1);
  });

  it('knob-scope lies in another one and leaves it open', () => {
    const { kmemleak, cache, context, track } = setup(knobScope);
    context.noFaultDepth = 1;
    track();
    expect(cache.asked[0]!.scope).toBe(2);
    expect(context.noFaultDepth).toBe(1);
    expect(kmemleak.readings().brokenScopes).toBe(0);
  });

  it('a machine-wide scope is open during the request alone', () => {
    const cache = new ScriptedCache([]);
    const { scope, track } = setup(knobGlobal, cache);
    const stranger = new TaskContext();
    const spared: boolean[] = [];
    const allocate = cache.allocate.bind(cache);
    cache.allocate = (gfp, context) => {
      spared.push(scope!.spares(stranger));
      return allocate(gfp, context);
    };
    track();
    expect([spared, scope!.spares(stranger)]).toEqual([[true], false]);
  });
});

/** Runs a slow path to its end: what it returned, and the time it spent. */
function finish(path: SlowPath): [number, number] {
  let spent = 0;
  for (;;) {
    const step = path.next();
    if (step.done === true) return [step.value, spent];
    spent += step.value;
  }
}

describe('the slow path', () => {
  it('goes on where the plain call stopped, still in the metadata role', () => {
    const { kmemleak, cache, context, track } = setup(
      knobTask,
      new ScriptedCache([WOULD_BLOCK], [200]),
    );
    expect(track()).toBe(WOULD_BLOCK);
    expect([context.role, context.noFaultDepth]).toEqual([ROLE_METADATA, 1]);
    expect(finish(kmemleak.trackSlowly(0, 256, context))).toEqual([0, 1000]);
    expect([context.role, context.faultChecks, context.noFaultDepth]).toEqual([ROLE_HOST, 5, 0]);
    expect(cache.asked.map(({ role, scope }) => [role, scope])).toEqual([
      [ROLE_METADATA, 1],
      [ROLE_METADATA, 1],
    ]);
    expect(kmemleak.readings()).toMatchObject({ attempts: 1, failures: 0, live: 1 });
  });

  it('goes through the tries that are left', () => {
    const variant: KmemleakVariant = { ...quiet, attempts: () => [1, 2, 3, 4] };
    const cache = new ScriptedCache([WOULD_BLOCK, NONE, WOULD_BLOCK], [NONE, 300]);
    const { kmemleak, context, track } = setup(variant, cache);
    expect(track()).toBe(WOULD_BLOCK);
    expect(finish(kmemleak.trackSlowly(0, 256, context))).toEqual([0, 2000]);
    expect(cache.asked.map(({ gfp }) => gfp)).toEqual([1, 1, 2, 3, 3]);
  });

  it('ends in the same failure', () => {
    const cache = new ScriptedCache([WOULD_BLOCK], [NONE]);
    const { kmemleak, context, events, track } = setup(quiet, cache);
    track();
    expect(finish(kmemleak.trackSlowly(0, 256, context))).toEqual([NONE, 1000]);
    expect(events).toEqual(['first-metadata-failure', 'death', 'clean-up']);
  });

  it('keeps two tasks apart', () => {
    const cache = new ScriptedCache([WOULD_BLOCK, WOULD_BLOCK], [200, 201]);
    const { kmemleak, context: first, track } = setup(knobTask, cache);
    const second = new TaskContext();
    second.faultChecks = 9;
    track();
    const firstPath = kmemleak.trackSlowly(0, 256, first);
    firstPath.next();
    kmemleak.track(ATOMIC, 1, 64, second);
    const secondPath = kmemleak.trackSlowly(1, 64, second);
    secondPath.next();
    expect(finish(secondPath)[0]).toBe(0);
    expect([first.role, first.noFaultDepth]).toEqual([ROLE_METADATA, 1]);
    expect([second.role, second.faultChecks, second.noFaultDepth]).toEqual([ROLE_HOST, 9, 0]);
    expect(finish(firstPath)[0]).toBe(1);
    expect([first.role, first.faultChecks, first.noFaultDepth]).toEqual([ROLE_HOST, 5, 0]);
    expect(cache.asked.map(({ gfp }) => gfp)).toEqual([0x14112c0, 0x1091220, 0x1091220, 0x14112c0]);
  });
});

describe('frees and the clean-up', () => {
  it('returns metadata one grace period after the free', () => {
    const { kmemleak, cache, context, events, track } = setup(quiet, new ScriptedCache([41, 42]));
    const [first, second] = [track(), track()];
    kmemleak.untrack(second);
    expect(events).toEqual([`grace ${GRACE_NS}`]);
    expect(cache.freed).toEqual([]);
    kmemleak.untrack(first);
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual([42]);
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual([42, 41]);
    expect(kmemleak.readings()).toMatchObject({ live: 0, liveMax: 2 });
  });

  it('follows frees until the clean-up, then frees everything once', () => {
    const cache = new ScriptedCache([41, 42, 43, NONE]);
    const { kmemleak, context, events, track } = setup(quiet, cache);
    const slots = [track(), track(), track()];
    track();
    kmemleak.untrack(slots[1]!);
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual([42]);
    kmemleak.cleanUp();
    kmemleak.cleanUp();
    kmemleak.untrack(slots[0]!);
    kmemleak.gracePeriodEnded(context);
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual([42, 41, 43]);
    expect(kmemleak.readings().live).toBe(0);
    expect(events.filter((event) => event === 'clean-up')).toHaveLength(1);
  });

  it('an object that waits for its grace period is not freed again by the clean-up', () => {
    const { kmemleak, cache, context, track } = setup(quiet, new ScriptedCache([41, NONE]));
    kmemleak.untrack(track());
    track();
    kmemleak.cleanUp();
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual([41]);
  });
});
