import { describe, expect, it } from 'vitest';
import { DEFAULT_COSTS } from '../../../src/model/costs.ts';
import { PAGE_DIRTY, PageFrames } from '../../../src/model/mm/page-frames.ts';
import { Zone } from '../../../src/model/mm/zone.ts';
import { NONE, type SlowPath, WOULD_BLOCK } from '../../../src/model/page-source.ts';
import { FilePages } from '../../../src/model/reclaim/file-pages.ts';
import { ACTIVE_FILE, INACTIVE_FILE, Lru } from '../../../src/model/reclaim/lru.ts';
import { NO_SWAP } from '../../../src/model/reclaim/no-swap.ts';
import { Refaults } from '../../../src/model/reclaim/refaults.ts';
import { ScanBalance } from '../../../src/model/reclaim/scan-balance.ts';
import { Workingset } from '../../../src/model/reclaim/workingset.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { FileAccess } from '../../../src/model/user/file-access.ts';
import { ACCESSED } from '../../../src/model/user/user-pages.ts';
import { VmStat, WORKINGSET_ACTIVATE, WORKINGSET_REFAULT } from '../../../src/model/vmstat.ts';
import { KERNEL_417, zoneX } from '../machines.ts';

// Reads, read-ahead, writes, eviction and refaults of two files.

const FRAMES = 500;
const READ_AHEAD = 1;
const READ = 2;
const WRITE = 3;

function setup({ workingSet = 100, dirtyLimit = Number.POSITIVE_INFINITY } = {}) {
  const frames = new PageFrames(FRAMES, 100);
  const config = { ...zoneX({ pages: 0 }), startPfn: 0, spanned: FRAMES };
  const zone = new Zone(config, frames, { pageblockOrder: 9, boostFactor: 0, cpus: 1 });
  const vmstat = new VmStat();
  const lru = new Lru(frames, [zone], vmstat);
  const specs = [
    { name: 'a', pages: 100 },
    { name: 'b', pages: 40 },
  ];
  const workingset = new Workingset();
  const files = new FilePages(frames, workingset, specs);
  const { rules } = KERNEL_417;
  const refaults = new Refaults({
    ...{ rules, frames, workingset, vmstat, swap: NO_SWAP },
    lru: { sizeOf: (list: number) => (list === ACTIVE_FILE ? workingSet : 0) },
    balance: new ScanBalance(rules),
  });
  const free = Array.from({ length: FRAMES }, (_, i) => FRAMES - 1 - i);
  const asked: number[] = [];
  const refused = new Set<number>();
  const reads: number[] = [];
  let dirty = 0;
  let waits = 0;
  const pages = {
    allocate: (_: number, gfp: number) => {
      asked.push(gfp);
      return refused.has(gfp) ? NONE : free.pop()!;
    },
    *allocateSlowly(): SlowPath {
      yield 1;
      return NONE;
    },
    free: (pfn: number) => {
      free.push(pfn);
    },
    handOver: () => {},
    zoneOf: () => zone,
  };
  const access = new FileAccess({
    ...{ frames, pages, files, lru },
    disk: {
      *read(count: number): SlowPath {
        reads.push(count);
        yield 1000;
        return NONE;
      },
    },
    balance: {
      dirtied: () => {
        dirty++;
      },
      mustWait: () => dirty > dirtyLimit,
      *wait(): SlowPath {
        waits++;
        yield 5000;
        return NONE;
      },
    },
    costs: DEFAULT_COSTS,
    gfp: { readAhead: READ_AHEAD, read: READ, write: WRITE },
    readAheadPages: 32,
    refaults,
  });
  const context = new TaskContext();
  const [a, b] = files.files;
  const read = (page: number, file = a!) => {
    const answer = access.read(file.base + page, context);
    if (answer !== WOULD_BLOCK) return answer;
    return drain(access.readSlowly(file.base + page, file, context));
  };
  const write = (page: number) => {
    const answer = access.write(a!.base + page, context);
    return answer === WOULD_BLOCK ? drain(access.writeSlowly(a!.base + page, context)) : answer;
  };
  const evict = (page: number) => {
    const pfn = files.entryOf(page);
    lru.remove(zone, pfn);
    files.evict(pfn);
    free.push(pfn);
  };
  const stats = () => ({ dirty, waits });
  return { files, lru, frames, vmstat, asked, refused, reads, read, write, evict, b: b!, stats };
}

