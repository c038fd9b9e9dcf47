import { describe, expect, it } from 'vitest';
import k417 from '../../../src/kernel/profiles/4.17.ts';
import k61 from '../../../src/kernel/profiles/6.1.ts';
import { BOOT_IMAGES, hashTablePages, memmapPages } from '../../../src/model/mm/boot-image.ts';
import { type BootMachine, bootZones } from '../../../src/model/mm/boot-zones.ts';
import { bootMinFreeKbytes } from '../../../src/model/mm/zone-reserves.ts';
import { measuredBoots, measuredMachines } from './measured-boots.ts';

const KERNELS = [k417, k61];
const MIB = 2 ** 20;

function machine(mib: number, more: Partial<BootMachine> = {}): BootMachine {
  return { memoryBytes: mib * MIB, cpus: 1, image: BOOT_IMAGES['6.1']!, ...more };
}

describe.each(KERNELS)('boots of $name', (kernel) => {
  const image = BOOT_IMAGES[kernel.name]!;

  it.each(measuredBoots(kernel.name))('$name with $cpus CPUs has every managed page', (boot) => {
    const zones = bootZones({ memoryBytes: boot.memoryBytes, cpus: boot.cpus, image });
    const total = (field: 'managed' | 'bootManaged') =>
      zones.reduce((kbytes, zone) => kbytes + zone[field] * 4, 0);
    expect(total('managed')).toBe(boot.managedKbytes);
    expect(total('bootManaged')).toBe(boot.bootManagedKbytes);
    const atBoot = zones.map((zone) => ({ name: zone.name, managed: zone.bootManaged }));
    expect(bootMinFreeKbytes(atBoot, kernel)).toBe(boot.minFreeKbytes);
  });

  it('split every measured machine into its zones', () => {
    const machines = measuredMachines(kernel.name);
    expect(machines.length).toBeGreaterThan(30);
    for (const measured of machines) {
      const { memoryBytes, cpus } = measured;
      const zones = bootZones({ memoryBytes, cpus, image }).map((zone) => ({
        zone: zone.name as string,
        spanned: zone.spanned,
        present: zone.present,
        managed: zone.managed,
      }));
      const expected = measured.zones.map(({ zone, spanned, present, managed }) => ({
        zone,
        spanned,
        present,
        managed,
      }));
      expect(zones).toEqual(expected);
    }
  });
});

describe('bootZones', () => {
  it('keep memory in one piece up to 3.5 GiB and split more at 3 GiB', () => {
    expect(bootZones(machine(3583)).map((zone) => zone.name)).toEqual(['DMA', 'DMA32']);
    const [, dma32, normal] = bootZones(machine(3584));
    expect(dma32).toMatchObject({ startPfn: 4096, spanned: 1044480, present: 782298 });
    expect(normal).toMatchObject({ startPfn: 1048576, spanned: 131072, present: 131072 });
  });

  it('put the PCI hole where they are told', () => {
    const [, dma32, normal] = bootZones(machine(8192, { pciHoleStart: 2048 * MIB }));
    expect(dma32!.present).toBe(524288 - 4096 - 38);
    expect(normal!.present).toBe(6 * 262144);
  });

  it('know the managed pages of the moments at which the kernel read them', () => {
    const image = BOOT_IMAGES['4.17']!;
    const [dma, dma32] = bootZones(machine(128, { image }));
    expect(dma).toMatchObject({ managed: 3977, bootManaged: 3977, pcpManaged: 3977 });
    expect(dma32).toMatchObject({ managed: 26107, bootManaged: 24037, pcpManaged: 24034 });
    const freed = bootZones(machine(128, { image, bootFreedKbytes: 4096 }))[1]!;
    expect(freed.managed - freed.bootManaged).toBe(1024);
    const initrd = bootZones(machine(128, { image, initrdKbytes: 0 }))[1]!;
    expect(initrd.managed - initrd.bootManaged).toBe(1171);
  });

  it('give every CPU its share of per-CPU memory', () => {
    const managed = (cpus: number) => bootZones(machine(128, { cpus }))[1]!.managed;
    expect(managed(1) - managed(4)).toBe(3 * 49);
  });

  it('refuse what does not hold the kernel, and what is no whole page', () => {
    expect(() => bootZones(machine(24))).toThrow('24 MiB of memory do not hold the kernel');
    expect(() => bootZones(machine(0))).toThrow('whole 4 KiB pages');
    expect(() => bootZones(machine(128.001))).toThrow('whole 4 KiB pages');
    expect(() => bootZones(machine(Number.NaN))).toThrow('whole 4 KiB pages');
    expect(() => bootZones(machine(2 ** 27))).toThrow('at most 64 TiB');
  });

  it('hold together for any size: managed ≤ present ≤ spanned, boot below now', () => {
    for (let mib = 64; mib < 2 ** 24; mib = Math.floor(mib * 1.37) + 1) {
      for (const zone of bootZones(machine(mib))) {
        expect(zone.pcpManaged).toBeLessThanOrEqual(zone.bootManaged);
        expect(zone.bootManaged).toBeLessThanOrEqual(zone.managed);
        expect(zone.managed).toBeLessThan(zone.present);
        expect(zone.present).toBeLessThanOrEqual(zone.spanned);
      }
    }
  });
});

describe('what boot keeps', () => {
  it('is 512 pages of memmap for each section of 128 MiB that holds memory', () => {
    expect(memmapPages([{ start: 0, end: 32768 }])).toBe(512);
    expect(memmapPages([{ start: 0, end: 32769 }])).toBe(1024);
    const split = [
      { start: 0, end: 786394 },
      { start: 1048576, end: 1310720 },
    ];
    expect(memmapPages(split)).toBe((24 + 8) * 512);
    expect(memmapPages([{ start: 0, end: 32768 * 129 }])).toBe(129 * 512 + 1);
  });

  it.each([
    [15834, 16, 8],
    [32099, 32, 16],
    [64355, 64, 32],
    [257754, 256, 128],
    [515802, 512, 256],
    [2064090, 2048, 1024],
  ])('is hash tables by the size: %i pages, dentries %i, inodes %i', (pages, dentry, inode) => {
    expect(hashTablePages(pages, 13)).toBe(dentry);
    expect(hashTablePages(pages, 14)).toBe(inode);
  });

  it('is hash tables that grow slower above 64 GiB', () => {
    expect(hashTablePages(2 ** 24, 13)).toBe(2 ** 14);
    expect(hashTablePages(2 ** 25, 13)).toBe(2 ** 14);
    expect(hashTablePages(2 ** 26, 13)).toBe(2 ** 15);
  });
});
