import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { ZONE_NAMES, type ZoneName } from '../../model/machine-config.ts';
import { BOOT_IMAGES } from '../../model/mm/boot-image.ts';
import { type BootZone, bootZones } from '../../model/mm/boot-zones.ts';
import { bootMinFreeKbytes, zoneReserves } from '../../model/mm/zone-reserves.ts';
import {
  checkSysctls,
  type MachineSettings,
  pcpFractionOf,
  type ZoneByHand,
} from './machine-settings.ts';
import { HUGE_PAGE_ORDER } from './pageblock-order.ts';
import type { ResolvedMachine } from './resolved-machine.ts';
import type { VmSysctls } from './sysctl-file.ts';

/** Zone borders of x86-64, pfn. */
export const ZONE_STARTS: Readonly<Record<ZoneName, number>> = {
  DMA: 1,
  DMA32: 4096,
  Normal: 1048576,
  Movable: 1048576,
};
const ZONE_ENDS: Readonly<Record<ZoneName, number>> = {
  DMA: 4096,
  DMA32: 1048576,
  Normal: 2 ** 36,
  Movable: 2 ** 36,
};

/**
 * A machine from its RAM size, from page counts given by hand, or from both. Without a
 * sysctl write its values are those of boot, computed from the pages managed at that moment.
 */
export function memoryMachine(
  memoryBytes: number | undefined,
  settings: MachineSettings,
  kernel: KernelProfile,
): ResolvedMachine {
  const sysctls = settings.sysctl ?? {};
  checkSysctls(sysctls, kernel);
  const cpus = settings.cpus ?? 1;
  const zones = withHandZones(
    memoryBytes === undefined ? [] : sizedZones(memoryBytes, settings, kernel),
    settings.zones ?? {},
  );
  const hugePages = settings.transparentHugepages === true;
  const pageblockOrder = hugePages ? HUGE_PAGE_ORDER : kernel.maxOrder;
  const boot = zones.map((zone) => ({ name: zone.name, managed: zone.bootManaged }));
  const minFreeKbytes =
    sysctls.min_free_kbytes ??
    bootMinFreeKbytes(boot, kernel, hugePages ? { pageblockOrder } : undefined);
  const watermarkScaleFactor = sysctls.watermark_scale_factor ?? kernel.watermarkScaleFactor;
  const reserves = zoneReserves(
    zones.map((zone) => ({ name: zone.name, node: 0, cpus })),
    pagesByWrites(zones, sysctls, kernel),
    {
      minFreeKbytes,
      watermarkScaleFactor,
      lowmemReserveRatio: sysctls.lowmem_reserve_ratio ?? kernel.lowmemReserveRatio,
      pcpFraction: pcpFractionOf(sysctls) ?? 0,
    },
    kernel,
  );
  return {
    kernel,
    cpus,
    nodes: [0],
    pageblockOrder,
    minFreeKbytes,
    watermarkScaleFactor,
    watermarkBoostFactor: sysctls.watermark_boost_factor ?? kernel.rules.watermarkBoostFactor,
    zones: zones.map((zone, index) => ({
      node: 0,
      name: zone.name,
      startPfn: zone.startPfn,
      spanned: zone.spanned,
      present: zone.present,
      managed: zone.managed,
      boost: 0,
      free: { pages: zone.managed, pcp: new Array<number>(cpus).fill(0) },
      ...reserves[index]!,
    })),
    notes: memoryNotes(memoryBytes, sysctls, kernel),
  };
}

/** Which sysctls a user wrote, by the kind of value that each renews. */
export function writtenKinds(sysctls: VmSysctls, kernel: KernelProfile) {
  const { min_free_kbytes: minFree, watermark_scale_factor: scale } = sysctls;
  const watermarks = minFree !== undefined || scale !== undefined;
  const fraction = pcpFractionOf(sysctls);
  return {
    watermarks,
    lowmemReserve: watermarks || sysctls.lowmem_reserve_ratio !== undefined,
    pcp:
      (watermarks && kernel.rules.pcpFollowsWatermarks) ||
      (fraction !== undefined && (fraction !== 0 || kernel.rules.pcpFollowsWatermarks)),
  };
}

function pagesByWrites(zones: readonly BootZone[], sysctls: VmSysctls, kernel: KernelProfile) {
  const written = writtenKinds(sysctls, kernel);
  const now = zones.map((zone) => zone.managed);
  const boot = zones.map((zone) => zone.bootManaged);
  const pcpBoot = kernel.rules.pcpFollowsWatermarks ? boot : zones.map((zone) => zone.pcpManaged);
  return {
    watermarks: written.watermarks ? now : boot,
    lowmemReserve: written.lowmemReserve ? now : boot,
    pcp: written.pcp ? now : pcpBoot,
  };
}

