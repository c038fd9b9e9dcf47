import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/base/user-error.ts';
import { importKernelLog } from '../../../src/scenario/import/kernel-log.ts';
import { importProcfs, importZoneinfo } from '../../../src/scenario/import/procfs-snapshot.ts';
import { cleanFilePages, likelyKernel } from '../../../src/scenario/import/snapshot-facts.ts';
import { snapshotZones } from '../../../src/scenario/import/snapshot-zones.ts';
import { zoneIndexNames } from '../../../src/scenario/import/zone-index-names.ts';
import { fixture, snapshot } from './dump-fixtures.ts';

const ZONEINFO = fixture('4.17/mem-128M/zoneinfo');

function files(more: Readonly<Record<string, string>>) {
  return importProcfs((name) => ({ zoneinfo: ZONEINFO, ...more })[name], 'dir');
}

describe('importProcfs', () => {
  it('takes all that is there', () => {
    const real = snapshot('4.17/mem-128M');
    expect(real).toMatchObject({ nodes: [0], cpus: 1 });
    expect(real.sysctls).toEqual({
      min_free_kbytes: 1338,
      watermark_scale_factor: 10,
      percpu_pagelist_fraction: 0,
      lowmem_reserve_ratio: [256, 256, 32, 0],
    });
    expect(real.slabs!.length).toBeGreaterThan(50);
    expect(snapshot('4.17/mem-512M-smp8').cpus).toBe(8);
  });

  it('needs zoneinfo alone', () => {
    expect(files({})).not.toHaveProperty('buddy');
    expect(importZoneinfo(ZONEINFO, 'one.txt')).toMatchObject({ source: 'one.txt', sysctls: {} });
    expect(() => importProcfs(() => undefined, 'dir')).toThrow('dir: no zoneinfo');
  });

  it('says in which file a mistake stands', () => {
    expect(() => files({ buddyinfo: 'noise' })).toThrow('dir/buddyinfo:1:1: cannot read');
    const broken = { 'sys/vm/min_free_kbytes': 'many\n' };
    expect(() => files(broken)).toThrow("dir/sys/vm/min_free_kbytes:1:1: the value is 'many'");
  });

  it('refuses files of two machines', () => {
    const other = 'Node 0, zone  HighMem  1 2 3\n';
    expect(() => files({ buddyinfo: other })).toThrow(
      'dir/buddyinfo: zone HighMem of node 0 is not in zoneinfo',
    );
    const half = fixture('4.17/mem-128M/buddyinfo').split('\n')[0]!;
    expect(() => files({ buddyinfo: half })).toThrow(
      'dir/buddyinfo: zone DMA32 of node 0 is missing; expected every zone with pages',
    );
    const ratios = { 'sys/vm/lowmem_reserve_ratio': '256 256 32 0\n256 256 32 0\n' };
    expect(() => files(ratios)).toThrow('lowmem_reserve_ratio:2:1: cannot read');
    expect(() => files({ 'sys/vm/min_free_kbytes': '# 5\n' })).toThrow("1:1: cannot read '# 5'");
  });
});

