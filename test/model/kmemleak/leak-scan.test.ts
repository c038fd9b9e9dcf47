import { describe, expect, it } from 'vitest';
import { LeakScan } from '../../../src/model/kmemleak/leak-scan.ts';
import { BLACK } from '../../../src/model/kmemleak/scan-objects.ts';
import quiet from '../../../src/model/kmemleak/variants/quiet-2011.ts';
import { NONE, SLEEP, type SlowPath } from '../../../src/model/page-source.ts';
import { TaskContext } from '../../../src/model/sched/task-context.ts';
import { KERNEL, setup as kmemleakOn417 } from './scripted-kmemleak.ts';

// What scans report and when: exam cases 25 to 27 of kmemleak, colours, lists, and the cost.

const SECOND = 1e9;

function setup({ firstChecksum = 0, rootBytes = 0, size = 64 } = {}) {
  const timers = { nowNs: 0, after: () => 0, cancel: () => false };
  const detector = { alive: true, foundLeaks: false };
  const scan = new LeakScan(
    {
      config: { firstNs: 60 * SECOND, periodNs: 600 * SECOND },
      detector,
      memory: { rootBytes: () => rootBytes },
      timers,
      firstChecksum,
      wordNs: 4,
      checksumByteNs: 1,
    },
    () => size,
  );
  /** Allocates at this time. */
  const allocate = (slot: number, second: number, isZeroed = false) => {
    timers.nowNs = second * SECOND;
    scan.tracked(slot, isZeroed);
  };
  const scanAt = (second: number) => {
    timers.nowNs = second * SECOND;
    return spend(scan.scan());
  };
  return { scan, detector, timers, allocate, scanAt };
}

/** Runs a slow path to its end: the nanoseconds it spent. */
function spend(path: SlowPath, watch: () => void = () => {}): number {
  let ns = 0;
  for (let step = path.next(); step.done !== true; step = path.next()) {
    ns += step.value;
    watch();
  }
  return ns;
}

describe('a leak', () => {
  it('25: with contents it is reported by the second scan that sees it', () => {
    const { scan, allocate, scanAt, detector } = setup();
    allocate(0, 10);
    scan.lost(0);
    scanAt(60);
    expect([scan.readings().reported, detector.foundLeaks]).toEqual([0, false]);
    scanAt(661);
    expect([scan.readings().reported, detector.foundLeaks]).toEqual([1, true]);
    scanAt(1262);
    expect(scan.readings()).toEqual({ scans: 3, reported: 1, falsePositives: 0 });
  });

  it('25: all zero it is reported by the first scan, or the second where sums start at all ones', () => {
    for (const [firstChecksum, after] of [
      [0, [1, 1]],
      [0xffffffff, [0, 1]],
    ] as const) {
      const { scan, allocate, scanAt } = setup({ firstChecksum });
      allocate(0, 10, true);
      scan.lost(0);
      const seen = [60, 661].map((second) => {
        scanAt(second);
        return scan.readings().reported;
      });
      expect(seen).toEqual(after);
    }
  });

  it('25: it must be five seconds old when the scan starts', () => {
    const { scan, allocate, scanAt } = setup();
    allocate(0, 100, true);
    allocate(1, 99.9, true);
    scan.lost(0);
    scan.lost(1);
    scanAt(104.9);
    expect(scan.readings().reported).toBe(1);
    scanAt(105);
    expect(scan.readings().reported).toBe(2);
  });

  it('is nobody’s any more once it is freed or was never tracked', () => {
    const { scan, allocate, scanAt } = setup();
    allocate(0, 1, true);
    scan.freed(0);
    scan.lost(NONE);
    scanAt(60);
    expect(scan.readings().reported).toBe(0);
  });
});

describe('27: the clean-up of a detector that was switched off', () => {
  it.each([
    [false, [100, 100]],
    [true, []],
  ])('with an earlier report (%s) frees %j', (foundLeaks, freed) => {
    const { kmemleak, cache, context } = kmemleakOn417(quiet);
    for (let i = 0; i < 2; i++) kmemleak.track(KERNEL, 0, 64, context);
    kmemleak.foundLeaks = foundLeaks;
    kmemleak.disable();
    kmemleak.cleanUp();
    kmemleak.gracePeriodEnded(context);
    kmemleak.gracePeriodEnded(context);
    expect(cache.freed).toEqual(freed);
  });
});

