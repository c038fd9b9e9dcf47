import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import { DEFAULT_COSTS } from '../../../src/model/costs.ts';
import { MIGRATE_MOVABLE } from '../../../src/model/machine-config.ts';
import { buildMemory } from '../../../src/model/memory.ts';
import { PAGE_DIRTY } from '../../../src/model/mm/page-frames.ts';
import { buildReclaim } from '../../../src/model/reclaim/build-reclaim.ts';
import { COMPACT_SUCCESS, COMPACT_SYNC_FULL } from '../../../src/model/reclaim/compact-results.ts';
import { NO_OWNERS } from '../../../src/model/reclaim/no-swap.ts';
import type { ScanControl } from '../../../src/model/reclaim/scan-control.ts';
import { PGSCAN_KSWAPD } from '../../../src/model/vmstat.ts';
import { KERNEL_61, KERNEL_417, KERNEL_612, KERNELS, machineOf, zoneX } from '../machines.ts';

// Answers of reclaim that hang on one number: is the node balanced, is another try worth while?

function setup(
  kernel: KernelProfile,
  { cpus = 1, pages = 3000, cleanFilePages = 0, shrinkables = [] as Fake[] } = {},
) {
  const zoneConfig = zoneX({ pages, pcp: Array(cpus).fill(0) });
  const memory = buildMemory(machineOf(kernel, [zoneConfig], { cpus, cleanFilePages }));
  const reclaim = buildReclaim({
    ...{ memory, costs: DEFAULT_COSTS, swap: null, writer: null, shrinkables },
    owners: NO_OWNERS,
    ...{ swappiness: 60, jiffyNs: 4e6 },
  });
  return { memory, zone: memory.zones[0]!, ...reclaim };
}

/** A cache that notes at which priority it is shrunk. */
class Fake {
  readonly name = 'fake';
  readonly seeks = 2;
  readonly needsFs = false;
  readonly slabs = 0;
  readonly priorities = new Set<number>();

  count(): number {
    return 10_000_000;
  }

  scan(objects: number, control: ScanControl): number {
    this.priorities.add(control.priority);
    return objects;
  }
}

describe('the node is balanced', () => {
  const CPUS = 64;

  // 64 CPUs may hide 42 pages each of 65536: 2688, more than the 250 from min to low.
  it.each(KERNELS)('$name: by the exact sum where the CPUs can hide the gap', (kernel) => {
    const { node, zone } = setup(kernel, { cpus: CPUS });
    expect(zone.driftMark).toBe(1500 + CPUS * 42);
    zone.freeSeen = 1400;
    zone.freePages = 1501;
    expect(node.isBalanced(0, 2)).toBe(true);
    zone.freeSeen = 1600;
    zone.freePages = 1500;
    expect(node.isBalanced(0, 2)).toBe(false);
    zone.freeSeen = zone.driftMark;
    expect(node.isBalanced(0, 2)).toBe(true);
  });

  it('by the sum that everybody sees where they cannot', () => {
    const { node, zone } = setup(KERNEL_61);
    expect(zone.driftMark).toBe(0);
    zone.freeSeen = 1400;
    zone.freePages = 1501;
    expect(node.isBalanced(0, 2)).toBe(false);
  });
});

describe('another try at compaction', () => {
  const state = {
    ...{ fruitlessRounds: 0, compactPriority: COMPACT_SYNC_FULL, compacted: COMPACT_SUCCESS },
    ...{ compactions: 0, waitNs: 0 },
  };
  const request = { mark: 0, allocFlags: 0, reserveIndex: 2, boostExempt: false };

  it.each([
    [KERNEL_417, true],
    [KERNEL_61, false],
    [KERNEL_612, false],
  ])('is made by a task that shall die on 4.17 alone: $name', (kernel, again) => {
    const { retry, zone } = setup(kernel);
    const ask = (killed: boolean) =>
      retry.afterCompaction([zone], 2, { state: { ...state }, request, killed });
    expect([ask(false), ask(true)]).toEqual([true, again]);
  });

  it('is worth while when reclaim could free enough, whatever lies in pieces now', () => {
    const { compaction, memory, zone } = setup(KERNEL_61, { pages: 0 });
    for (let i = 0; i < 100; i++) {
      memory.buddy.free(zone, zone.startPfn + 32 * i, 4, MIGRATE_MOVABLE);
    }
    // 1600 pages in 100 blocks: index 1000 − 51 000 ÷ 100 = 490, lack of memory.
    expect(compaction.anyReady(5, 2)).toBe(false);
    const could = (available: number) =>
      compaction.couldBeSuitable([zone], 5, request, () => available);
    // Low and twice 32 pages.
    expect([could(1250 + 64), could(1250 + 65)]).toEqual([false, true]);
  });
});

describe('kswapd', () => {
  it.each([
    [KERNEL_61, [12, 11, 10]],
    [KERNEL_612, [12]],
  ])('goes deeper although slab pages came free, not on 6.12: $name', (kernel, priorities) => {
    const cache = new Fake();
    const { node, kswapd, zone } = setup(kernel, { pages: 1000, shrinkables: [cache] });
    const thread = kswapd.run();
    thread.next();
    kswapd.wake(0, 2);
    let steps = 0;
    while (steps < 400) {
      steps++;
      thread.next();
      if (cache.priorities.has(10) || steps === 200) zone.freeSeen = 20_000;
      if (node.kswapdAsleep) break;
    }
    expect([...cache.priorities]).toEqual(priorities);
  });

  it.each([
    [KERNEL_61, 500],
    [KERNEL_612, 501],
  ])('finds file pages dearer that it looked at and could not free: $name', (kernel, least) => {
    const { balance, kswapd, memory } = setup(kernel, { pages: 1000, cleanFilePages: 8192 });
    const { frames, lru } = memory;
    for (let pfn = 0; pfn < frames.frames; pfn++) {
      if (frames.isOnLru(pfn)) frames.setFlag(pfn, PAGE_DIRTY);
    }
    const thread = kswapd.run();
    thread.next();
    kswapd.wake(0, 2);
    for (let steps = 0; steps < 20; steps++) thread.next();
    expect(memory.vmstat.count(PGSCAN_KSWAPD)).toBeGreaterThan(0);
    balance.weigh(lru, 100);
    expect(balance.shareOf(1000, false)).toBeGreaterThanOrEqual(least);
    expect(balance.shareOf(1000, true)).toBeLessThanOrEqual(1000 - least);
  });
});
