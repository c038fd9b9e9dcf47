import { describe, expect, it } from 'vitest';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import k61 from '../../../src/kernel/profiles/6.1.ts';
import { hiddenBoosts } from '../../../src/scenario/import/hidden-boost.ts';
import { otherKernelNotes } from '../../../src/scenario/import/other-kernels.ts';
import { importZoneinfo } from '../../../src/scenario/import/procfs-snapshot.ts';
import { queryMachine } from '../../../src/scenario/machine-query.ts';
import { snapshot } from './dump-fixtures.ts';
import { type DumpZone, zoneinfoText } from './synthetic-dump.ts';

const ZONE: DumpZone = {
  name: 'Normal',
  managed: 1_000_000,
  min: 8000,
  low: 10000,
  high: 12000,
  protection: [0, 0, 0],
  pcp: { high: 186, batch: 31 },
};

function notes(zone: Partial<DumpZone>, kernel = k417): string {
  const { zones } = importZoneinfo(zoneinfoText([{ ...ZONE, ...zone }]), 'z');
  return otherKernelNotes(zones, kernel).join(' ');
}

describe('otherKernelNotes', () => {
  it('are none for the kernels of the profiles', () => {
    expect(notes({})).toBe('');
    for (const name of ['4.17/mem-128M', '4.17/mem-8G-mfk-16384-wsf-200']) {
      expect(otherKernelNotes(snapshot(name).zones, k417)).toEqual([]);
    }
    for (const name of ['6.1/mem-128M', '6.1/mem-8G', '6.1/mem-2G-smp2']) {
      expect(otherKernelNotes(snapshot(name).zones, k61)).toEqual([]);
    }
  });

  it('tell the gaps of kernels before 4.6: too small for the zone, or rounded apart', () => {
    expect(notes({ min: 3000, low: 3750, high: 4500 })).toContain('before Linux 4.6');
    expect(notes({ managed: 40000, min: 398, low: 497, high: 597 })).toContain('before Linux 4.6');
    expect(notes({ managed: 40000, min: 396, low: 495, high: 594 })).toBe('');
  });

  it('tell extra_free_kbytes: low stands higher than high explains', () => {
    expect(notes({ min: 1221, low: 6006, high: 6380 })).toContain('4411 pages higher');
  });

  it('tell a boost that is not printed: min above four gaps', () => {
    const hidden = { min: 19510, low: 21059, high: 22608 };
    expect(notes(hidden)).toContain('min of Normal stands 13311 or more pages above');
    expect(notes({ ...hidden, boost: 13314 })).toBe('');
  });

  it('tell how large it is: whole pageblocks, or the most that high allows', () => {
    const boosts = (zones: readonly DumpZone[]) =>
      hiddenBoosts(importZoneinfo(zoneinfoText(zones), 'z').zones);
    const dma = { ...ZONE, name: 'DMA', managed: 3956, min: 33, low: 41, high: 49 };
    const dma32 = { ...ZONE, name: 'DMA32', managed: 742806, min: 19510, low: 21059, high: 22608 };
    const normal = { ...ZONE, managed: 1268711, min: 11176, low: 13842, high: 16508 };
    // min_free_kbytes 67584 less what each zone loses to rounding: 33 + 6198 + 10664 = 16895.
    expect(boosts([dma, dma32, normal])).toEqual([0, 13312, 512]);
    // A gap of a thousandth tells nothing of the share; that of DMA32 does: 1694, high 4094.
    const small = { ...dma32, managed: 810792, min: 1134, low: 1937, high: 2740 };
    const full = { ...normal, managed: 1200689, min: 7835, low: 9035, high: 10235 };
    expect(boosts([small, full])).toEqual([0, 6141]);
    expect(boosts([small, { ...full, boost: 0 }])).toEqual([0, 0]);
  });

  it('and the machine is computed without it', () => {
    const zone = { ...ZONE, managed: 88000, min: 1024 + 880, low: 2124, high: 2344 };
    const { zones } = importZoneinfo(zoneinfoText([zone]), 'z');
    const dump = { source: 'z', zones, nodes: [0], cpus: 1, sysctls: {} };
    const report = queryMachine({ snapshot: dump }, {}, k61);
    expect(report.minFreeKbytes).toBe(880 * 4);
    expect(report.zones[0]).toMatchObject({ min: 880, low: 1100, high: 1320, boost: 1024 });
    expect(report.reported?.zones[0]).toMatchObject({ min: 1904, boost: 0 });
    expect(report.differences?.map(({ field }) => field)).not.toContain('min');
  });

  it('tell batches of 63 with six of them in a list', () => {
    expect(notes({ pcp: { high: 378, batch: 63 } })).toContain('Linux 4.19 to 5.13');
    expect(notes({ pcp: { high: 378, batch: 63 } }, k61)).toBe('');
    expect(notes({ pcp: { high: 2500, batch: 63 } })).toBe('');
  });

  it('tell protection that passes over empty zones', () => {
    expect(notes({ protection: [0, 1334, 0, 0] })).toContain('protection falls');
    expect(notes({ protection: [0, 1334, 1334, 1334] })).toBe('');
  });
});