describe('colours', () => {
  it('26: min_count 2 needs two pointers', () => {
    const { scan, scanAt } = setup();
    const block = { isZeroed: true, minCount: 2 };
    scan.objects.add(0, 0, block);
    scan.objects.add(1, 0, block);
    scan.objects.addRoot(1, 1);
    scanAt(60);
    expect(scan.objects.isWhite(0)).toBe(true);
    expect(scan.objects.isGray(1)).toBe(true);
    expect(scan.readings().falsePositives).toBe(1);
  });

  it('min_count 0 is always gray, −1 is neither', () => {
    const { scan, scanAt } = setup();
    scan.objects.add(0, 0, { isZeroed: true, minCount: 0 });
    scan.objects.add(1, 0, { isZeroed: true, minCount: BLACK });
    scan.objects.leak(0);
    scan.objects.leak(1);
    scanAt(60);
    expect([scan.objects.isGray(0), scan.objects.isWhite(0)]).toEqual([true, false]);
    expect([scan.objects.isGray(1), scan.objects.isWhite(1)]).toEqual([false, false]);
    expect(scan.readings().reported).toBe(0);
  });
});

describe('a list', () => {
  /** Slots 0 … 9, each newer one pointing to the one before. */
  function list(without: number) {
    const set = setup();
    let head: number = NONE;
    for (let slot = 0; slot < 10; slot++) {
      const metadata = slot === without ? NONE : slot;
      if (metadata !== NONE) set.allocate(metadata, 1, true);
      set.scan.linked(metadata, head);
      head = metadata;
    }
    return set;
  }

  it('is reached from its head', () => {
    const { scan, scanAt } = list(NONE);
    scanAt(60);
    expect(scan.readings().falsePositives).toBe(0);
  });

  it('without one of its objects everything behind that is a false alarm', () => {
    const { scan, scanAt } = list(6);
    scanAt(60);
    expect(scan.readings().falsePositives).toBe(6);
  });

  it('a leaked head takes all of it along', () => {
    const { scan, scanAt } = list(NONE);
    scan.lost(9);
    scanAt(60);
    expect(scan.readings()).toEqual({ scans: 1, reported: 1, falsePositives: 9 });
  });
});

describe('the thread', () => {
  it('scans first after a minute, then ten after each scan', () => {
    const { scan, timers } = setup({ rootBytes: 8 });
    const context = new TaskContext();
    const thread = scan.run(context);
    expect([thread.next().value, context.sleepNs]).toEqual([SLEEP, 60 * SECOND]);
    timers.nowNs = 60 * SECOND;
    const seen: number[] = [];
    for (let step = thread.next(); step.value !== SLEEP; step = thread.next())
      seen.push(step.value);
    expect(seen[0]).toBe(4);
    expect(context.sleepNs).toBe(600 * SECOND);
    expect(scan.readings().scans).toBe(1);
  });

  it('costs its words: roots and gray objects, and the checksums of white ones', () => {
    const { scan, allocate, scanAt } = setup({ rootBytes: 10_000, size: 80 });
    for (let slot = 0; slot < 100; slot++) allocate(slot, 0);
    for (let slot = 0; slot < 30; slot++) scan.lost(slot);
    // The white ones are read, too, as their first checksum spares them.
    expect(scanAt(60)).toBe((10_000 / 8) * 4 + 100 * 10 * 4 + 30 * 80);
    expect(scanAt(700)).toBe((10_000 / 8) * 4 + 70 * 10 * 4 + 30 * 80);
  });

  it('27: a detector that dies meanwhile reports nothing, and the thread ends', () => {
    const { scan, allocate, detector, timers } = setup({ rootBytes: 50_000 });
    allocate(0, 1, true);
    scan.lost(0);
    timers.nowNs = 60 * SECOND;
    let steps = 0;
    spend(scan.scan(), () => {
      steps++;
      if (steps === 3) detector.alive = false;
    });
    expect(steps).toBeLessThan(8);
    expect([scan.readings().reported, detector.foundLeaks]).toEqual([0, false]);
    const thread = scan.run(new TaskContext());
    thread.next();
    expect(thread.next().done).toBe(true);
  });
});
