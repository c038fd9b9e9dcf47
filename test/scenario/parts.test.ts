import { describe, expect, it } from 'vitest';
import { importKernelLog } from '../../src/scenario/import/kernel-log.ts';
import { importProcfs, importZoneinfo } from '../../src/scenario/import/procfs-snapshot.ts';
import { parseSlabinfo } from '../../src/scenario/import/slabinfo.ts';
import { likelyKernel } from '../../src/scenario/import/snapshot-facts.ts';
import { machinePart } from '../../src/scenario/machine-part.ts';
import { partText, type ScenarioPart } from '../../src/scenario/part-text.ts';
import { resolveScenario } from '../../src/scenario/resolve.ts';
import { slabKernel, slabPart } from '../../src/scenario/slab-part.ts';
import { type MeasuredMachine, measuredMachines } from '../model/mm/measured-boots.ts';
import { fixture, snapshot } from './import/dump-fixtures.ts';
import { zoneinfoText } from './import/synthetic-dump.ts';
import { catalogs, load } from './sample-scenarios.ts';

const profileOf = (name: string) => catalogs.kernels.get(name);

/** The machine of a scenario into which the part was pasted. */
function pasted({ part, notes }: ScenarioPart, more = '') {
  const text = partText({ part, notes });
  for (const line of text.split('\n').filter((one) => one.startsWith('#'))) {
    expect(line.length).toBeLessThanOrEqual(80);
  }
  const { scenario } = load(`question: q\n${text}${more}load: [{ workload: drain }]\n`);
  return { scenario, ...resolveScenario(scenario, catalogs) };
}

function part(dump: ReturnType<typeof snapshot>, kernel = likelyKernel(dump) as string) {
  return machinePart(dump, { profile: profileOf(kernel), isAsked: false });
}

function measuredDump(machine: MeasuredMachine) {
  const zones = machine.zones.map((zone) => ({
    ...{ ...zone, name: zone.zone, free: zone.managed },
    pcp: { high: zone.pcpHigh, batch: zone.pcpBatch },
  }));
  const files: Readonly<Record<string, string>> = {
    zoneinfo: zoneinfoText(zones, machine.cpus),
    'sys/vm/min_free_kbytes': `${machine.minFreeKbytes}\n`,
    'sys/vm/watermark_scale_factor': `${machine.watermarkScaleFactor}\n`,
  };
  return importProcfs((name) => files[name], 'dump');
}

/** How many zones of all measured machines the part gives as they were measured. */
function agreement(kernel: string, variant: (name: string) => boolean) {
  const machines = measuredMachines(kernel).filter((machine) => variant(machine.variant));
  const counts = { zones: 0, marks: 0, protection: 0, told: 0 };
  for (const machine of machines) {
    const made = part(measuredDump(machine), kernel);
    const { zones } = pasted(made).config;
    const isTold = made.notes.includes('The part gives the watermarks that the file reports.');
    let isEqual = true;
    for (const [index, zone] of machine.zones.entries()) {
      const { min, low, high } = zones[index]!.watermarks;
      const isMarked = min === zone.min && low === zone.low && high === zone.high;
      const isProtected = `${zones[index]!.lowmemReserve}` === `${zone.protection}`;
      const { pcp } = zones[index]!;
      const hasLists = pcp.batch === zone.pcpBatch && pcp.highMin === zone.pcpHigh;
      counts.zones += 1;
      counts.marks += isMarked ? 1 : 0;
      counts.protection += isProtected ? 1 : 0;
      isEqual &&= isMarked && isProtected && hasLists;
    }
    expect([machine.variant, isTold]).toEqual([machine.variant, isEqual]);
    counts.told += isTold ? 1 : 0;
  }
  return { machines: machines.length, ...counts };
}

describe('a measured machine, imported and pasted', () => {
  const isBoot = (variant: string) => variant === 'base';

  it.each(['4.17', '6.1'])('of %s has the watermarks that it had after boot', (kernel) => {
    const { machines, zones, marks, protection, told } = agreement(kernel, isBoot);
    expect(machines).toBeGreaterThanOrEqual(10);
    expect([marks, protection]).toEqual([zones, zones]);
    expect(told).toBe(machines);
  });

  it.each(['4.17', '6.1'])('of %s has those after a sysctl was written', (kernel) => {
    const { machines, zones, marks } = agreement(kernel, (variant) => !isBoot(variant));
    expect(machines).toBeGreaterThan(30);
    expect(marks).toBe(zones);
  });
});

