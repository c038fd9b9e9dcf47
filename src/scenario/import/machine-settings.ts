import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { ZoneName } from '../../model/machine-config.ts';
import type { VmSysctls } from './sysctl-file.ts';

/** Page counts of a zone given by hand; what is left out stays or follows from the others. */
export interface ZoneByHand {
  readonly startPfn?: number;
  readonly spanned?: number;
  readonly present?: number;
  readonly managed?: number;
  /** Managed pages when boot computed the watermarks. */
  readonly bootManaged?: number;
}

/** What a user may say of a machine besides its size or its snapshot. */
export interface MachineSettings {
  /** Run-time writes under /proc/sys/vm. */
  readonly sysctl?: VmSysctls;
  readonly cpus?: number;
  readonly zones?: Readonly<Partial<Record<ZoneName, ZoneByHand>>>;
  /** Bytes at which low memory ends at the latest. */
  readonly pciHoleStart?: number;
  /** Transparent huge pages are switched on, at boot or in a snapshot's machine. */
  readonly transparentHugepages?: boolean;
  readonly initrdKbytes?: number;
  /** kB that became managed after boot had computed the watermarks. */
  readonly bootFreedKbytes?: number;
}

const INT_MAX = 2 ** 31 - 1;

/** 1/8 of a zone is the most that the per-CPU lists may hold. */
const MIN_FRACTION = 8;

/** Refuses sysctl values that the kernel would not accept, and sysctls it does not have. */
export function checkSysctls(sysctls: VmSysctls, kernel: KernelProfile): void {
  const { rules } = kernel;
  range('min_free_kbytes', sysctls.min_free_kbytes, 0, INT_MAX);
  const scaleMax = rules.watermarkScaleFactorMax;
  range('watermark_scale_factor', sysctls.watermark_scale_factor, 1, scaleMax);
  range('watermark_boost_factor', sysctls.watermark_boost_factor, 0, INT_MAX);
  for (const ratio of sysctls.lowmem_reserve_ratio ?? []) {
    range('lowmem_reserve_ratio', ratio, 0, INT_MAX);
  }
  const old = rules.pcpHigh === 'six-batches';
  const known = old ? 'percpu_pagelist_fraction' : 'percpu_pagelist_high_fraction';
  const unknown = old ? 'percpu_pagelist_high_fraction' : 'percpu_pagelist_fraction';
  if (sysctls[unknown] !== undefined) missing(unknown, kernel, `vm.${known}`);
  if (sysctls.watermark_boost_factor !== undefined && rules.watermarkBoostFactor === 0) {
    missing('watermark_boost_factor', kernel, 'a kernel with watermark boost');
  }
  if (sysctls[known] !== undefined && sysctls[known] !== 0) {
    range(known, sysctls[known], MIN_FRACTION, INT_MAX);
  }
}

/** Refuses what a user cannot say of a machine that a snapshot tells. */
export function checkSnapshotSettings(
  settings: MachineSettings,
  zones: readonly { readonly zone: string; readonly managed?: number; readonly present: number }[],
): void {
  const { pciHoleStart, initrdKbytes, transparentHugepages: hugePages } = settings;
  if (pciHoleStart !== undefined) notOfSnapshot('pci_hole_start');
  if (initrdKbytes !== undefined) notOfSnapshot('initrd_kb');
  if (hugePages === false) notOfSnapshot('transparent_hugepage=never');
  for (const [name, given] of Object.entries(settings.zones ?? {})) {
    const zone = zones.find((known) => known.zone === name);
    if (zone === undefined) {
      throw new UserError(`the snapshot has no zone ${name}`, {
        expected: zones.map((known) => known.zone).join(', '),
      });
    }
    if (given.present !== undefined) notOfSnapshot(`${name}.present`);
    if (given.spanned !== undefined) notOfSnapshot(`${name}.spanned`);
    if (given.startPfn !== undefined) notOfSnapshot(`${name}.start_pfn`);
    const managed = given.managed ?? zone.managed ?? zone.present;
    pagesAtMost(`${name}.managed`, managed, zone.present);
    pagesAtMost(`${name}.boot_managed`, given.bootManaged ?? 0, managed);
  }
}

export function pagesAtMost(name: string, pages: number, most: number): void {
  if (pages <= most) return;
  throw new UserError(`${name} is ${pages}`, { expected: `at most ${most} pages` });
}

function notOfSnapshot(name: string): never {
  throw new UserError(`${name} cannot change the machine of a snapshot`, {
    expected: 'sysctls, cpus, boot_freed_kb, ZONE.managed, ZONE.boot_managed',
  });
}

/** The sysctl of the per-CPU lists, by whatever name this kernel has it. */
export function pcpFractionOf(sysctls: VmSysctls): number | undefined {
  return sysctls.percpu_pagelist_high_fraction ?? sysctls.percpu_pagelist_fraction;
}

/** Refuses a value of vm.NAME outside of what the kernel takes. */
export function range(name: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw new UserError(`vm.${name} is ${value}`, {
    expected: `a whole number from ${min} to ${max}`,
  });
}

function missing(name: string, kernel: KernelProfile, expected: string): never {
  throw new UserError(`kernel ${kernel.name} has no vm.${name}`, { expected });
}
