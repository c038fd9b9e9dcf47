import { describe, expect, it } from 'vitest';
import { buildMemory } from '../../../src/model/memory.ts';
import { PAGE_DIRTY, PAGE_RECLAIM, PAGE_WRITEBACK } from '../../../src/model/mm/page-frames.ts';
import { SLEEP, type SlowPath } from '../../../src/model/page-source.ts';
import { BioPool } from '../../../src/model/reclaim/bio-pool.ts';
import { BlockDevice } from '../../../src/model/reclaim/block-device.ts';
import { DEFAULT_DIRTY_RATIOS, DirtyLimits } from '../../../src/model/reclaim/dirty-limits.ts';
import { DirtyPages } from '../../../src/model/reclaim/dirty-pages.ts';
import { INACTIVE_FILE } from '../../../src/model/reclaim/lru.ts';
import type { NestedAllocator } from '../../../src/model/reclaim/nested-allocator.ts';
import { Writeback } from '../../../src/model/reclaim/writeback.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import type { Timers } from '../../../src/model/timers.ts';
import { KERNEL_417, machineOf, zoneX } from '../machines.ts';

// Dirty pages: when the flusher writes them, and when writers wait.

class Plenty implements NestedAllocator {
  live = 0;

  *allocate(): SlowPath {
    yield 10;
    return this.live++;
  }

  free(): void {
    this.live--;
  }
}

class Events implements Timers {
  nowNs = 0;
  readonly requests: number[] = [];

  after(_delayNs: number, _kind: number, _a: number, b: number): number {
    this.requests.push(b);
    return 0;
  }

  cancel(): boolean {
    return false;
  }
}

const FIRST = (1 << 17) + 20_000;

/** 6000 free, 4500 of them above the high mark; 500 file pages: 5000 may become dirty. */
function setup() {
  const memory = buildMemory(machineOf(KERNEL_417, [zoneX({ pages: 6000 })]));
  const { frames, lru, zones, vmstat } = memory;
  for (let i = 0; i < 500; i++) lru.add(zones[0]!, FIRST + i, INACTIVE_FILE);
  const timers = new Events();
  const nested = new Plenty();
  const spec = { latencyNs: 1000, bytesPerSecond: 1e9, queueDepth: 1000 };
  const device = new BlockDevice(spec, { id: 0, timers, doneKind: 0, submitNs: 0 });
  const limits = new DirtyLimits(zones, lru, DEFAULT_DIRTY_RATIOS);
  const bios = new BioPool(nested, KERNEL_417);
  const parts = { kernel: KERNEL_417, frames, lru, limits, bios, device, timers, vmstat };
  const writeback = new Writeback(parts);
  const thread = writeback.run();
  expect(thread.next().value).toBe(SLEEP);
  return {
    ...{ memory, limits, writeback, timers, nested, device },
    dirty(pages: number, from = FIRST): void {
      for (let pfn = from; pfn < from + pages; pfn++) {
        frames.setFlag(pfn, PAGE_DIRTY);
        writeback.dirtied(pfn);
      }
    },
    /** The flusher up to its next sleep: how long that may last. */
    flush(): number {
      for (let steps = 0; thread.next().value !== SLEEP; steps++) {
        expect(steps, 'it never sleeps').toBeLessThan(10_000);
      }
      return writeback.context.sleepNs;
    },
  };
}

describe('dirty limits', () => {
  it('count free pages above the reserve and the file lists', () => {
    const { limits } = setup();
    expect([limits.background(), limits.limit(), limits.freerun()]).toEqual([500, 1000, 750]);
  });
});

