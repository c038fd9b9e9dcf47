import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import { DEFAULT_COSTS } from '../../../src/model/costs.ts';
import { buildMemory, type Memory } from '../../../src/model/memory.ts';
import { SLEEP, type SlowPath } from '../../../src/model/page-source.ts';
import { buildReclaim, type ReclaimParts } from '../../../src/model/reclaim/build-reclaim.ts';
import { INACTIVE_FILE } from '../../../src/model/reclaim/lru.ts';
import { NO_OWNERS } from '../../../src/model/reclaim/no-swap.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { KERNEL_61, KERNEL_417, KERNEL_612, KERNELS, machineOf, zoneX } from '../machines.ts';

// kswapd and direct reclaim around the exam's zone X (1000 / 1250 / 1500) with 8192 file pages.

interface Bench {
  readonly memory: Memory;
  readonly reclaim: ReclaimParts;
  count(name: string): number;
  free(): number;
  /** kswapd from where it sleeps to its next sleep: how long that may last. */
  rouse(): number;
  /** Its naps until it sleeps without a time-out; nobody wakes it. */
  letSleep(): number;
}

function bench(kernel: KernelProfile, free: number, filePages = 8192): Bench {
  const config = machineOf(kernel, [zoneX({ pages: free })], { cleanFilePages: filePages });
  const memory = buildMemory(config);
  const reclaim = buildReclaim({
    memory,
    costs: DEFAULT_COSTS,
    owners: NO_OWNERS,
    swap: null,
    writer: null,
    shrinkables: [],
    swappiness: 60,
    jiffyNs: 4e6,
  });
  const thread = reclaim.kswapd.run();
  expect(thread.next().value).toBe(SLEEP);
  const rouse = (): number => {
    for (let steps = 0; thread.next().value !== SLEEP; steps++) {
      expect(steps, 'it never sleeps').toBeLessThan(10_000);
    }
    return reclaim.kswapd.context.sleepNs;
  };
  return {
    memory,
    reclaim,
    rouse,
    count: (name) => memory.vmstat.byName()[name]!,
    free: () => memory.zones[0]!.freePages,
    letSleep: () => {
      let naps = 0;
      while (naps < 100 && reclaim.kswapd.context.sleepNs !== Number.POSITIVE_INFINITY) {
        naps++;
        rouse();
      }
      return naps;
    },
  };
}

function finish(path: SlowPath): number {
  for (;;) {
    const step = path.next();
    if (step.done === true) return step.value;
    expect(step.value, 'nobody would wake it').not.toBe(SLEEP);
  }
}

