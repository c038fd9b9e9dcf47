import { UserError } from '../../base/user-error.ts';
import { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, type ZoneName } from '../machine-config.ts';
import { BOUNCE_PAGES, type BootImage, hashTablePages, memmapPages } from './boot-image.ts';

// Models: zone boundaries of x86-64 (free_area_init), the memory map of a QEMU "pc" machine,
// and the growth of managed pages while it boots.
// Departs: one node; no movablecore, hot-plug or memory holes but the legacy and the PCI one.
//
//   pfn 0   1        4096              top of low memory     2^20                    max
//   ├───────┼─ DMA ───┼──── DMA32 ──────┤firmware┤  PCI hole  ├──────── Normal ────────┤
//           640 KiB–1 MiB missing

/** Pages of the firmware's tables at the top of low memory. */
const FIRMWARE_TOP_PAGES = 38;
const DMA_END = 4096;
const DMA32_END = 1048576;
/** Pages from pfn 1, and of them what the firmware's map gives: 640 KiB to 1 MiB is missing. */
const DMA_SPANNED = 4095;
const DMA_PRESENT = 3998;

/** The most that x86-64 maps directly with four levels of page tables. */
const MAX_BYTES = 2 ** 46;

const PAGE_BYTES = 4096;
const PAGES_PER_MIB = 256;

/** QEMU's pc machine keeps memory up to 3.5 GiB in one piece, and splits more at 3 GiB. */
const ONE_PIECE_BELOW = 3584 * PAGES_PER_MIB;
const SPLIT_AT = 3072 * PAGES_PER_MIB;

export interface BootMachine {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly image: BootImage;
  /** Where low memory ends at the latest, bytes; QEMU's rule unless told. */
  readonly pciHoleStart?: number;
  readonly initrdKbytes?: number;
  /** Everything that comes free after the watermarks are set, kB; instead of image + initrd. */
  readonly bootFreedKbytes?: number;
}

/** A zone, and its managed pages at the three moments at which the kernel reads them. */
export interface BootZone {
  readonly name: ZoneName;
  readonly index: number;
  readonly startPfn: number;
  readonly spanned: number;
  readonly present: number;
  /** After boot: what zoneinfo shows, and what a sysctl write computes with. */
  readonly managed: number;
  /** When the watermarks are first set. */
  readonly bootManaged: number;
  /** When the per-CPU lists are first set up. */
  readonly pcpManaged: number;
}

/** Splits a RAM size into zones. */
export function bootZones(machine: BootMachine): BootZone[] {
  const { image } = machine;
  refuseSize(machine.memoryBytes);
  const { low, high } = splitMemory(machine);
  const dma32 = {
    name: 'DMA32' as const,
    index: ZONE_DMA32,
    startPfn: DMA_END,
    spanned: (high > 0 ? DMA32_END : low) - DMA_END,
    present: low - DMA_END,
  };
  const normal = {
    name: 'Normal' as const,
    index: ZONE_NORMAL,
    startPfn: DMA32_END,
    spanned: high,
    present: high,
  };
  const top = memmapPages(ranges(low, high)) + earlyTopPages(machine, dma32, normal);
  const topInNormal = Math.min(top, high);
  const bounce = high > 0 ? BOUNCE_PAGES + image.bounceLowPages : 0;
  const managedLow = dma32.present - image.imagePages - bounce - (top - topInNormal);
  const bootLow = managedLow - freedPages(machine);
  const pcpLow = bootLow - image.alternativesPages;
  if (pcpLow <= 0) throw tooSmall(machine, pcpLow);
  const zones: BootZone[] = [
    dmaZone(image),
    { ...dma32, managed: managedLow, bootManaged: bootLow, pcpManaged: pcpLow },
  ];
  if (high > 0) zones.push({ ...normal, ...always(high - topInNormal) });
  return zones;
}

function refuseSize(memoryBytes: number): void {
  if (Number.isInteger(memoryBytes / PAGE_BYTES) && memoryBytes > 0 && memoryBytes <= MAX_BYTES) {
    return;
  }
  throw new UserError(`${memoryBytes} bytes of memory`, {
    expected: 'whole 4 KiB pages, at most 64 TiB',
  });
}

function dmaZone(image: BootImage): BootZone {
  const spanned = DMA_SPANNED;
  const zone = {
    name: 'DMA' as const,
    index: ZONE_DMA,
    startPfn: 1,
    spanned,
    present: DMA_PRESENT,
  };
  return { ...zone, ...always(DMA_PRESENT - image.dmaPages) };
}

function always(managed: number) {
  return { managed, bootManaged: managed, pcpManaged: managed };
}

/** Pages below the PCI hole without the firmware's own, and pages above 4 GiB. */
function splitMemory(machine: BootMachine): { low: number; high: number } {
  const pages = Math.floor(machine.memoryBytes / PAGE_BYTES);
  const hole =
    machine.pciHoleStart === undefined
      ? pages < ONE_PIECE_BELOW
        ? ONE_PIECE_BELOW
        : SPLIT_AT
      : Math.min(DMA32_END, Math.floor(machine.pciHoleStart / PAGE_BYTES));
  const below = Math.min(pages, hole);
  return { low: below - FIRMWARE_TOP_PAGES, high: pages - below };
}

function ranges(low: number, high: number): { start: number; end: number }[] {
  const below = { start: 0, end: low };
  return high > 0 ? [below, { start: DMA32_END, end: DMA32_END + high }] : [below];
}

/** Hash tables, per-CPU variables and the like: taken from the top of the highest zone. */
function earlyTopPages(
  machine: BootMachine,
  dma32: { spanned: number; present: number },
  normal: { spanned: number; present: number },
): number {
  const { image } = machine;
  const kernelPages =
    DMA_PRESENT -
    countedMemmap({ spanned: DMA_SPANNED, present: DMA_PRESENT }) -
    image.dmaPages +
    (dma32.present - countedMemmap(dma32)) +
    (normal.present - countedMemmap(normal));
  let pages = image.topPages + image.perCpuPages * machine.cpus;
  for (const scale of image.hashScales) pages += hashTablePages(kernelPages, scale);
  return normal.present > 0 ? pages + image.bounceTopPages : pages;
}

/** The memmap share that the kernel counts against a zone: by present pages if it has big holes. */
function countedMemmap(zone: { spanned: number; present: number }): number {
  const sparse = zone.spanned > zone.present + Math.floor(zone.present / 16);
  return Math.ceil(((sparse ? zone.present : zone.spanned) * 64) / PAGE_BYTES);
}

function freedPages(machine: BootMachine): number {
  const { image, bootFreedKbytes, initrdKbytes } = machine;
  if (bootFreedKbytes !== undefined) return Math.floor(bootFreedKbytes / 4);
  const initrd = initrdKbytes === undefined ? image.initrdPages : Math.ceil(initrdKbytes / 4);
  return image.initPages + initrd;
}

function tooSmall(machine: BootMachine, pages: number): UserError {
  const least = Math.ceil((machine.memoryBytes / PAGE_BYTES - pages + 1) / PAGES_PER_MIB);
  return new UserError(
    `${machine.memoryBytes / (PAGE_BYTES * PAGES_PER_MIB)} MiB of memory do not hold the kernel`,
    { expected: `about ${least} MiB or more` },
  );
}