describe('writeback', () => {
  it('below the background limit pages wait for their 30 seconds', () => {
    const { dirty, flush, timers, writeback } = setup();
    dirty(100);
    expect(flush()).toBe(5e9);
    expect(timers.requests).toEqual([]);
    timers.nowNs = 29e9;
    flush();
    expect(writeback.dirty).toBe(100);
    timers.nowNs = 30e9;
    expect(flush()).toBe(Number.POSITIVE_INFINITY);
    // 100 pages in bios of 16.
    expect([writeback.dirty, writeback.writeback, timers.requests.length]).toEqual([0, 100, 7]);
  });

  it('above it the flusher writes until it is below', () => {
    const { dirty, flush, writeback, timers } = setup();
    dirty(500);
    flush();
    expect(timers.requests).toEqual([]);
    dirty(10, FIRST + 1000 - 500);
    flush();
    // 510 − 16 is no more than 500.
    expect([writeback.dirty, writeback.writeback]).toEqual([494, 16]);
  });

  it('a written page is clean, and at the cold end if reclaim waits for it', () => {
    const { dirty, flush, memory, device, writeback, nested, timers } = setup();
    const { frames, lru, zones } = memory;
    dirty(2);
    frames.setFlag(FIRST + 1, PAGE_RECLAIM);
    lru.activate(FIRST + 1);
    writeback.ask();
    flush();
    expect(frames.hasFlag(FIRST, PAGE_WRITEBACK)).toBe(true);
    expect([zones[0]!.writePending, nested.live]).toEqual([2, 1]);
    device.complete(timers.requests[0]!);
    expect(frames.hasFlag(FIRST + 1, PAGE_WRITEBACK | PAGE_DIRTY | PAGE_RECLAIM)).toBe(false);
    expect([zones[0]!.writePending, nested.live, lru.listOf(FIRST + 1)]).toEqual([
      0,
      0,
      INACTIVE_FILE,
    ]);
    expect(memory.vmstat.byName()['pgrotated']).toBe(1);
  });

  it('writers above the freerun ceiling go at the pace of the device', () => {
    const { dirty, flush, writeback, device, timers } = setup();
    dirty(500);
    dirty(250, FIRST + 600);
    expect(writeback.mustWait()).toBe(false);
    dirty(20, FIRST + 900);
    expect(writeback.mustWait()).toBe(true);
    const wait = writeback.wait(new TaskContext());
    expect(wait.next().value).toBe(SLEEP);
    flush();
    device.complete(timers.requests[0]!);
    expect(wait.next().done).toBe(true);
    // 16 were written: one for the waiter's page, the others for whoever comes.
    dirty(40, FIRST + 950);
    let allowed = 0;
    while (allowed < 100 && !writeback.mustWait()) allowed++;
    expect(allowed).toBe(15);
  });

  it('above the limit nobody goes on, whatever was written', () => {
    const { dirty, flush, writeback, device, timers } = setup();
    dirty(500);
    dirty(600, FIRST + 600);
    flush();
    device.complete(timers.requests[0]!);
    expect(writeback.mustWait()).toBe(true);
    const killed = new TaskContext();
    const wait = writeback.wait(killed);
    wait.next();
    killed.fatalSignal = true;
    expect(wait.next().done).toBe(true);
  });

  it('a page that becomes dirty under its own write is written once more', () => {
    const { dirty, flush, writeback, device, timers, memory } = setup();
    dirty(1);
    writeback.ask();
    flush();
    dirty(1);
    writeback.ask();
    expect(flush()).toBe(200e6);
    device.complete(timers.requests[0]!);
    expect(memory.frames.hasFlag(FIRST, PAGE_DIRTY)).toBe(true);
    flush();
    expect([writeback.dirty, timers.requests.length]).toEqual([0, 2]);
  });
});

describe('the limits on dirty pages', () => {
  it('are the sysctls, and the background limit is below the other one', () => {
    const { memory } = setup();
    const limitsOf = (background: number, limit: number): number[] => {
      const limits = new DirtyLimits(memory.zones, memory.lru, { background, limit });
      return [limits.background(), limits.limit(), limits.freerun()];
    };
    expect(limitsOf(10, 20)).toEqual([500, 1000, 750]);
    expect(limitsOf(5, 40)).toEqual([250, 2000, 1125]);
    expect(limitsOf(20, 20)).toEqual([500, 1000, 750]);
    expect(limitsOf(50, 20)).toEqual([500, 1000, 750]);
  });
});

describe('the line of dirty pages', () => {
  it('keeps the order past its first capacity', () => {
    const line = new DirtyPages();
    for (let i = 0; i < 200; i++) line.add(i, i);
    for (let i = 0; i < 150; i++) expect(line.take()).toBe(i);
    for (let i = 200; i < 700; i++) line.add(i, i);
    expect(line.oldestNs()).toBe(150);
    for (let i = 150; i < 700; i++) expect(line.take()).toBe(i);
    expect([line.isEmpty, line.oldestNs()]).toEqual([true, Number.POSITIVE_INFINITY]);
  });
});
