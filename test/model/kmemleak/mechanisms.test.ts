import { describe, expect, it } from 'vitest';
import linux61 from '../../../src/kernel/profiles/6.1.ts';
import emergencyPool from '../../../src/model/kmemleak/variants/emergency-pool.ts';
import mempool from '../../../src/model/kmemleak/variants/mempool-v1.ts';
import mempoolV2 from '../../../src/model/kmemleak/variants/mempool-v2.ts';
import poolThread from '../../../src/model/kmemleak/variants/pool-1M-thread.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import retry10 from '../../../src/model/kmemleak/variants/retry10.ts';
import sleepableRefill from '../../../src/model/kmemleak/variants/sleepable-refill.ts';
import type { SlowPath } from '../../../src/model/page-source.ts';
import { NONE, SLEEP, WOULD_BLOCK } from '../../../src/model/page-source.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { ScriptedCache, setup } from './scripted-kmemleak.ts';

// The mechanisms behind the masks, over a slab cache that answers as told.

const REFUSALS = (count: number) => new Array<number>(count).fill(NONE);

/** Steps of a slow path up to its next sleep, or to its end: what it returned, or SLEEP. */
function upToSleep(path: SlowPath): number {
  for (;;) {
    const step = path.next();
    if (step.done === true) return step.value;
    if (step.value === SLEEP) return SLEEP;
  }
}

describe('reserves that the slab cache fills', () => {
  it('are full when the load starts: four objects a CPU, asked for with GFP_KERNEL', () => {
    const { kmemleak, cache } = setup(emergencyPool, new ScriptedCache([]), { cpus: 4 });
    kmemleak.fillReserves(new TaskContext());
    expect(cache.asked.map(({ gfp }) => gfp)).toEqual(new Array(16).fill(0x14000c0));
    expect(kmemleak.readings()).toMatchObject({ poolFree: 16, poolFreeMin: 16, attempts: 0 });
  });

  it('hold what there was memory for', () => {
    const cache = new ScriptedCache([100, 101, WOULD_BLOCK]);
    const { kmemleak } = setup(emergencyPool, cache);
    kmemleak.fillReserves(new TaskContext());
    expect(kmemleak.readings().poolFree).toBe(2);
  });

  it('are not filled for a kmemleak that is off', () => {
    const { kmemleak, cache } = setup(emergencyPool, new ScriptedCache([]), { enabled: false });
    kmemleak.fillReserves(new TaskContext());
    expect(cache.asked).toEqual([]);
  });

  it('size 2: any slab-backed object that is freed before the third fault saves it', () => {
    const variant = { ...emergencyPool, reserve: { ...emergencyPool.reserve!, entries: 2 } };
    for (const isFreed of [true, false]) {
      const cache = new ScriptedCache([1, 2, 50, NONE, NONE, NONE]);
      const { kmemleak, context, track } = setup(variant, cache);
      kmemleak.fillReserves(new TaskContext());
      const fromSlab = track();
      expect([track(), track()]).not.toContain(NONE);
      if (isFreed) kmemleak.untrack(fromSlab);
      kmemleak.gracePeriodEnded(context);
      track();
      expect([isFreed, kmemleak.alive]).toEqual([isFreed, isFreed]);
      expect(kmemleak.readings().poolFreeMin).toBe(0);
    }
  });
});

describe('a reserve that callers fill', () => {
  it('gets an object from each that may sleep and was served by slab, as long as it has room', () => {
    const cache = new ScriptedCache([NONE, 50, 51, 52, 53, 54, 55]);
    const { kmemleak, context, track } = setup(sleepableRefill, cache);
    kmemleak.fillReserves(new TaskContext());
    expect(kmemleak.readings().poolFree).toBe(0);
    track(1);
    expect(kmemleak.readings().poolFree).toBe(0);
    track();
    expect(kmemleak.readings().poolFree).toBe(1);
    context.interruptsOff = true;
    track();
    expect([kmemleak.readings().poolFree, cache.asked.length]).toEqual([1, 5]);
  });

  it('is left alone by callers that would have to wait for it', () => {
    const cache = new ScriptedCache([NONE, 50, WOULD_BLOCK]);
    const { kmemleak, track } = setup(sleepableRefill, cache);
    kmemleak.fillReserves(new TaskContext());
    expect(track()).toBe(0);
    expect(kmemleak.readings()).toMatchObject({ poolFree: 0, failures: 0, live: 1 });
  });
});

