import type { SlabCacheState } from '../model/machine-config.ts';
import type { MachineSettings, ZoneByHand } from './import/machine-settings.ts';
import type { VmSysctls } from './import/sysctl-file.ts';
import type { MachineInput } from './resolve-machine.ts';
import type { Scenario } from './scenario.ts';
import type { MachineSection, SysctlSection, ZoneSection } from './schema-machine.ts';

/** A scenario's machine section in the words of the resolver: names change, nothing else. */
export function machineInput({ machine, snapshot, kmemleak }: Scenario): MachineInput {
  const { memory, free, pcp } = machine;
  const pageblockOrder = machine['pageblock-order'];
  const baseSmall = machine['base-small'];
  const cleanFilePages = machine['page-cache'];
  const slabs = slabStates(machine.slab);
  return {
    settings: machineSettings(machine),
    ...(memory === undefined ? {} : { memory }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(pageblockOrder === undefined ? {} : { pageblockOrder }),
    ...(baseSmall === undefined ? {} : { baseSmall }),
    ...(free === undefined ? {} : { free }),
    ...(pcp === undefined ? {} : { pcpPages: pcp }),
    ...(cleanFilePages === undefined ? {} : { cleanFilePages }),
    ...(slabs === undefined ? {} : { slabs }),
    ...(kmemleak.enabled === false ? { kmemleakOff: true } : {}),
  };
}

function machineSettings(machine: MachineSection): MachineSettings {
  const zones: Record<string, ZoneByHand> = {};
  for (const [name, counts] of Object.entries(machine.zones ?? {})) zones[name] = byHand(counts);
  return {
    ...(machine.sysctl === undefined ? {} : { sysctl: plainSysctls(machine.sysctl) }),
    ...(machine.cpus === undefined ? {} : { cpus: machine.cpus }),
    ...(machine.zones === undefined ? {} : { zones }),
    ...(machine['huge-pages'] === true ? { transparentHugepages: true } : {}),
  };
}

function slabStates(section: MachineSection['slab']): SlabCacheState[] | undefined {
  if (section === undefined) return undefined;
  if (section === 'none') return [];
  return Object.entries(section).map(([name, cache]) => ({
    name,
    objectSize: cache['object-size'],
    order: cache.order,
    objectsPerSlab: cache['objects-per-slab'],
    activeObjects: cache.active,
    slabs: cache.slabs,
    ...(cache['cpu-free'] === undefined ? {} : { cpuFreeObjects: cache['cpu-free'] }),
  }));
}

function byHand(counts: ZoneSection): ZoneByHand {
  const { managed, present, spanned } = counts;
  const startPfn = counts['start-pfn'];
  const bootManaged = counts['boot-managed'];
  return {
    ...(managed === undefined ? {} : { managed }),
    ...(present === undefined ? {} : { present }),
    ...(spanned === undefined ? {} : { spanned }),
    ...(startPfn === undefined ? {} : { startPfn }),
    ...(bootManaged === undefined ? {} : { bootManaged }),
  };
}

/** Sysctls of reclaim, which move no watermark. */
const OF_RECLAIM = new Set(['swappiness', 'dirty_ratio', 'dirty_background_ratio']);

/** Those of the watermarks and lists, without the keys that are not there. */
function plainSysctls(section: SysctlSection): VmSysctls {
  const given = Object.entries(section).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.filter(([name]) => !OF_RECLAIM.has(name)));
}
