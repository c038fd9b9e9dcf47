import { describe, expect, it } from 'vitest';
import {
  PAGE_ACTIVE,
  PAGE_DIRTY,
  PAGE_REFERENCED,
  PageFrames,
} from '../../../src/model/mm/page-frames.ts';
import { Zone } from '../../../src/model/mm/zone.ts';
import {
  ACTIVE_ANON,
  ACTIVE_FILE,
  INACTIVE_ANON,
  INACTIVE_FILE,
  Isolated,
  Lru,
} from '../../../src/model/reclaim/lru.ts';
import { PGACTIVATE, VmStat } from '../../../src/model/vmstat.ts';
import { zoneX } from '../machines.ts';

// Two small zones, so that a reclaimer of the lower one must pass the upper one's pages by.

function setup() {
  const frames = new PageFrames(256, 2 * 4 * 11 + Lru.LISTS);
  const machine = { pageblockOrder: 9, boostFactor: 0, cpus: 1 };
  const of = (index: number, startPfn: number) =>
    new Zone({ ...zoneX({ pages: 0 }), index, startPfn, spanned: 128 }, frames, machine);
  const zones = [of(1, 0), of(2, 128)] as const;
  const vmstat = new VmStat();
  return { frames, zones, vmstat, lru: new Lru(frames, zones, vmstat) };
}

describe('lru', () => {
  it('isolates the coldest pages and moves those of higher zones to the warm end', () => {
    const { lru, zones } = setup();
    for (const pfn of [1, 130, 2, 131, 3]) lru.add(lru.zoneOf(pfn), pfn, INACTIVE_FILE);
    const batch = new Isolated();
    expect(lru.isolate(batch, INACTIVE_FILE, 2, 1)).toBe(3);
    expect([...batch.pfns.subarray(0, batch.count)]).toEqual([1, 2]);
    expect(lru.isolated[1]).toBe(2);
    expect([lru.sizeOf(INACTIVE_FILE), lru.sizeUpTo(INACTIVE_FILE, 1)]).toEqual([3, 1]);
    expect([lru.pagesOf(zones[0]), lru.pagesOf(zones[1])]).toEqual([3, 2]);
    lru.putBack(1);
    lru.release(2);
    // Coldest first: 131, 3, then 130 that was passed by, then 1.
    expect(lru.isolate(batch, INACTIVE_FILE, 32, 2)).toBe(4);
    expect([...batch.pfns.subarray(0, batch.count)]).toEqual([131, 3, 130, 1]);
    expect([lru.pagesOf(zones[0]), lru.isolated[1]]).toEqual([2, 4]);
  });

  it('activates a page that is accessed twice', () => {
    const { lru, zones, frames, vmstat } = setup();
    lru.add(zones[0], 7, INACTIVE_FILE);
    expect(lru.markAccessed(7)).toBe(false);
    expect(frames.hasFlag(7, PAGE_REFERENCED)).toBe(true);
    expect(lru.markAccessed(7)).toBe(true);
    expect([lru.sizeOf(INACTIVE_FILE), lru.sizeOf(ACTIVE_FILE)]).toEqual([0, 1]);
    expect([frames.hasFlag(7, PAGE_ACTIVE), frames.hasFlag(7, PAGE_REFERENCED)]).toEqual([
      true,
      false,
    ]);
    expect(vmstat.count(PGACTIVATE)).toBe(1);
    expect(lru.markAccessed(7)).toBe(false);
    expect(lru.markAccessed(7)).toBe(false);
  });

  it('an isolated page is on no list, and an access does not move it', () => {
    const { lru, zones } = setup();
    lru.add(zones[0], 7, INACTIVE_FILE);
    const batch = new Isolated();
    lru.isolate(batch, INACTIVE_FILE, 32, 2);
    expect(lru.isListed(7)).toBe(false);
    lru.markAccessed(7);
    expect(lru.markAccessed(7)).toBe(false);
    lru.putBack(7);
    expect([lru.isListed(7), lru.sizeOf(INACTIVE_FILE)]).toEqual([true, 1]);
  });

  it('a written page goes to the cold end, be it active, unless it is dirty again', () => {
    const { lru, zones, frames } = setup();
    for (const pfn of [1, 2, 3]) lru.add(zones[0], pfn, INACTIVE_ANON);
    lru.rotate(3);
    const batch = new Isolated();
    lru.isolate(batch, INACTIVE_ANON, 1, 2);
    expect(batch.pfns[0]).toBe(3);
    lru.activate(2);
    expect(lru.sizeOf(ACTIVE_ANON)).toBe(1);
    lru.rotate(2);
    expect([lru.sizeOf(ACTIVE_ANON), frames.hasFlag(2, PAGE_ACTIVE)]).toEqual([0, false]);
    frames.setFlag(1, PAGE_DIRTY);
    lru.rotate(1);
    lru.isolate(batch, INACTIVE_ANON, 32, 2);
    expect([...batch.pfns.subarray(0, batch.count)]).toEqual([2, 1]);
  });
});
