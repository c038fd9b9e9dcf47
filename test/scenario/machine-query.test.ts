import { describe, expect, it } from 'vitest';
import k417 from '../../src/kernel/profiles/4.17.ts';
import k61 from '../../src/kernel/profiles/6.1.ts';
import k612 from '../../src/kernel/profiles/6.12.ts';
import type { MachineSettings } from '../../src/scenario/import/machine-settings.ts';
import { importZoneinfo } from '../../src/scenario/import/procfs-snapshot.ts';
import { type MachineReport, queryMachine } from '../../src/scenario/machine-query.ts';
import { parseMachineSettings } from '../../src/scenario/machine-query-settings.ts';
import { machineReportText } from '../../src/scenario/machine-query-text.ts';
import { measuredMachines } from '../model/mm/measured-boots.ts';
import { fixture, snapshot } from './import/dump-fixtures.ts';

const GIB = 2 ** 30;

/** The values of a report as the measured table has them. */
function table(report: MachineReport) {
  return report.zones.map((zone) => ({
    zone: zone.name,
    spanned: zone.spanned,
    present: zone.present,
    managed: zone.managed,
    min: zone.min,
    low: zone.low,
    high: zone.high,
    protection: zone.protection,
    pcpHigh: zone.pcp.high,
    pcpBatch: zone.pcp.batch,
  }));
}

function query(memoryBytes: number, settings: MachineSettings = {}, kernel = k61) {
  return queryMachine({ memoryBytes }, settings, kernel);
}

describe.each([k417, k61])('queryMachine of $name from a RAM size', (kernel) => {
  const machines = measuredMachines(kernel.name);
  const boots = machines.filter(({ variant }) => variant === 'base');
  const written = machines.filter(({ variant }) => variant !== 'base');

  it.each(boots)('equals the boot of $memoryBytes bytes with $cpus CPUs', (machine) => {
    const report = query(machine.memoryBytes, { cpus: machine.cpus }, kernel);
    expect(report.minFreeKbytes).toBe(machine.minFreeKbytes);
    expect(table(report)).toEqual(machine.zones);
  });

  it.each(written)('equals $memoryBytes bytes after $variant', (machine) => {
    const sysctl = {
      min_free_kbytes: machine.minFreeKbytes,
      watermark_scale_factor: machine.watermarkScaleFactor,
    };
    const report = query(machine.memoryBytes, { cpus: machine.cpus, sysctl }, kernel);
    expect(table(report)).toEqual(machine.zones);
  });
});