function drain(path: SlowPath): number {
  let step = path.next();
  while (step.done !== true) step = path.next();
  return step.value;
}

describe('reading', () => {
  it('reads 32 pages ahead, at most to the end of its own file', () => {
    const { read, reads, files, b, lru } = setup();
    expect(read(0)).toBe(ACCESSED);
    expect([reads, files.isCached(31), files.isCached(32)]).toEqual([[32], true, false]);
    read(90);
    expect([reads[1], files.isCached(b.base)]).toEqual([10, false]);
    read(5);
    expect(reads.length).toBe(2);
    expect(lru.sizeOf(INACTIVE_FILE)).toBe(42);
  });

  it('stops its window at a page that is there', () => {
    const { read, reads } = setup();
    read(10);
    read(0);
    expect(reads).toEqual([32, 10]);
  });

  it('activates a page at its second use', () => {
    const { read, lru } = setup();
    read(0);
    expect(lru.sizeOf(ACTIVE_FILE)).toBe(0);
    read(0);
    expect([lru.sizeOf(ACTIVE_FILE), lru.sizeOf(INACTIVE_FILE)]).toEqual([1, 31]);
  });

  it('does without read-ahead that is refused, but not without the page itself', () => {
    const { read, refused, asked, reads } = setup();
    refused.add(READ_AHEAD);
    expect(read(0)).toBe(ACCESSED);
    expect(asked).toEqual([READ_AHEAD, READ, READ_AHEAD]);
    expect(reads).toEqual([1]);
    refused.add(READ);
    expect(read(50)).toBe(NONE);
  });
});

describe('refaults', () => {
  it('a page that comes back within the working set starts active', () => {
    const { read, evict, vmstat, lru } = setup({ workingSet: 20 });
    read(0);
    for (let page = 0; page < 32; page++) evict(page);
    read(15);
    // Page 15 was the 16th of 32 to go: distance 17; and 17 for all in its window, as each ticks.
    expect(vmstat.count(WORKINGSET_REFAULT)).toBe(17);
    expect(vmstat.count(WORKINGSET_ACTIVATE)).toBe(17);
    expect(lru.sizeOf(ACTIVE_FILE)).toBe(17);
  });

  it('one that comes later starts as a new one', () => {
    const { read, evict, vmstat, lru } = setup({ workingSet: 20 });
    read(0);
    for (let page = 0; page < 32; page++) evict(page);
    read(0);
    // Distances 32, 31 … 21 of pages 0 to 11 are too long; from page 12 on every activation
    // ticks, so that the distance stays 20.
    expect(vmstat.count(WORKINGSET_REFAULT)).toBe(32);
    expect(vmstat.count(WORKINGSET_ACTIVATE)).toBe(20);
    expect(lru.sizeOf(ACTIVE_FILE)).toBe(20);
  });
});

describe('writing', () => {
  it('needs no read, and makes the page dirty once', () => {
    const { write, reads, asked, files, frames, stats } = setup();
    write(3);
    write(3);
    expect([reads, asked, stats().dirty]).toEqual([[], [WRITE], 1]);
    expect(frames.hasFlag(files.entryOf(3), PAGE_DIRTY)).toBe(true);
  });

  it('waits where too much is dirty', () => {
    const { write, stats } = setup({ dirtyLimit: 2 });
    for (let page = 0; page < 4; page++) expect(write(page)).toBe(ACCESSED);
    expect(stats()).toEqual({ dirty: 4, waits: 2 });
  });

  it('gives up when it is refused', () => {
    const { write, refused, files } = setup();
    refused.add(WRITE);
    expect(write(0)).toBe(NONE);
    expect(files.isCached(0)).toBe(false);
  });
});