function sizedZones(
  memoryBytes: number,
  settings: MachineSettings,
  kernel: KernelProfile,
): BootZone[] {
  const image = BOOT_IMAGES[kernel.name];
  if (image === undefined) {
    throw new UserError(`no boot image is known for kernel ${kernel.name}`, {
      expected: Object.keys(BOOT_IMAGES).join(', '),
    });
  }
  const { pciHoleStart, initrdKbytes, bootFreedKbytes } = settings;
  return bootZones({
    memoryBytes,
    cpus: settings.cpus ?? 1,
    image,
    ...(pciHoleStart === undefined ? {} : { pciHoleStart }),
    ...(initrdKbytes === undefined ? {} : { initrdKbytes }),
    ...(bootFreedKbytes === undefined ? {} : { bootFreedKbytes }),
  });
}

/** Replaces what was given by hand; a zone that the split does not have is added. */
function withHandZones(
  zones: readonly BootZone[],
  byHand: Readonly<Partial<Record<ZoneName, ZoneByHand>>>,
): BootZone[] {
  const result: BootZone[] = [];
  ZONE_NAMES.forEach((name, index) => {
    const split = zones.find((zone) => zone.name === name);
    const given = byHand[name];
    const below = result.at(-1);
    const end = below === undefined ? 0 : below.startPfn + below.spanned;
    const startPfn = split?.startPfn ?? Math.max(ZONE_STARTS[name], name === 'Movable' ? end : 0);
    if (given !== undefined) result.push(handZone({ name, index, startPfn }, given, split));
    else if (split !== undefined) result.push(split);
  });
  if (result.length === 0) {
    throw new UserError('a machine without memory', { expected: 'a RAM size or zones' });
  }
  refuseOverlap(result);
  return result;
}

function handZone(
  usual: { readonly name: ZoneName; readonly index: number; readonly startPfn: number },
  given: ZoneByHand,
  split: BootZone | undefined,
): BootZone {
  const { name, index } = usual;
  const managed = given.managed ?? split?.managed ?? given.present ?? 0;
  const present = given.present ?? Math.max(managed, split?.present ?? 0);
  const spanned = given.spanned ?? Math.max(present, split?.spanned ?? 0);
  const startPfn = given.startPfn ?? usual.startPfn;
  const freed = split === undefined ? 0 : split.managed - split.bootManaged;
  const bootManaged = given.bootManaged ?? Math.max(0, managed - freed);
  const early = split === undefined ? 0 : split.bootManaged - split.pcpManaged;
  const pcpManaged = Math.max(0, bootManaged - early);
  const zone = { name, index, startPfn, spanned, present, managed, bootManaged, pcpManaged };
  refuseImpossible(zone);
  return zone;
}

function refuseImpossible(zone: BootZone): void {
  const { name, startPfn, spanned, present, managed, bootManaged } = zone;
  const fail = (found: string, expected: string) => {
    throw new UserError(`zone ${name} has ${found}`, { expected });
  };
  for (const [what, value] of Object.entries({
    startPfn,
    spanned,
    present,
    managed,
    bootManaged,
  })) {
    if (!Number.isInteger(value) || value < 0) fail(`${what} ${value}`, 'a whole number of pages');
  }
  if (present === 0) fail('no pages', 'present pages above 0');
  if (managed > present) fail(`managed ${managed} above present ${present}`, 'managed ≤ present');
  if (present > spanned) fail(`present ${present} above spanned ${spanned}`, 'present ≤ spanned');
  if (bootManaged > managed) {
    fail(`boot-managed ${bootManaged} above managed ${managed}`, 'boot-managed ≤ managed');
  }
  const end = ZONE_ENDS[name];
  if (startPfn + spanned > end) {
    fail(`frames ${startPfn} to ${startPfn + spanned}`, `no frame above ${end}`);
  }
}

function refuseOverlap(zones: readonly BootZone[]): void {
  for (let index = 1; index < zones.length; index++) {
    const [below, zone] = [zones[index - 1]!, zones[index]!];
    const end = below.startPfn + below.spanned;
    if (zone.startPfn >= end) continue;
    throw new UserError(`zone ${zone.name} starts at frame ${zone.startPfn}`, {
      expected: `a frame from ${end}, where ${below.name} ends`,
    });
  }
}

function memoryNotes(
  memoryBytes: number | undefined,
  sysctls: VmSysctls,
  kernel: KernelProfile,
): string[] {
  const notes: string[] = [];
  if (memoryBytes !== undefined) {
    const source = BOOT_IMAGES[kernel.name]?.source ?? '';
    notes.push(`Zones are split, and boot keeps pages, as on ${source}.`);
  }
  const written = writtenKinds(sysctls, kernel);
  if (!written.watermarks) {
    notes.push(
      'Watermarks are those of boot: computed before the initrd and init code were freed.',
    );
  }
  return notes;
}