describe('mempool', () => {
  it('asks without reclaim, then the reserve, then with reclaim, then the reserve again', () => {
    const cache = new ScriptedCache([1, 2, 3, 4, NONE, NONE, NONE, NONE, NONE, WOULD_BLOCK], [7]);
    const { kmemleak, context, track } = setup(mempool, cache);
    kmemleak.fillReserves(new TaskContext());
    cache.asked.length = 0;
    for (let taken = 0; taken < 4; taken++) expect(track()).toBe(taken);
    expect(track()).toBe(WOULD_BLOCK);
    expect(upToSleep(kmemleak.trackSlowly(0, 256, context))).toBe(4);
    expect(cache.asked.map(({ gfp }) => gfp.toString(16))).toEqual([
      ...['1011280', '1011280', '1011280', '1011280'],
      ...['1011280', '14112c0', '14112c0'],
    ]);
    expect(kmemleak.readings()).toMatchObject({ failures: 4, fromPool: 4, waits: 0 });
  });

  it('exam: reserve empty and slab failing, a caller that may sleep waits in rounds of 5 s', () => {
    const { kmemleak, cache, context, track } = setup(mempool, new ScriptedCache(REFUSALS(99)));
    expect(track()).toBe(WOULD_BLOCK);
    const path = kmemleak.trackSlowly(0, 256, context);
    for (let round = 1; round <= 10; round++) {
      expect([upToSleep(path), context.sleepNs]).toEqual([SLEEP, 5e9]);
      expect(kmemleak.readings()).toMatchObject({ alive: true, waits: round, failures: 0 });
    }
    expect(cache.asked.map(({ gfp }) => gfp).slice(2)).toEqual(new Array(9).fill(0x14112c0));
  });

  it('exam: in the same state a GFP_ATOMIC caller is the end', () => {
    const { kmemleak, track } = setup(mempool, new ScriptedCache(REFUSALS(2)));
    expect(track(1)).toBe(NONE);
    expect(kmemleak.alive).toBe(false);
  });

  it('a freed object ends the wait', () => {
    const cache = new ScriptedCache([50, ...REFUSALS(9)]);
    const { kmemleak, context, track } = setup(mempool, cache);
    const held = track();
    expect(track()).toBe(WOULD_BLOCK);
    let woken = 0;
    context.sleeper = { wake: () => woken++, interrupt: () => {} };
    const path = kmemleak.trackSlowly(0, 256, context);
    expect(upToSleep(path)).toBe(SLEEP);
    kmemleak.untrack(held);
    expect(woken).toBe(0);
    kmemleak.gracePeriodEnded(new TaskContext());
    expect(woken).toBe(1);
    expect(upToSleep(path)).toBe(held);
    expect(kmemleak.readings()).toMatchObject({ alive: true, fromPool: 1, live: 1 });
  });

  it('whoever must not sleep does not wait, whatever its mask says', () => {
    const { kmemleak, context, track } = setup(mempool, new ScriptedCache(REFUSALS(4)));
    context.interruptsOff = true;
    expect(track()).toBe(NONE);
    expect(kmemleak.alive).toBe(false);
  });
});

describe('a reserve that a thread gathers', () => {
  it('exam: 600 objects after an idle minute; as many failures survived, and no more', () => {
    const cache = new ScriptedCache([]);
    const { kmemleak, track } = setup(poolThread, cache);
    const thread = new TaskContext();
    const life = kmemleak.reserveThread(thread)!;
    let nowNs = 0;
    expect(upToSleep(life)).toBe(SLEEP);
    while (nowNs + thread.sleepNs <= 60e9) {
      nowNs += thread.sleepNs;
      expect(upToSleep(life)).toBe(SLEEP);
    }
    expect(kmemleak.readings().poolFree).toBe(600);
    expect(new Set(cache.asked.map(({ gfp }) => gfp))).toEqual(new Set([0x1410a00]));
    cache.allocate = () => NONE;
    for (let failure = 1; failure <= 600; failure++) expect(track(1)).toBe(failure - 1);
    expect(kmemleak.alive).toBe(true);
    expect(track(1)).toBe(NONE);
    expect(kmemleak.alive).toBe(false);
    expect(upToSleep(life)).toBe(NONE);
  });

  it('starts empty, and freed objects go back to slab', () => {
    const cache = new ScriptedCache([40]);
    const { kmemleak, context, track } = setup(poolThread, cache);
    kmemleak.untrack(track());
    kmemleak.gracePeriodEnded(context);
    expect(kmemleak.readings().poolFree).toBe(0);
    expect(cache.freed).toEqual([40]);
  });

  it('is a thread of that proposal alone', () => {
    expect(setup(emergencyPool).kmemleak.reserveThread(new TaskContext())).toBeNull();
    const off = setup(poolThread, new ScriptedCache([]), { enabled: false });
    expect(off.kmemleak.reserveThread(new TaskContext())).toBeNull();
  });
});

