import { describe, expect, it } from 'vitest';
import { DEFAULT_COSTS } from '../../../src/model/costs.ts';
import type { SlowPath } from '../../../src/model/page-source.ts';
import { ScanControl } from '../../../src/model/reclaim/scan-control.ts';
import { type Shrinkable, Shrinkers } from '../../../src/model/reclaim/shrinkers.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { SLABS_SCANNED, VmStat } from '../../../src/model/vmstat.ts';
import { KERNEL_61, KERNEL_417 } from '../machines.ts';

// do_shrink_slab's arithmetic: F = 10 000 objects of 2 seeks, as the facts work it out.

function cacheOf(more: Partial<Shrinkable> = {}): Shrinkable & { calls: number[] } {
  const calls: number[] = [];
  return {
    calls,
    name: 'dentry',
    seeks: 2,
    needsFs: true,
    slabs: 0,
    count: () => 10_000,
    scan(objects) {
      calls.push(objects);
      return 0;
    },
    ...more,
  };
}

function finish(path: SlowPath): number {
  for (;;) {
    const step = path.next();
    if (step.done === true) return step.value;
  }
}

function setup(kernel = KERNEL_417, cache = cacheOf()) {
  const vmstat = new VmStat();
  const shrinkers = new Shrinkers([cache], { rules: kernel.rules, vmstat, costs: DEFAULT_COSTS });
  const scanAt = (priority: number, gfp = kernel.gfp.composites['GFP_KERNEL']!): number => {
    const request = { context: new TaskContext(), gfp, order: 0, zoneIndex: 2, isKswapd: false };
    const control = new ScanControl(request, kernel);
    control.priority = priority;
    const before = vmstat.count(SLABS_SCANNED);
    finish(shrinkers.shrink(control));
    return vmstat.count(SLABS_SCANNED) - before;
  };
  return { cache, scanAt };
}

describe('shrinkers', () => {
  it.each([
    // ((10 000 >> 6) × 4) ÷ 2 = 312: two batches of 128; >> 4: 1250: nine.
    [6, 256],
    [4, 1152],
    // ÷ 1: 20 000, in batches of 128 until fewer than 128 are left: 156 of them.
    [0, 19_968],
  ])('at priority %d scans %d objects in whole batches', (priority, objects) => {
    expect(setup().scanAt(priority)).toBe(objects);
    expect(setup(KERNEL_61).scanAt(priority)).toBe(objects);
  });

  it('defers less than a batch: 4 at priority 12, until 128 are due', () => {
    const { scanAt } = setup();
    for (let call = 1; call < 32; call++) expect(scanAt(12), `call ${call}`).toBe(0);
    expect(scanAt(12)).toBe(128);
  });

  it('6.1 lets deferred work count by the priority', () => {
    const { scanAt } = setup(KERNEL_61);
    for (let call = 0; call < 32; call++) expect(scanAt(12)).toBe(0);
    // 128 deferred: at priority 6 only 2 of them, with 312 of its own.
    expect(scanAt(6)).toBe(256);
  });

  it('halves the backlog of a cache under light pressure in 4.17', () => {
    const { scanAt, cache } = setup();
    for (let call = 0; call < 2; call++) scanAt(0);
    cache.calls.length = 0;
    expect(scanAt(12)).toBeLessThanOrEqual(5000);
  });

  it('4.17 keeps in mind all that was due, however small the cache was', () => {
    // 200 objects: 12 are due a call at priority 6, less than a batch.
    let objects = 200;
    const { scanAt } = setup(KERNEL_417, cacheOf({ count: () => objects }));
    for (let call = 0; call < 1000; call++) expect(scanAt(6)).toBe(0);
    objects = 10_000;
    // 12 000 by and 4 of its own, of which half of the cache at most: 39 batches.
    expect(scanAt(12)).toBe(39 * 128);
  });

  it('a small cache is scanned whole even below a batch', () => {
    const cache = cacheOf({ count: () => 50 });
    const { scanAt } = setup(KERNEL_417, cache);
    // (50 × 4) ÷ 2 = 100 = 2 × 50: one call of 100.
    expect(scanAt(0)).toBe(100);
    expect(cache.calls).toEqual([100]);
  });

  it('file systems refuse who may not enter them', () => {
    expect(setup().scanAt(0, KERNEL_417.gfp.composites['GFP_NOFS']!)).toBe(0);
  });

  it('objects without seeks go by halves', () => {
    const { scanAt } = setup(KERNEL_61, cacheOf({ seeks: 0 }));
    expect(scanAt(12)).toBe(39 * 128);
  });
});
