import { suggestion } from '../base/suggest.ts';
import { parseBytes } from '../base/units.ts';
import { UserError } from '../base/user-error.ts';
import { ZONE_NAMES, type ZoneName } from '../model/machine-config.ts';
import type { MachineSettings, ZoneByHand } from './import/machine-settings.ts';
import { SYSCTL_NAMES, type VmSysctls } from './import/sysctl-file.ts';

/** What `--set name=value` of `gfpsim machine` accepts, and what each means. */
export const MACHINE_SETTING_NAMES: Readonly<Record<string, string>> = {
  min_free_kbytes: 'run-time write of vm.min_free_kbytes, kB',
  watermark_scale_factor: 'run-time write of vm.watermark_scale_factor, 1/10000',
  watermark_boost_factor: 'vm.watermark_boost_factor, 1/10000 (6.x)',
  percpu_pagelist_fraction: 'run-time write of vm.percpu_pagelist_fraction (4.17)',
  percpu_pagelist_high_fraction: 'run-time write of vm.percpu_pagelist_high_fraction (6.x)',
  lowmem_reserve_ratio: 'run-time write of vm.lowmem_reserve_ratio: DMA,DMA32,Normal,Movable',
  cpus: 'CPUs online',
  pci_hole_start: 'where low memory ends at the latest, such as 3GiB',
  transparent_hugepage: 'always or madvise raise min_free_kbytes, at boot or of a snapshot; never',
  initrd_kb: 'size of the initrd that is freed after boot, kB',
  boot_freed_kb: 'all that is freed after boot has computed the watermarks, kB',
  'ZONE.managed': 'managed pages of a zone, such as DMA32.managed=26107',
  'ZONE.boot_managed': 'its managed pages when boot computed the watermarks',
  'ZONE.present': 'its present pages',
  'ZONE.spanned': 'its spanned pages',
  'ZONE.start_pfn': 'its first page frame',
};

/** The kernel keeps these sysctls in an int. */
const INT_MAX = 2 ** 31 - 1;

const ZONE_FIELDS: Readonly<Record<string, keyof ZoneByHand>> = {
  managed: 'managed',
  boot_managed: 'bootManaged',
  present: 'present',
  spanned: 'spanned',
  start_pfn: 'startPfn',
};

/** Reads `name=value` settings, in any order; the last of two with one name counts. */
export function parseMachineSettings(settings: readonly string[]): MachineSettings {
  let result: MachineSettings = {};
  for (const setting of settings) {
    const equals = setting.indexOf('=');
    if (equals < 1) {
      throw new UserError(`'${setting.slice(0, 60)}' is no setting`, { expected: 'NAME=VALUE' });
    }
    const name = setting.slice(0, equals).trim().replace(/^vm\./, '').replace(/-/g, '_');
    result = withSetting(result, name, setting.slice(equals + 1).trim());
  }
  return result;
}

function withSetting(settings: MachineSettings, name: string, value: string): MachineSettings {
  const sysctl = SYSCTL_NAMES.find((known) => known === name);
  if (sysctl !== undefined) return withSysctl(settings, sysctl, value);
  const dot = name.indexOf('.');
  if (dot > 0) return withZone(settings, name.slice(0, dot), name.slice(dot + 1), value);
  switch (name) {
    case 'cpus':
      return { ...settings, cpus: count(name, value, 1, 4096) };
    case 'pci_hole_start':
      return { ...settings, pciHoleStart: parseBytes(value) };
    case 'transparent_hugepage':
      return { ...settings, transparentHugepages: hugePages(value) };
    case 'initrd_kb':
      return { ...settings, initrdKbytes: count(name, value, 0, 2 ** 31) };
    case 'boot_freed_kb':
      return { ...settings, bootFreedKbytes: count(name, value, 0, 2 ** 31) };
    default:
      throw new UserError(`unknown setting '${name}'`, {
        hint: suggestion(name, Object.keys(MACHINE_SETTING_NAMES)),
      });
  }
}

function withSysctl(
  settings: MachineSettings,
  name: keyof VmSysctls,
  value: string,
): MachineSettings {
  if (name !== 'lowmem_reserve_ratio') {
    return { ...settings, sysctl: { ...settings.sysctl, [name]: count(name, value, 0, INT_MAX) } };
  }
  const ratios = value.split(/[\s,]+/).filter((word) => word !== '');
  if (ratios.length === 0 || ratios.length > 5) {
    throw new UserError(`${name} has ${ratios.length} values`, {
      expected: 'one to five, such as 256,256,32,0',
    });
  }
  const numbers = ratios.map((ratio) => count(name, ratio, 0, INT_MAX));
  return { ...settings, sysctl: { ...settings.sysctl, [name]: numbers } };
}

function withZone(
  settings: MachineSettings,
  zoneWord: string,
  fieldWord: string,
  value: string,
): MachineSettings {
  const zone = ZONE_NAMES.find((known) => known.toLowerCase() === zoneWord.toLowerCase());
  if (zone === undefined) {
    throw new UserError(`unknown zone '${zoneWord}'`, { hint: suggestion(zoneWord, ZONE_NAMES) });
  }
  const field = ZONE_FIELDS[fieldWord];
  if (field === undefined) {
    throw new UserError(`unknown setting '${zone}.${fieldWord}'`, {
      hint: suggestion(fieldWord, Object.keys(ZONE_FIELDS)),
    });
  }
  const known: Partial<Record<ZoneName, ZoneByHand>> = settings.zones ?? {};
  const pages = { ...known[zone], [field]: count(`${zone}.${fieldWord}`, value) };
  return { ...settings, zones: { ...known, [zone]: pages } };
}

function hugePages(value: string): boolean {
  if (value === 'always' || value === 'madvise') return true;
  if (value === 'never') return false;
  throw new UserError(`transparent_hugepage is '${value.slice(0, 40)}'`, {
    expected: 'always, madvise or never',
  });
}

function count(name: string, value: string, min = 0, max = 2 ** 46): number {
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UserError(`${name} is '${value.slice(0, 40)}'`, {
    expected: `a whole number from ${min} to ${max}`,
  });
}