describe('the part of a machine', () => {
  it('has what is free, its CPUs, and what is known of a real one besides', () => {
    const { part: own, notes } = part(snapshot('4.17/mem-128M'));
    expect(own).toMatchObject({ kernel: '4.17', machine: { cpus: 1, 'pageblock-order': 10 } });
    const { machine, config } = pasted({ part: own, notes });
    const dump = snapshot('4.17/mem-128M');
    const free = dump.zones.filter(({ present }) => present > 0).map((zone) => zone.free);
    expect(machine.zones.map((zone) => zone.free.pages)).toEqual(free);
    expect(config.baseSmall).toBe(true);
    expect(notes.at(-1)).toBe('Not taken: free blocks, slabinfo (import slabinfo takes it).');
  });

  it('of a kernel log is that of its first report', () => {
    const log = importKernelLog(fixture('6.1/page-allocation-failure.dmesg.txt'), 'log');
    const made = part(log);
    expect(made.notes).toContain('Kernel 6.1 is the nearest profile, by Linux 6.1.192.');
    expect(made.notes.at(-1)).toBe('Not taken: the boost of DMA32, free blocks.');
    const { machine } = pasted(made);
    expect(machine.zones[1]).toMatchObject({ free: { pages: 105 }, watermarks: { min: 278 } });
  });

  const zone = {
    ...{ name: 'Normal', spanned: 70000, present: 66000, managed: 65000, free: 4000 },
    ...{ min: 500, low: 625, high: 750, protection: [0, 0], pcp: { high: 90, batch: 15 } },
  };
  const dumpOf = (more: Partial<typeof zone>) =>
    importZoneinfo(zoneinfoText([{ ...zone, ...more }]), 'zoneinfo');

  it('says which values are others than in the file', () => {
    const { notes } = part(dumpOf({ min: 500, low: 600, high: 760 }));
    expect(notes).toContain(
      'Other than in the file: low of Normal 625, not 600; high of Normal 750, not 760.',
    );
    expect(part(dumpOf({})).notes).toContain(
      'The part gives the watermarks that the file reports.',
    );
  });

  it('leaves a boost out that the file has in its watermarks', () => {
    const { notes } = part(dumpOf({ min: 1012, low: 1137, high: 1262 }));
    expect(notes).toContain('The part gives the watermarks that the file reports.');
    expect(notes).toContain('Not taken: the boost of Normal.');
  });

  it('keeps to what a scenario may say', () => {
    // Before Linux 3.10 present pages, which leave some out, stand for managed ones.
    const text = zoneinfoText([{ ...zone, free: 66100 }]).replace(/ +managed .*\n/, '');
    const made = part(importZoneinfo(text, 'zoneinfo'));
    expect(made.part).toMatchObject({ machine: { free: { Normal: 66000 } } });
    expect(made.notes).toContain('Of Normal 66100 pages are free and 66000 managed: all of those.');
    pasted(made);
  });

  it.each([
    [[{ ...zone, name: 'HighMem' }], 'zone HighMem is not modelled; expected pages in DMA, DMA32,'],
    [[zone, { ...zone, node: 1 }], '2 nodes; expected a machine with one memory node'],
    [[{ ...zone, name: 'DMA' }], 'zone DMA has frames 1 to 70001; expected no frame above 4096'],
  ])('is refused where a scenario has no such machine, with the file', (zones, message) => {
    expect(() => part(importZoneinfo(zoneinfoText(zones), 'here'))).toThrow(
      new RegExp(`^here(:1:1)?: ${message}`),
    );
  });
});

describe('the part of a slabinfo', () => {
  const HEAD = 'slabinfo - version: 2.1\n# name <active_objs> …\n';
  const line = (name: string, active: number, size: number, slabs: number) =>
    `${name} ${active} ${slabs * Math.floor(4096 / size)} ${size} ${Math.floor(4096 / size)} 1 ` +
    `: tunables 0 0 0 : slabdata ${slabs} ${slabs} 0\n`;
  const made = (text: string, kernel?: string) => {
    const caches = parseSlabinfo(HEAD + text, 'slabinfo');
    const profile = profileOf(kernel ?? slabKernel(caches));
    return slabPart({ caches, file: 'slabinfo', kernel: profile, isKernelAsked: false });
  };
  const TEXT =
    line('kmemleak_object', 100, 176, 5) +
    line('kmalloc-1k', 7, 1024, 2) +
    line('kmalloc-64', 0, 64, 0) +
    line('dentry', 21, 192, 3);

  it('has the caches that are simulated, as the scenario then has them', () => {
    const { config } = pasted(made(TEXT), '  memory: 128MiB\n');
    expect(config.slabs.map(({ name }) => name)).toEqual(['kmemleak_object', 'kmalloc-1k']);
    expect(config.slabs[1]).toMatchObject({
      objectSize: 1024,
      objectsPerSlab: 4,
      slabs: 2,
      order: 0,
    });
    expect(config.slabs[1]!.activeObjects).toBe(7);
  });

  it('says what kmemleak costs there, and what is left out', () => {
    expect(made(TEXT).notes).toEqual([
      'From slabinfo: 2 of 4 caches, and 1 more that is empty.',
      'Kernel 6.1, the nearest profile by the names of the caches.',
      'kmemleak tracks about 100 objects, with 176 bytes for each: 20KiB, 50.0 % of the 40KiB in slabs.',
      'Not taken: 1 cache of 12KiB from which no load asks, such as dentry 12KiB; machine.free has to leave them out.',
    ]);
    const without = made(line('kmalloc-64', 1, 64, 1)).notes;
    expect(without).toContain('No kmemleak_object: that kernel runs without kmemleak.');
    const large = made(line('kmalloc-64', 1, 128, 1)).notes.at(-1);
    expect(large).toMatch(
      /another size than in 4\.17 .* with their pages: kmalloc-64 \(128, not 64\)/,
    );
  });

  it('is of the kernel whose names its caches have', () => {
    const kernelOf = (name: string) =>
      made(line(name, 1, 64, 1) + line('kmalloc-64', 1, 64, 1)).part['kernel'];
    expect(kernelOf('kmalloc-1024')).toBe('4.17');
    expect(kernelOf('kmalloc-1k')).toBe('6.1');
    expect(kernelOf('kmalloc-rnd-03-1k')).toBe('6.12');
  });

  it('is refused where nothing in it is simulated', () => {
    expect(() => made(line('size-64', 1, 64, 1))).toThrow(
      'slabinfo: no cache whose requests are simulated; expected caches such as kmalloc-8 or',
    );
  });
});