describe('queryMachine from a dump', () => {
  it.each([
    ['4.17/mem-128M', k417],
    ['4.17/mem-512M-smp8', k417],
    ['4.17/mem-8G-mfk-16384-wsf-200', k417],
    ['6.1/mem-128M', k61],
    ['6.1/mem-128M-wsf-200', k61],
    ['6.1/mem-2G-smp2', k61],
    ['6.1/mem-8G', k61],
  ])('computes what %s reports', (name, kernel) => {
    const report = queryMachine({ snapshot: snapshot(name) }, {}, kernel);
    expect(report.differences).toEqual([]);
    expect(report.reported!.zones.length).toBe(report.zones.length);
    expect(report.zones[1]!.managed).toBe(report.reported!.zones[1]!.managed);
  });

  it('says which values of a boot are older than the page counts', () => {
    const report = queryMachine({ snapshot: snapshot('4.17/mem-128M') }, {}, k417);
    expect(report.notes.join()).toContain('8280 kB of DMA32 were not yet managed');
    expect(report.notes.join()).toContain('watermarks, protection, per-CPU limits');
    const later = queryMachine({ snapshot: snapshot('6.1/mem-128M-wsf-200') }, {}, k61);
    expect(later.notes).toEqual([]);
  });

  it('infers min_free_kbytes from the marks where it is not told', () => {
    const zoneinfo = importZoneinfo(fixture('6.1/w1-128M.zoneinfo.txt'), 'z');
    const report = queryMachine({ snapshot: zoneinfo }, {}, k61);
    expect(report.differences).toEqual([]);
    expect(Math.floor(report.minFreeKbytes / 4)).toBe(326);
    expect(report.notes.join()).toContain('is inferred from the min watermarks (sum 325 pages)');
  });

  it('takes the boot pages it is told', () => {
    const told = parseMachineSettings(['boot_freed_kb=8280']);
    const report = queryMachine({ snapshot: snapshot('4.17/mem-128M') }, told, k417);
    expect(report.differences).toEqual([]);
    const wrong = parseMachineSettings(['boot_freed_kb=40000']);
    const other = queryMachine({ snapshot: snapshot('4.17/mem-128M') }, wrong, k417);
    expect(other.differences!.map(({ field }) => field)).toContain('min');
    const pages = parseMachineSettings(['DMA32.boot_managed=24037']);
    const same = queryMachine({ snapshot: snapshot('4.17/mem-128M') }, pages, k417);
    expect(same.differences).toEqual([]);
  });

  it('shows a changed mark as the difference it is', () => {
    const text = fixture('6.1/mem-8G/zoneinfo').replace('min      1066', 'min      1065');
    const report = queryMachine({ snapshot: importZoneinfo(text, 'z') }, {}, k61);
    const found = report.differences!.find(
      ({ field, zone }) => field === 'min' && zone === 'DMA32',
    );
    expect(found).toMatchObject({ node: 0, reported: 1065 });
  });

  it('recomputes with the pages of now what a sysctl write renews', () => {
    const write = parseMachineSettings(['min_free_kbytes=16384', 'watermark_scale_factor=200']);
    const report = queryMachine({ snapshot: snapshot('4.17/mem-128M') }, write, k417);
    expect(report.zones[1]).toMatchObject({ min: 3554, low: 4442, high: 5330 });
    expect(report.zones[0]!.protection).toEqual([0, 101, 101, 101]);
    expect(report.zones[1]!.pcp).toEqual({ batch: 3, high: 18 });
    const fraction = parseMachineSettings(['percpu_pagelist_fraction=8']);
    const lists = queryMachine({ snapshot: snapshot('4.17/mem-128M') }, fraction, k417);
    expect(lists.zones[1]).toMatchObject({ min: 286, pcp: { batch: 96, high: 3263 } });
  });

  it('takes boot pages of several zones', () => {
    const text = fixture('6.1/mem-8G/zoneinfo');
    const told = parseMachineSettings(['DMA32.boot_managed=761356', 'Normal.boot_managed=1273348']);
    const report = queryMachine({ snapshot: importZoneinfo(text, 'z') }, told, k61);
    expect(report.differences).toEqual([]);
    const more = parseMachineSettings(['DMA32.boot_managed=761356', 'Normal.boot_managed=1200000']);
    const other = queryMachine({ snapshot: importZoneinfo(text, 'z') }, more, k61);
    expect(other.differences!.map(({ zone, field }) => `${zone} ${field}`)).toContain('Normal min');
  });

  it('raises min_free_kbytes when huge pages are switched on, with the pages of now', () => {
    const on = (name: string, kernel: typeof k61) =>
      queryMachine({ snapshot: snapshot(name) }, parseMachineSettings(THP), kernel);
    const THP = ['transparent_hugepage=always'];
    // 5632 pages a zone, shared by 3840, 762782 and 1273348 pages
    const large = on('6.1/mem-8G', k61);
    expect(large.minFreeKbytes).toBe(67584);
    expect(large.zones.map(({ min, low }) => [min, low])).toEqual([
      [31, 38],
      [6317, 7896],
      [10546, 13182],
    ]);
    expect(large.zones.map(({ pcp }) => pcp.high)).toEqual([38, 7896, 13182]);
    expect(large.zones[0]!.protection).toEqual(snapshot('6.1/mem-8G').zones[0]!.protection);
    // two zones of blocks of 1024 pages want 22528, but a twentieth of 30018 is the most
    const small = on('4.17/mem-128M', k417);
    expect(small.minFreeKbytes).toBe(4 * Math.floor((3977 - 69 + 26107 - 428) / 20));
    expect(small.zones[1]!.pcp).toEqual({ batch: 3, high: 18 });
    const written = parseMachineSettings([...THP, 'min_free_kbytes=4096']);
    const less = queryMachine({ snapshot: snapshot('6.1/mem-8G') }, written, k61);
    expect(less.minFreeKbytes).toBe(4096);
  });

  it.each([
    ['pci_hole_start=3GiB', 'pci_hole_start cannot change the machine of a snapshot'],
    ['initrd_kb=1', 'initrd_kb cannot change'],
    ['transparent_hugepage=never', 'transparent_hugepage=never cannot change'],
    ['DMA32.present=9', 'DMA32.present cannot change'],
    ['DMA32.start_pfn=9', 'DMA32.start_pfn cannot change'],
    ['Movable.managed=9', 'the snapshot has no zone Movable; expected DMA, DMA32'],
    ['DMA32.managed=28635', 'DMA32.managed is 28635; expected at most 28634 pages'],
    ['DMA32.boot_managed=26108', 'DMA32.boot_managed is 26108; expected at most 26107 pages'],
    ['boot_freed_kb=104432', 'boot_freed_kb is 26108; expected at most 26107 pages'],
  ])('refuses %s', (setting, message) => {
    const settings = parseMachineSettings([setting]);
    expect(() => queryMachine({ snapshot: snapshot('4.17/mem-128M') }, settings, k417)).toThrow(
      message,
    );
  });

  it('lets 6.12 tune its per-CPU limits between their bounds', () => {
    const tune = (high: number) => {
      const text = fixture('6.1/mem-128M-wsf-200/zoneinfo').replace(
        /high: +775(\s+batch: +7)/,
        `high:  ${high}$1\n high_min: 775\n high_max: 3076`,
      );
      return queryMachine({ snapshot: importZoneinfo(text, 'z') }, {}, k612).differences;
    };
    expect(tune(3076)).toEqual([]);
    expect(tune(3077)).toMatchObject([{ field: 'pcp.high', reported: 3077 }]);
  });

  it('computes a machine of two nodes in one go', () => {
    const one = fixture('6.1/mem-128M-wsf-200/zoneinfo');
    const two = one + one.replace(/^Node 0/gm, 'Node 1');
    const report = queryMachine({ snapshot: importZoneinfo(two, 'z') }, {}, k61);
    expect(report.zones.map((zone) => zone.node)).toEqual([0, 0, 1, 1]);
    expect(report.zones[3]).toMatchObject({ min: 283, protection: [0, 0, 0, 0] });
    expect(report.zones[2]!.protection).toEqual([0, 96, 96, 96]);
  });
});

