import { parseBytes } from '../base/units.ts';
import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { ProcfsSnapshot } from '../scenario/import/procfs-snapshot.ts';
import { likelyKernel } from '../scenario/import/snapshot-facts.ts';
import { readSnapshot } from '../scenario/load-snapshot.ts';
import { textOf } from './arguments.ts';
import type { Arguments } from './command.ts';
import { loadKernels } from './load-catalogs.ts';
import { NodeFiles } from './node-files.ts';

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

/**
 * A RAM size or a snapshot, not both. Without --kernel a snapshot's fields say which profile
 * wrote it.
 */
export async function machineSource(
  from: { readonly memory: string | undefined; readonly procfs: string | undefined },
  kernelName: string | undefined,
  zonesByHand: boolean,
): Promise<MachineSource> {
  const { memory, procfs } = from;
  if (memory !== undefined && procfs !== undefined) {
    throw new UserError('a RAM size and --procfs are both given', { expected: 'one of them' });
  }
  if (memory === undefined && procfs === undefined && !zonesByHand) {
    throw new UserError('no machine is given', {
      expected: 'a RAM size such as 128MiB, or --procfs DIR|FILE',
    });
  }
  const kernels = await loadKernels();
  if (procfs === undefined) {
    const kernel = kernels.get(kernelName ?? DEFAULT_KERNEL);
    return memory === undefined ? { kernel } : { kernel, memoryBytes: parseBytes(memory) };
  }
  const at = { file: '--procfs' };
  const snapshot = readSnapshot(procfs, at, new NodeFiles());
  if (snapshot === undefined) throw new UserError('--procfs names nothing');
  return { kernel: kernels.get(kernelName ?? likelyKernel(snapshot)), snapshot };
}