describe('snapshotZones', () => {
  it('start a machine with what is reported', () => {
    const [dma, dma32] = snapshotZones(snapshot('4.17/mem-128M'));
    expect(dma).toMatchObject({
      name: 'DMA',
      index: 0,
      startPfn: 1,
      lowmemReserve: [0, 93, 93, 93],
    });
    expect(dma32).toMatchObject({
      index: 1,
      managed: 26107,
      watermarks: { min: 286, low: 357, high: 428 },
      pcp: { batch: 3, high: 18, highMin: 18, highMax: 18 },
    });
    expect(dma32!.free.pages).toBe(19738);
    expect(dma32!.free.pcp).toHaveLength(1);
  });

  it('know free blocks and pageblocks by migratetype', () => {
    const [dma, dma32] = snapshotZones(snapshot('4.17/mem-128M'));
    expect(dma!.free.blocks).toEqual([
      [1, 0, 0, 1, 2, 1, 1, 0, 1, 1, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
    expect(dma32!.free.pageblocks).toEqual([5, 22, 1, 0]);
  });

  it('take all blocks for movable when only buddyinfo tells them', () => {
    const buddyinfo = fixture('4.17/mem-128M/buddyinfo');
    const [dma] = snapshotZones(files({ buddyinfo }));
    expect(dma!.free.blocks![1]).toEqual([1, 0, 0, 1, 2, 1, 1, 0, 1, 1, 3]);
    expect(dma!.free.blocks![0]!.every((count) => count === 0)).toBe(true);
    expect(snapshotZones(files({}))[0]!.free).not.toHaveProperty('blocks');
  });

  it('know from a report which types have blocks, and which have none', () => {
    const lines = [
      'DMA free:52kB min:1024kB low:1280kB high:1536kB present:15992kB managed:15360kB',
      'lowmem_reserve[]: 0 60',
      'DMA32 free:76kB min:1024kB low:1280kB high:1536kB present:65536kB managed:61440kB',
      'lowmem_reserve[]: 0 0',
      'DMA: 1*4kB (H) 0*8kB 3*16kB (H) = 52kB',
      'DMA32: 9*4kB (UME) 1*8kB (UM) 2*16kB = 76kB',
    ];
    const [dma, dma32] = snapshotZones(importKernelLog(lines.join('\n'), 'log'));
    expect(dma!.free.blocks).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 3],
    ]);
    expect(dma32!.free.blocks).toEqual([
      [1, 0, 0],
      [7, 1, 2],
      [1, 0, 0],
      [0, 0, 0],
    ]);
    expect([dma!.startPfn, dma32!.startPfn]).toEqual([1, 4096]);
  });

  it('keep boost apart from the marks', () => {
    const boosted = importZoneinfo(fixture('6.1/boosted.zoneinfo.txt'), 'z');
    expect(snapshotZones(boosted)[1]).toMatchObject({
      boost: 1024,
      watermarks: { min: 452, low: 565, high: 678 },
    });
  });

  it('take pages freed while a report was printed as single ones', () => {
    const log = [
      'Mem-Info:',
      'Normal free:2048kB min:1024kB low:1280kB high:1536kB present:65536kB managed:61440kB',
      'lowmem_reserve[]: 0 0',
      'Normal: 100*4kB (UM) 150*8kB (U) 0*16kB 0*32kB = 1600kB',
    ].join('\n');
    const { blocks, pages } = snapshotZones(importKernelLog(log, 'log'))[0]!.free;
    const byOrder = [0, 1, 2, 3].map((order) =>
      blocks!.reduce((sum, counts) => sum + (counts[order] ?? 0), 0),
    );
    // 1600 kB stand in the blocks; the other 448 kB could be no block of 16 kB, of which is none.
    expect([byOrder, pages]).toEqual([[212, 150, 0, 0], 512]);
    const reserved = log.replace('(UM)', '(H)').replace('(U)', '(H)');
    const [, movable, , highatomic] = snapshotZones(importKernelLog(reserved, 'log'))[0]!.free
      .blocks!;
    expect([movable![0], highatomic![0]]).toEqual([112, 100]);
  });

  it('refuse several nodes, other zones and CMA pages', () => {
    const second = ZONEINFO + ZONEINFO.replace(/^Node 0/gm, 'Node 1');
    expect(importZoneinfo(second, 'z').nodes).toEqual([0, 1]);
    expect(() => snapshotZones(importZoneinfo(second, 'z'))).toThrow('z: 2 nodes');
    const two = ZONEINFO.slice(0, ZONEINFO.indexOf('Node 0, zone   Normal'));
    const highmem = importZoneinfo(two.replace('  DMA32', 'HighMem'), 'z');
    expect(() => snapshotZones(highmem)).toThrow(/z:\d+:1: zone HighMem is not modelled/);
    const types = fixture('4.17/mem-128M/pagetypeinfo').replace('  HighAtomic ', '         CMA ');
    const cma = types.replace(/(type +CMA +)0/, '$13');
    expect(() => snapshotZones(files({ pagetypeinfo: cma }))).toThrow(UserError);
  });

  it('find the zone of each protection column where empty zones are not printed', () => {
    const printed = (names: readonly string[], columns: number) =>
      zoneIndexNames(
        names.map((zone) => ({ zone, protection: new Array<number>(columns).fill(0) }) as never),
      );
    expect(printed(['DMA', 'DMA32', 'Normal'], 4)).toEqual(['DMA', 'DMA32', 'Normal', 'Movable']);
    expect(printed(['Normal', 'HighMem'], 3)).toEqual(['Normal', 'HighMem', 'Movable']);
    expect(printed(['DMA', 'DMA32'], 4)).toEqual(['DMA', 'DMA32', 'Normal', 'Movable']);
  });

  it('tell from what is kept which zones are left out', () => {
    const names = (rows: Readonly<Record<string, readonly number[]>>) =>
      zoneIndexNames(
        Object.entries(rows).map(
          ([zone, protection]) => ({ node: 0, zone, present: 9, protection }) as never,
        ),
      );
    const arm64 = { Normal: [0, 0, 40960], Movable: [0, 0, 0] };
    expect(names(arm64)).toEqual(['DMA32', 'Normal', 'Movable']);
    const first = { Normal: [0, 40960, 40960], Movable: [0, 0, 0] };
    expect(names(first)).toEqual(['Normal', 'Movable', 'Device']);
    const powerpc = { DMA: [0, 0, 1280, 1280], HighMem: [0, 0, 0, 0] };
    expect(names(powerpc)).toEqual(['DMA', 'Normal', 'HighMem', 'Movable']);
    const ppc = { DMA: [0, 1280, 1280], HighMem: [0, 0, 0] };
    expect(names(ppc)).toEqual(['DMA', 'HighMem', 'Movable']);
  });
});

describe('what else a snapshot tells', () => {
  it('is the kernel, by its fields', () => {
    expect(likelyKernel(snapshot('4.17/mem-128M'))).toBe('4.17');
    expect(likelyKernel(snapshot('6.1/mem-128M'))).toBe('6.1');
    const tuned = fixture('6.1/mem-128M/zoneinfo').replace(/(high: +\d+)/g, '$1\n high_max: 9');
    expect(likelyKernel(importZoneinfo(tuned, 'z'))).toBe('6.12');
  });

  it('is the clean file pages', () => {
    const lru = ZONEINFO.replace(/nr_inactive_file \d+/, 'nr_inactive_file 1000')
      .replace(/nr_dirty +\d+/, 'nr_dirty 100')
      .replace(/nr_mapped +\d+/, 'nr_mapped 300');
    expect(cleanFilePages(importZoneinfo(lru, 'z'))).toBe(600);
    expect(cleanFilePages(snapshot('4.17/mem-128M'))).toBe(0);
  });
});
