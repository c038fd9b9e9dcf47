import { describe, expect, it } from 'vitest';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import { StackDepot } from '../../../src/model/kmemleak/stack-depot.ts';
import type { KmemleakVariant } from '../../../src/model/kmemleak/variant.ts';
import poolVariant from '../../../src/model/kmemleak/variants/pool-5.4.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import { NONE } from '../../../src/model/page-source.ts';
import { ScriptedCache, setup } from './scripted-kmemleak.ts';

describe('the pool behind the slab cache', () => {
  const two: KmemleakVariant = { ...poolVariant, reserve: { entries: 2, refill: 'own-objects' } };

  it('S = 2, three faults and no frees: the third is fatal, one notice', () => {
    const cache = new ScriptedCache([NONE, NONE, NONE]);
    const { kmemleak, events, track } = setup(two, cache);
    expect([track(), track(), track()]).toEqual([0, 1, NONE]);
    expect(events).toEqual(['first-metadata-failure', 'first-pool-use', 'death', 'clean-up']);
    expect(kmemleak.readings()).toMatchObject({
      failures: 3,
      fromPool: 2,
      poolFree: 0,
      poolEmptyNotices: 1,
    });
  });

  it('a pool object freed and its grace period over before the third fault: lives', () => {
    const { kmemleak, context, track } = setup(two, new ScriptedCache([NONE, NONE, NONE]));
    const first = track();
    track();
    kmemleak.untrack(first);
    kmemleak.gracePeriodEnded(context);
    expect(track()).not.toBe(NONE);
    expect(kmemleak.alive).toBe(true);
  });

  it('the same fault before the grace period is over: dies', () => {
    const { kmemleak, track } = setup(two, new ScriptedCache([NONE, NONE, NONE]));
    const first = track();
    track();
    kmemleak.untrack(first);
    expect(track()).toBe(NONE);
    expect(kmemleak.alive).toBe(false);
  });

  it.each([
    ['own-objects', false],
    ['any-free', true],
  ] as const)('a slab object freed before it, refill %s: alive %s', (refill, alive) => {
    const variant: KmemleakVariant = { ...poolVariant, reserve: { entries: 2, refill } };
    const cache = new ScriptedCache([40, NONE, NONE, NONE]);
    const { kmemleak, context, track } = setup(variant, cache);
    const fromSlab = track();
    track();
    track();
    kmemleak.untrack(fromSlab);
    kmemleak.gracePeriodEnded(context);
    track();
    expect(kmemleak.alive).toBe(alive);
    expect(cache.freed).toEqual(alive ? [] : [40]);
  });

  it('an emergency entry that is a slab object goes back to slab when the pool is full', () => {
    const variant: KmemleakVariant = {
      ...poolVariant,
      reserve: { entries: 1, refill: 'any-free' },
    };
    const cache = new ScriptedCache([40, 41, NONE]);
    const { kmemleak, context, track } = setup(variant, cache);
    const slots = [track(), track(), track()];
    for (const slot of slots.slice(0, 2)) kmemleak.untrack(slot);
    kmemleak.gracePeriodEnded(context);
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual([41]);
    expect(kmemleak.readings().poolFree).toBe(1);
  });

  it('a fault while the pool has entries costs one of 16000', () => {
    const { kmemleak, track } = setup(poolVariant, new ScriptedCache([NONE]), { poolFree: 15846 });
    expect(track()).toBe(0);
    expect(kmemleak.readings()).toMatchObject({ poolFree: 15845, poolEmptyNotices: 0 });
  });
});

describe('the stack depot behind an object', () => {
  it('a refused page leaves the object without a trace and kmemleak alive', () => {
    const pages = {
      allocate: () => NONE,
      *allocateSlowly() {
        yield 0;
        return NONE;
      },
      free: () => {},
    };
    const depot = new StackDepot(linux61.kmemleak.stackDepot!, pages, 300);
    const { kmemleak, context, track } = setup(quiet, new ScriptedCache([]), { depot });
    for (let trace = 3; depot.save(trace, context); trace++) expect(trace).toBeLessThan(300);
    const before = depot.counts.traceless;
    expect(track()).toBe(0);
    expect(kmemleak.alive).toBe(true);
    expect(kmemleak.readings().depot.traceless).toBe(before + 1);
  });
});
