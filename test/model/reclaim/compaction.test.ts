import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../src/engine/random-streams.ts';
import type { KernelProfile } from '../../../src/kernel/kernel-profile.ts';
import { Machine } from '../../../src/model/machine.ts';
import { MIGRATE_MOVABLE } from '../../../src/model/machine-config.ts';
import { OP_ALLOCATE, OP_RELEASE, OP_TOUCH, type Operation } from '../../../src/model/operation.ts';
import { CompactDeferral } from '../../../src/model/reclaim/compact-deferral.ts';
import { ACTIVE_ANON, INACTIVE_ANON } from '../../../src/model/reclaim/lru.ts';
import { ScriptedSource } from '../loaded-machine.ts';
import { KERNELS, machineOf, zoneX } from '../machines.ts';

// Blocks out of pieces: a process fills memory and gives every second page back, and then the
// kernel wants 32 KiB at a time. Nothing may be reclaimed: there is no swap and no file.

const PAGES = 3300;
const BLOCK_BYTES = 32 * 1024;
const ZONE = {
  ...zoneX({ pages: 3600, pcp: [0] }),
  spanned: 4096,
  present: 4096,
  managed: 4096,
  watermarks: { min: 100, low: 125, high: 150, promo: 175 },
};

function* script(blocks: number): Generator<Partial<Operation>, void> {
  for (let slot = 0; slot < PAGES; slot++) yield { kind: OP_TOUCH, slot };
  for (let slot = 0; slot < PAGES; slot++) if (slot % 2 !== 0) yield { kind: OP_RELEASE, slot };
  for (let slot = 0; slot < blocks; slot++) {
    yield { kind: OP_ALLOCATE, slot, sizeBytes: BLOCK_BYTES };
  }
}

function run(kernel: KernelProfile, blocks: number, gfpName = 'GFP_KERNEL') {
  const gfp = (kernel.gfp.composites[gfpName]! | kernel.gfp.bits.NORETRY) >>> 0;
  const source = new ScriptedSource(() => script(blocks), {
    classes: [{ name: 'block', gfp }],
    slots: Math.max(blocks, 1),
    process: { name: 'pieces', pages: PAGES, oomScoreAdj: -1000 },
  });
  const config = machineOf(kernel, [ZONE], { watermarkBoostFactor: 0 });
  const machine = new Machine(config, [{ source, cpu: 0 }], new RandomStreams('1', 0));
  const { buddy, zones } = machine.parts.memory;
  // As user memory finds it: all free pageblocks are movable ones.
  for (let pfn = ZONE.startPfn; pfn < ZONE.startPfn + 3584; pfn += 512) {
    if (buddy.pageblocks.typeOf(pfn) === MIGRATE_MOVABLE) continue;
    buddy.movePageblock(zones[0]!, pfn, MIGRATE_MOVABLE);
    buddy.pageblocks.setType(pfn, MIGRATE_MOVABLE);
  }
  machine.debug = true;
  machine.run(20e9);
  return { machine, readings: machine.readings() };
}

describe.each(KERNELS)('compaction, $name', (kernel) => {
  it('makes blocks of order 3 where half of all pages are free, one by one', () => {
    const { readings } = run(kernel, 120);
    expect([readings.end, readings.hostFailures]).toEqual(['finished', 0]);
    expect(readings.vmstat['compact_success']).toBeGreaterThan(0);
    expect(readings.vmstat['pgmigrate_success']).toBeGreaterThan(100);
  });

  it('leaves every page with its owner: all of them come back when it ends', () => {
    const { machine, readings } = run(kernel, 120);
    expect(readings.vmstat['pgmigrate_success']).toBeGreaterThan(100);
    const { lru } = machine.parts.memory;
    expect([lru.sizeOf(INACTIVE_ANON), lru.sizeOf(ACTIVE_ANON)]).toEqual([0, 0]);
    expect(machine.parts.users.spaces.processes[0]!.rss).toBe(0);
  });

  it('is not for requests without __GFP_IO', () => {
    const { readings } = run(kernel, 40, 'GFP_NOIO');
    expect(readings.vmstat['pgmigrate_success']).toBe(0);
    expect(readings.hostFailures).toBeGreaterThan(0);
  });

  it('is skipped where free pages are too few to move anything to', () => {
    const { readings } = run(kernel, 400);
    expect(readings.hostFailures).toBeGreaterThan(0);
    expect(readings.vmstat['pgmigrate_success']).toBeLessThan(PAGES);
  });

  it('a second run is the same', () => {
    expect(run(kernel, 40).readings.fingerprint).toBe(run(kernel, 40).readings.fingerprint);
  });
});

describe('a zone where compaction failed', () => {
  it('is left alone for 1, 3, 7 … 63 requests', () => {
    const deferral = new CompactDeferral();
    expect(deferral.isDeferred(0, 3)).toBe(false);
    const turnedAway = Array.from({ length: 8 }, () => {
      deferral.failed(0, 3);
      let count = 0;
      while (deferral.isDeferred(0, 3)) count++;
      return count;
    });
    expect(turnedAway).toEqual([1, 3, 7, 15, 31, 63, 63, 63]);
    expect(deferral.isDeferred(1, 3)).toBe(false);
  });

  it('is tried for lower orders than the failed one, and again after a success', () => {
    const deferral = new CompactDeferral();
    deferral.succeeded(0, 3, true);
    deferral.failed(0, 4);
    expect(deferral.isDeferred(0, 3)).toBe(false);
    expect(deferral.isDeferred(0, 4)).toBe(true);
    deferral.succeeded(0, 4, true);
    expect(deferral.isDeferred(0, 4)).toBe(false);
  });
});