describe('queryMachine of a machine that nobody measured', () => {
  it('raises min_free_kbytes for huge pages', () => {
    expect(query(8 * GIB, { transparentHugepages: true }).minFreeKbytes).toBe(67584);
    expect(query(GIB, { transparentHugepages: true }).minFreeKbytes).toBe(45056);
    expect(query(8 * GIB).minFreeKbytes).toBe(11422);
  });

  it('takes zones by hand, alone or over a split', () => {
    const zones = {
      DMA: { managed: 3840 },
      DMA32: { managed: 762000 },
      Normal: { managed: 1290000 },
    };
    const report = queryMachine({}, { zones, transparentHugepages: true }, k612);
    expect(report.zones.map(({ min, low, high }) => `${min}/${low}/${high}`)).toEqual([
      '31/38/45',
      '6262/7827/9392',
      '10601/13251/15901',
    ]);
    const moved = query(GIB, { zones: { DMA32: { managed: 200000 } } });
    expect(moved.zones[1]).toMatchObject({ managed: 200000, present: 258010 });
  });

  it('lets a zone Movable begin where Normal ends', () => {
    const zones = {
      DMA: { managed: 3840 },
      DMA32: { managed: 762000 },
      Normal: { managed: 1290000 },
      Movable: { managed: 500000 },
    };
    const minOf = (kernel: typeof k612) =>
      queryMachine({}, { zones, sysctl: { min_free_kbytes: 67584 } }, kernel).zones[3]?.min;
    // 16896 pages shared among all four zones; 6.12 gives Movable a fixed minimum instead.
    expect([minOf(k417), minOf(k61), minOf(k612)]).toEqual([3305, 3305, 128]);
    const split = query(8 * GIB, { zones: { Movable: { managed: 500000 } } });
    expect(split.zones.map(({ name }) => name)).toEqual(['DMA', 'DMA32', 'Normal', 'Movable']);
  });

  it.each<[string, MachineSettings, string]>([
    ['more managed than present', { zones: { DMA32: { managed: 9, present: 8 } } }, 'managed ≤'],
    ['more present than spanned', { zones: { DMA: { present: 9, spanned: 8 } } }, '≤'],
    ['overlapping zones', { zones: { DMA32: { startPfn: 100 } } }, 'where DMA ends'],
    ['a DMA zone above 16 MiB', { zones: { DMA: { startPfn: 8192 } } }, 'no frame above 4096'],
    ['half a page', { zones: { DMA: { managed: 0.5 } } }, 'a whole number of pages'],
    ['an empty zone', { zones: { Movable: {} } }, 'present pages above 0'],
    ['more at boot', { zones: { DMA: { bootManaged: 3990 } } }, 'boot-managed ≤ managed'],
  ])('refuses %s', (_, settings, message) => {
    expect(() => query(GIB, settings)).toThrow(message);
  });

  it('refuses a machine of nothing', () => {
    expect(() => queryMachine({}, {}, k61)).toThrow('a machine without memory');
  });

  it('refuses sysctls that the kernel does not have or accept', () => {
    const set = (setting: string, kernel = k61) =>
      query(GIB, parseMachineSettings([setting]), kernel);
    expect(() => set('watermark_scale_factor=0')).toThrow('from 1 to 3000');
    expect(() => set('watermark_scale_factor=1001', k417)).toThrow('from 1 to 1000');
    expect(() => set('watermark_boost_factor=1', k417)).toThrow('kernel 4.17 has no');
    expect(() => set('percpu_pagelist_fraction=8')).toThrow('vm.percpu_pagelist_high_fraction');
    expect(() => set('percpu_pagelist_high_fraction=7')).toThrow('from 8 to');
    const sysctl = { min_free_kbytes: 2 ** 31 };
    expect(() => query(GIB, { sysctl })).toThrow('from 0 to 2147483647');
  });
});

