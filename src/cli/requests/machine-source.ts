import { parseBytes } from '../../base/units.ts';
import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { ProcfsSnapshot } from '../../scenario/import/procfs-snapshot.ts';
import { likelyKernel } from '../../scenario/import/snapshot-facts.ts';
import { readKernelLog, readSnapshot } from '../../scenario/load-snapshot.ts';
import { textOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { NodeFiles } from '../files/node-files.ts';
import { loadKernels } from '../load-catalogs.ts';

/** --cpus N as the setting cpus=N. */
export function cpusSetting(args: Arguments): string[] {
  const cpus = textOf(args, 'cpus');
  return cpus === undefined ? [] : [`cpus=${cpus}`];
}

/** The kernel of the discussion that this program is about. */
export const DEFAULT_KERNEL = '4.17';

/** Where a machine on the command line comes from. */
export interface MachineSource {
  readonly kernel: KernelProfile;
  readonly memoryBytes?: number;
  readonly snapshot?: ProcfsSnapshot;
}

/** Where the options say that a machine comes from; one of them at most. */
export interface MachineOptions {
  readonly memory: string | undefined;
  readonly procfs: string | undefined;
  readonly dmesg: string | undefined;
}

export function machineOptions(args: Arguments): MachineOptions {
  const [memory, procfs, dmesg] = ['memory', 'procfs', 'dmesg'].map((name) => textOf(args, name));
  return { memory, procfs, dmesg };
}

/**
 * A RAM size, a snapshot or a kernel log, one of them. Without --kernel the fields of a
 * snapshot, or the release in a log, say which profile is the nearest.
 */
export async function machineSource(
  from: MachineOptions,
  kernelName: string | undefined,
  zonesByHand: boolean,
): Promise<MachineSource> {
  refuseSeveral(from);
  const kernels = await loadKernels();
  const snapshot = snapshotOf(from);
  if (snapshot !== undefined) {
    return { kernel: kernels.get(kernelName ?? likelyKernel(snapshot)), snapshot };
  }
  const { memory } = from;
  if (memory === undefined && !zonesByHand) {
    throw new UserError('no machine is given', {
      expected: 'a RAM size such as 128MiB, --procfs DIR|FILE or --dmesg FILE',
    });
  }
  const kernel = kernels.get(kernelName ?? DEFAULT_KERNEL);
  return memory === undefined ? { kernel } : { kernel, memoryBytes: parseBytes(memory) };
}

function refuseSeveral({ memory, procfs, dmesg }: MachineOptions): void {
  const given = [
    memory === undefined ? '' : 'a RAM size',
    procfs === undefined ? '' : '--procfs',
    dmesg === undefined ? '' : '--dmesg',
  ].filter((option) => option !== '');
  if (given.length < 2) return;
  throw new UserError(`${given.join(' and ')} are given together`, { expected: 'one of them' });
}

function snapshotOf({ procfs, dmesg }: MachineOptions): ProcfsSnapshot | undefined {
  const files = new NodeFiles();
  if (dmesg !== undefined) return readKernelLog(dmesg, files);
  return readSnapshot(procfs, { file: '--procfs' }, files);
}
