import { describe, expect, it } from 'vitest';
import type { KernelProfile } from '../../src/kernel/kernel-profile.ts';
import k417 from '../../src/kernel/profiles/4.17.ts';
import k61 from '../../src/kernel/profiles/6.1.ts';
import k612 from '../../src/kernel/profiles/6.12.ts';
import { zoneReserves } from '../../src/model/mm/zone-reserves.ts';
import { importKernelLog } from '../../src/scenario/import/kernel-log.ts';
import { importZoneinfo } from '../../src/scenario/import/procfs-snapshot.ts';
import { queryMachine } from '../../src/scenario/machine-query.ts';
import { fixture } from './import/dump-fixtures.ts';
import { type DumpZone, zoneinfoText } from './import/synthetic-dump.ts';

// Machines of other shapes: their dumps are made with the page counts of several moments, and
// gfpsim must find moments that give the same values.

interface Zone {
  readonly node?: number;
  readonly name: string;
  /** Managed pages of now, when the marks were set, when the per-CPU lists were. */
  readonly now: number;
  readonly boot?: number;
  readonly pcp?: number;
  readonly cpus: number;
}

function dump(zones: readonly Zone[], kbytes: number, kernel: KernelProfile): DumpZone[] {
  const boot = zones.map((zone) => zone.boot ?? zone.now);
  const reserves = zoneReserves(
    zones.map(({ node = 0, name, cpus }) => ({ node, name, cpus })),
    { watermarks: boot, lowmemReserve: boot, pcp: zones.map((zone, at) => zone.pcp ?? boot[at]!) },
    {
      minFreeKbytes: kbytes,
      watermarkScaleFactor: 10,
      lowmemReserveRatio: kernel.lowmemReserveRatio,
      pcpFraction: 0,
    },
    kernel,
  );
  return zones.map(({ node = 0, name, now }, at) => {
    const { watermarks, lowmemReserve, pcp } = reserves[at]!;
    return { node, name, managed: now, ...watermarks, protection: lowmemReserve, pcp };
  });
}

function query(zones: readonly DumpZone[], cpus: number, kernel: KernelProfile) {
  return queryMachine({ snapshot: importZoneinfo(zoneinfoText(zones, cpus), 'z') }, {}, kernel);
}