describe('parseMachineSettings', () => {
  it('reads every kind', () => {
    expect(
      parseMachineSettings([
        'vm.min_free_kbytes=1338',
        'lowmem_reserve_ratio=256,256,32,0',
        'cpus=4',
        'pci-hole-start=2GiB',
        'transparent_hugepage=madvise',
        'initrd_kb=100',
        'dma32.managed=26107',
        'DMA32.boot_managed=24037',
      ]),
    ).toEqual({
      sysctl: { min_free_kbytes: 1338, lowmem_reserve_ratio: [256, 256, 32, 0] },
      cpus: 4,
      pciHoleStart: 2 * GIB,
      transparentHugepages: true,
      initrdKbytes: 100,
      zones: { DMA32: { managed: 26107, bootManaged: 24037 } },
    });
  });

  it.each([
    ['min_free_kbyte=1', "did you mean 'min_free_kbytes'?"],
    ['min_free_kbytes', "'min_free_kbytes' is no setting"],
    ['min_free_kbytes=-1', "min_free_kbytes is '-1'"],
    ['min_free_kbytes=NaN', "min_free_kbytes is 'NaN'"],
    ['min_free_kbytes=1e3', "min_free_kbytes is '1e3'"],
    ['min_free_kbytes=2147483648', 'a whole number from 0 to 2147483647'],
    ['cpus=0', 'a whole number from 1 to 4096'],
    ['Norml.managed=5', "did you mean 'Normal'?"],
    ['DMA.managd=5', "did you mean 'managed'?"],
    ['lowmem_reserve_ratio=', 'lowmem_reserve_ratio has 0 values'],
    ['lowmem_reserve_ratio=1,x', "lowmem_reserve_ratio is 'x'"],
    ['transparent_hugepage=1', 'always, madvise or never'],
    ['pci_hole_start=3', 'expected a size with its unit'],
  ])('refuses %s', (setting, message) => {
    expect(() => parseMachineSettings([setting])).toThrow(message);
  });
});

describe('machineReportText', () => {
  it('fits 80 columns and shows every zone, difference and note', () => {
    const text = fixture('6.1/mem-8G/zoneinfo').replace('low      1827', 'low      1828');
    const report = queryMachine({ snapshot: importZoneinfo(text, 'z') }, {}, k61);
    const lines = machineReportText(report).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => /^(DMA|DMA32|Normal) /.test(line))).toHaveLength(3);
    expect(lines.join()).toContain('DMA32 low: computed');
    expect(lines.join()).toContain('is inferred');
    expect(machineReportText(query(64 * 2 ** 30, {}, k612))).toContain('promo');
    const huge = machineReportText(query(8 * 2 ** 40, {}, k612)).split('\n');
    expect(Math.max(...huge.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(machineReportText(query(GIB, {}, k417))).not.toContain('promo');
  });
});
