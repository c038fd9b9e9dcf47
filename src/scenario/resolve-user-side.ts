import { PAGE_BYTES } from '../base/units.ts';
import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type {
  DiskConfig,
  IdleProcess,
  MachineConfig,
  ShrinkableConfig,
} from '../model/machine-config.ts';
import { DEFAULT_DIRTY_RATIOS } from '../model/reclaim/dirty-limits.ts';
import { range } from './import/machine-settings.ts';
import type {
  DiskSection,
  MachineSection,
  ProcessSection,
  ShrinkerSection,
} from './schema-machine.ts';

/** vm.swappiness of every kernel. */
const SWAPPINESS = 60;

export type UserSide = Required<
  Pick<MachineConfig, 'hz' | 'swappiness' | 'dirtyRatios' | 'disk' | 'processes' | 'shrinkers'>
> &
  Pick<MachineConfig, 'swap'>;

/** Processes, files and swap of a scenario's machine. */
export function resolveUserSide(machine: MachineSection, kernel: KernelProfile): UserSide {
  const { hz, disk, processes, shrinkers, sysctl } = machine;
  checkProcesses(processes);
  range('swappiness', sysctl?.swappiness, 0, kernel.rules.swappinessMax);
  return {
    hz,
    swappiness: sysctl?.swappiness ?? SWAPPINESS,
    dirtyRatios: {
      background: sysctl?.dirty_background_ratio ?? DEFAULT_DIRTY_RATIOS.background,
      limit: sysctl?.dirty_ratio ?? DEFAULT_DIRTY_RATIOS.limit,
    },
    disk: diskOf(disk),
    processes: processes.map(processOf),
    shrinkers: shrinkers.map(shrinkerOf),
    ...swapOf(machine),
  };
}

function swapOf({ swap, zram }: MachineSection): Pick<MachineConfig, 'swap'> {
  if (swap !== undefined) return { swap: { pages: pagesOf(swap.size), disk: diskOf(swap) } };
  if (zram === undefined) return {};
  const compressionRatio = zram['compression-ratio'];
  return { swap: { pages: pagesOf(zram.size), compressionRatio } };
}

function pagesOf(bytes: number): number {
  return Math.floor(bytes / PAGE_BYTES);
}

function diskOf(section: DiskSection): DiskConfig {
  return {
    latencyNs: section.latency,
    bytesPerSecond: section.bandwidth,
    queueDepth: section['queue-depth'],
  };
}

function processOf(section: ProcessSection): IdleProcess {
  const { name, resident, parent } = section;
  return {
    name,
    residentPages: resident,
    oomScoreAdj: section['oom-score-adj'],
    ...(parent === undefined ? {} : { parent }),
  };
}

function shrinkerOf(section: ShrinkerSection): ShrinkableConfig {
  const { name, objects, seeks, pinned } = section;
  return { name, objects, objectBytes: section['object-size'], seeks, pinnedPercent: pinned };
}

/** A parent stands before its children, as it was started before them. */
function checkProcesses(processes: readonly ProcessSection[]): void {
  const names = processes.map(({ name }) => name);
  processes.forEach(({ name, parent }, index) => {
    if (names.indexOf(name) !== index) throw new UserError(`the process '${name}' stands twice`);
    if (parent === undefined || names.slice(0, index).includes(parent)) return;
    throw new UserError(`the parent '${parent}' of process '${name}' does not stand before it`);
  });
}