describe('kswapd', () => {
  it.each(KERNELS)('$name: is not woken while a zone stands above high', (kernel) => {
    const { reclaim, count } = bench(kernel, 1501);
    reclaim.kswapd.wake(0, 2);
    expect([count('kswapd_wake_request'), count('kswapd_wake')]).toEqual([1, 0]);
  });

  it.each(KERNELS)('$name: goes down the priorities until free pages pass high', (kernel) => {
    const { reclaim, memory, rouse, letSleep, count, free } = bench(kernel, 1400);
    reclaim.kswapd.wake(0, 2);
    expect(count('kswapd_wake')).toBe(1);
    expect(rouse()).toBe(100e6);
    // 8192 and less >> 12 … 7: 2 + 3 + 7 + 15 + 31 + 63, and 1500 is passed. One CPU cannot hide
    // the gap from min to low, so that its counter stays as tight as while kswapd sleeps.
    let freed = 0;
    for (let priority = 12; priority >= 7; priority--) freed += (8192 - freed) >> priority;
    expect(freed).toBe(121);
    expect(count('pgscan_kswapd')).toBe(freed);
    expect(count('pgsteal_kswapd')).toBe(freed);
    expect(memory.lru.sizeOf(INACTIVE_FILE)).toBe(8192 - freed);
    expect(free()).toBe(1400 + freed - memory.pcp.pages());
    expect(count('pageoutrun')).toBe(1);
    expect(letSleep()).toBe(1);
  });

  it('woken from its nap it counts the low mark hit quickly', () => {
    const { reclaim, rouse, count } = bench(KERNEL_417, 1400);
    reclaim.kswapd.wake(0, 2);
    rouse();
    reclaim.node.rouseKswapd();
    rouse();
    expect(count('kswapd_low_wmark_hit_quickly')).toBe(1);
    expect(count('pageoutrun')).toBe(2);
  });

  it.each([KERNEL_61, KERNEL_612])(
    '$name: makes a boost good for, then takes it back',
    (kernel) => {
      const { reclaim, memory, rouse, count } = bench(kernel, 6000, 16_384);
      memory.zones[0]!.boost = 512;
      reclaim.kswapd.wake(0, 2);
      rouse();
      expect(memory.zones[0]!.boost).toBe(0);
      // 4 + 7 + 15 + 15 …: it stays at priority 10, 15 or 16 pages a pass, until 512 are freed.
      expect(count('pgsteal_kswapd')).toBeGreaterThanOrEqual(512);
      expect(count('pgsteal_kswapd')).toBeLessThan(512 + 16);
    },
  );

  it('6.1: leaves the boost mode when the node is not balanced', () => {
    const { reclaim, memory, rouse, free } = bench(KERNEL_61, 1400, 16_384);
    memory.zones[0]!.boost = 512;
    reclaim.kswapd.wake(0, 2);
    rouse();
    expect(free()).toBeGreaterThan(1500 + 512);
    expect(memory.zones[0]!.boost).toBe(0);
  });

  it.each(KERNELS)('$name: 16 fruitless cycles make it give up until reclaim works', (kernel) => {
    const { reclaim, rouse, count } = bench(kernel, 1400, 0);
    reclaim.kswapd.wake(0, 2);
    rouse();
    expect([reclaim.node.kswapdFailures, reclaim.node.hopeless]).toEqual([16, true]);
    expect(count('pageoutrun')).toBe(16);
    rouse();
    const woken = count('kswapd_wake');
    reclaim.kswapd.wake(0, 2);
    expect(count('kswapd_wake')).toBe(woken);
  });
});

describe('direct reclaim', () => {
  it.each(KERNELS)('$name: stops after the priority that frees 32', (kernel) => {
    const { reclaim, memory, count } = bench(kernel, 1400);
    const context = new TaskContext();
    const gfp = kernel.gfp.composites['GFP_KERNEL']!;
    const freed = finish(reclaim.direct.reclaim(0, gfp, context));
    // 2 + 3 + 7 + 15 + 31: the fifth pass passes 32 and is finished.
    let expected = 0;
    for (let priority = 12; expected < 32; priority--) expected += (8192 - expected) >> priority;
    expect([freed, count('pgsteal_direct')]).toEqual([expected, expected]);
    expect(count('allocstall_normal')).toBe(1);
    expect([context.memalloc, memory.lru.isolated[1]]).toEqual([false, 0]);
  });

  it('finds nothing in 13 passes, and 6.1 tries no second time without spared pages', () => {
    for (const kernel of KERNELS) {
      const { reclaim, count } = bench(kernel, 1400, 0);
      const gfp = kernel.gfp.composites['GFP_KERNEL']!;
      const context = new TaskContext();
      context.isKthread = true;
      expect(finish(reclaim.direct.reclaim(0, gfp, context))).toBe(0);
      expect(count('allocstall_normal')).toBe(1);
    }
  });

  it('waits for kswapd while half of the reserve is gone', () => {
    const { reclaim, count } = bench(KERNEL_417, 500);
    const gfp = KERNEL_417.gfp.composites['GFP_KERNEL']!;
    const path = reclaim.direct.reclaim(0, gfp, new TaskContext());
    expect(path.next().value).toBe(SLEEP);
    expect(reclaim.node.pfmemallocWait.size).toBe(1);
    expect(reclaim.node.kswapdAsleep).toBe(false);
    expect(count('allocstall_normal')).toBe(0);
    const enough = bench(KERNEL_417, 501).reclaim.direct.reclaim(0, gfp, new TaskContext());
    expect(enough.next().value).not.toBe(SLEEP);
  });
});