describe('queryMachine finds the moment of a dump', () => {
  it('on two nodes with pages that came free in every large zone, and uneven CPUs', () => {
    const zones = [
      { name: 'DMA', now: 3840, cpus: 3 },
      { name: 'DMA32', now: 496486, boot: 488500, cpus: 3 },
      { name: 'Normal', now: 1552266, boot: 1540000, cpus: 3 },
      { node: 1, name: 'Normal', now: 2086594, boot: 2062000, cpus: 1 },
    ];
    const report = query(dump(zones, 90112, k61), 4, k61);
    expect(report.differences).toEqual([]);
    expect(report.minFreeKbytes).toBe(90112);
    expect(report.notes.join(' ')).toContain('of DMA32 and');
  });

  it('with a lowest zone that no protection tells of', () => {
    const zones = [
      { name: 'DMA32', now: 520562, boot: 519000, cpus: 8 },
      { name: 'Normal', now: 1022150, boot: 1021000, cpus: 8 },
    ];
    const report = query(dump(zones, 22528, k417), 8, k417);
    expect(report.differences).toEqual([]);
  });

  it('with per-CPU lists that were set up before most of memory was prepared', () => {
    const zones = [
      { name: 'DMA', now: 3977, cpus: 2 },
      { name: 'DMA32', now: 718717, boot: 711607, cpus: 2 },
      { name: 'Normal', now: 245205, pcp: 32768, cpus: 2 },
    ];
    const dumped = dump(zones, 67584, k417);
    expect(dumped[2]!.pcp).toMatchObject({ batch: 7, high: 42 });
    const report = query(dumped, 2, k417);
    expect(report.differences).toEqual([]);
    expect(report.notes.join(' ')).toContain('849748 kB of Normal were not yet managed');
  });

  it('with protection that is older than the watermarks', () => {
    const zones = [
      { name: 'DMA', now: 3840, cpus: 1 },
      { name: 'DMA32', now: 500000, cpus: 1 },
      { name: 'Normal', now: 1000000, cpus: 1 },
    ];
    const old = dump([zones[0]!, { ...zones[1]!, boot: 480000 }, zones[2]!], 67584, k61);
    const marks = dump(zones, 67584, k61);
    const both = marks.map((zone, at) => ({ ...zone, protection: old[at]!.protection }));
    expect(query(both, 1, k61).differences).toEqual([]);
  });

  it('with HighMem, whose min is no share of min_free_kbytes', () => {
    const zones = [
      { name: 'Normal', now: 121412, cpus: 1 },
      { name: 'HighMem', now: 129238, cpus: 1 },
    ];
    const dumped = dump(zones, 2787, k417).map((zone) => ({ ...zone, protection: [0, 0] }));
    const report = query(dumped, 1, k417);
    expect(report.minFreeKbytes).toBe(2787);
    expect(report.zones[1]).toMatchObject({ min: 126, low: 311, high: 496 });
    expect(report.zones[0]).toMatchObject({ min: 696, low: 870, high: 1044 });
  });

  it('with Movable, clamped and left out of the total in 6.12', () => {
    const zones = [
      { name: 'DMA', now: 3840, cpus: 2 },
      { name: 'DMA32', now: 496486, cpus: 2 },
      { name: 'Normal', now: 1552266, boot: 1550000, cpus: 2 },
      { name: 'Movable', now: 500000, cpus: 2 },
    ];
    for (const kernel of [k61, k612]) {
      const report = query(dump(zones, 67584, kernel), 2, kernel);
      expect(report.differences).toEqual([]);
      expect(report.minFreeKbytes).toBe(67584);
      expect(report.zones[3]!.min).toBe(kernel === k612 ? 128 : 3312);
    }
  });
});

describe('queryMachine of what 6.12 prints', () => {
  const zones = [
    { name: 'DMA', now: 3840, cpus: 2 },
    { name: 'DMA32', now: 772808, cpus: 2 },
  ];
  const of = (change: (zone: DumpZone) => DumpZone) =>
    query(dump(zones, 67584, k612).map(change), 2, k612).differences;
  const bounds = (high: number, min: number, max: number, batch: number) => ({
    high,
    batch,
    bounds: `              high_min: ${min}\n              high_max: ${max}`,
  });

  it('compares the bounds of its per-CPU lists, not where it has moved them', () => {
    const lists = (first: number, maxMore = 0) =>
      of((zone) => {
        const isFirst = zone.name === 'DMA';
        const min = isFirst ? 51 : 10507;
        const max = (isFirst ? 240 : 48300) + maxMore;
        return { ...zone, pcp: bounds(isFirst ? first : min, min, max, isFirst ? 1 : 63) };
      });
    expect(lists(51)).toEqual([]);
    expect(lists(0)).toEqual([]);
    expect(lists(240)).toEqual([]);
    expect(lists(241)).toMatchObject([{ zone: 'DMA', field: 'pcp.high', reported: 241 }]);
    expect(lists(51, 1)).toMatchObject([
      { zone: 'DMA', field: 'pcp.highMax', computed: 240, reported: 241 },
      { zone: 'DMA32', field: 'pcp.highMax' },
    ]);
  });
});

describe('queryMachine of a kernel log', () => {
  it.each([
    ['6.1/page-allocation-failure.dmesg.txt', k61, 1305],
    ['4.17/oom-killer.dmesg.txt', k417, 1338],
  ])('computes what %s reports', (name, kernel, kbytes) => {
    const report = queryMachine({ snapshot: importKernelLog(fixture(name), name) }, {}, kernel);
    expect(report.differences).toEqual([]);
    expect(report.minFreeKbytes).toBe(kbytes);
    expect(report.reported!.zones[1]).not.toHaveProperty('pcp');
    expect(report.notes[0]).toContain('Report 1 of 1');
  });
});