describe('scan areas', () => {
  const KERNEL = 0x14000c0;

  function areaOf(variant: typeof quiet, refusals: number, setting = {}) {
    const areaCache = new ScriptedCache(REFUSALS(refusals));
    const made = setup(variant, new ScriptedCache([40]), { areaCache, ...setting });
    const slot = made.track();
    made.kmemleak.addScanArea(slot, KERNEL, made.context);
    return { ...made, areaCache, slot };
  }

  it('have memory of their own, given back with their object', () => {
    const { kmemleak, areaCache, context, slot } = areaOf(quiet, 0);
    expect(kmemleak.hasScanArea(slot)).toBe(true);
    kmemleak.untrack(slot);
    expect(areaCache.freed).toEqual([]);
    kmemleak.gracePeriodEnded(context);
    expect(areaCache.freed).toEqual([100]);
  });

  it('exam: a failure costs the area alone in 4.17; later kernels remember it', () => {
    const old = areaOf(quiet, 1);
    expect([old.kmemleak.hasScanArea(old.slot), old.kmemleak.isFullScan(old.slot)]).toEqual([
      false,
      false,
    ]);
    const later = areaOf(quiet, 1, { kernel: linux61 });
    expect([later.kmemleak.hasScanArea(later.slot), later.kmemleak.isFullScan(later.slot)]).toEqual(
      [false, true],
    );
    for (const { kmemleak } of [old, later]) {
      expect(kmemleak.readings()).toMatchObject({ alive: true, areaAttempts: 1, areaFailures: 1 });
    }
  });

  it('exam: ten tries with retry10 before that', () => {
    const { kmemleak, areaCache, slot } = areaOf(retry10, 9);
    expect([areaCache.asked.length, kmemleak.hasScanArea(slot)]).toEqual([10, true]);
    expect(areaOf(retry10, 10).kmemleak.readings().areaFailures).toBe(1);
  });

  it('have a reserve of their own in a mempool: one a CPU', () => {
    const areaCache = new ScriptedCache([70, NONE]);
    const cache = new ScriptedCache([]);
    const { kmemleak, context, track } = setup(mempool, cache, { areaCache });
    kmemleak.fillReserves(new TaskContext());
    const slot = track();
    expect(kmemleak.addScanArea(slot, KERNEL, context)).toBe(slot);
    expect(kmemleak.hasScanArea(slot)).toBe(true);
    expect(kmemleak.readings()).toMatchObject({ poolFree: 4, areaFailures: 0 });
  });

  it('have a fourth of what the second mempool is given for objects', () => {
    const sized = { ...mempoolV2, reserve: { ...mempoolV2.reserve!, entries: 33 } };
    const areaCache = new ScriptedCache([]);
    const { kmemleak, cache } = setup(sized, new ScriptedCache([]), { areaCache });
    kmemleak.fillReserves(new TaskContext());
    expect([cache.asked.length, areaCache.asked.length]).toEqual([33, 8]);
  });
});

describe('early boot', () => {
  const early = (operations: number) => ({ early: { operations, logEntries: 400 } });

  it('exam: 400 operations fit into the early log of 4.17, the 401st is the end', () => {
    const fits = setup(quiet, new ScriptedCache([]), early(400)).kmemleak;
    expect([fits.alive, fits.readings().earlyExceeded, fits.file.isPresent]).toEqual([
      true,
      null,
      true,
    ]);
    const over = setup(quiet, new ScriptedCache([]), early(401));
    expect([over.kmemleak.alive, over.track()]).toEqual([false, NONE]);
    expect(over.cache.asked).toEqual([]);
  });

  it('exam: init tells the number of all operations, and there is no debugfs file', () => {
    const { kmemleak } = setup(quiet, new ScriptedCache([]), early(565));
    expect(kmemleak.readings().earlyExceeded).toBe(565);
    expect(kmemleak.file.isPresent).toBe(false);
    expect(kmemleak.file.write('scan')).toBe('ENOENT');
  });

  it('exam: a static pool of 200 exhausted on 6.1: the file is there, "scan" is refused', () => {
    const reserve = { entries: 200, refill: 'own-objects' } as const;
    const setting = { kernel: linux61, ...early(201) };
    const { kmemleak } = setup({ ...quiet, reserve }, new ScriptedCache([]), setting);
    expect([kmemleak.alive, kmemleak.readings().earlyExceeded]).toEqual([false, null]);
    expect(kmemleak.file.isPresent).toBe(true);
    expect([kmemleak.file.write('scan'), kmemleak.file.write('clear')]).toEqual(['EPERM', 'ok']);
  });

  it('what boot used of a static pool is gone', () => {
    const reserve = { entries: 200, refill: 'own-objects' } as const;
    const { kmemleak } = setup({ ...quiet, reserve }, new ScriptedCache([]), early(154));
    expect([kmemleak.alive, kmemleak.readings().poolFree]).toEqual([true, 46]);
  });

  it('the file of a kmemleak that died later: EBUSY in 4.17; "clear" frees what was kept', () => {
    const cache = new ScriptedCache([41, NONE]);
    const { kmemleak, context, track } = setup(quiet, cache);
    expect(kmemleak.file.write('scan')).toBe('ok');
    expect(kmemleak.file.write('scann')).toBe('EINVAL');
    track();
    kmemleak.foundLeaks = true;
    expect(kmemleak.file.write('off')).toBe('ok');
    kmemleak.cleanUp();
    expect(kmemleak.file.write('scan=on')).toBe('EBUSY');
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual([]);
    expect(kmemleak.file.write('clear')).toBe('ok');
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual([41]);
  });
});
