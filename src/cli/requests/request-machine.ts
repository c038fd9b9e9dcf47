import { suggestion } from '../../base/suggest.ts';
import { parsePages } from '../../base/units.ts';
import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { ZONE_NAMES } from '../../model/machine-config.ts';
import { parseMachineSettings } from '../../scenario/machine-query-settings.ts';
import { type ResolvedMachine, resolveMachine } from '../../scenario/resolve-machine.ts';
import { listOf, pairsOf, textOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { builtKernel } from '../selection/built-kernel.ts';
import { cpusSetting, machineOptions, machineSource } from './machine-source.ts';

/** The machine that a single request meets, from the options of `decide`. */
export async function requestMachine(
  args: Arguments,
): Promise<{ kernel: KernelProfile; machine: ResolvedMachine }> {
  const settings = parseMachineSettings([...cpusSetting(args), ...listOf(args, 'set')]);
  const source = await machineSource(
    machineOptions(args),
    textOf(args, 'kernel'),
    settings.zones !== undefined,
  );
  const { snapshot, memoryBytes } = source;
  const kernel = await builtKernel(source.kernel, args);
  const pageCache = textOf(args, 'page-cache');
  const machine = resolveMachine(
    {
      settings,
      free: freeByZone(args),
      ...(memoryBytes === undefined ? {} : { memory: memoryBytes }),
      ...(pageCache === undefined ? {} : { cleanFilePages: parsePages(pageCache) }),
      ...(snapshot === undefined ? {} : { snapshot }),
    },
    kernel,
  );
  return { kernel, machine };
}

function freeByZone(args: Arguments): Record<string, number> {
  const free: Record<string, number> = {};
  for (const [zone, count] of pairsOf(args, 'free', 'ZONE=PAGES, such as DMA32=139')) {
    const known = ZONE_NAMES.find((name) => name.toLowerCase() === zone.toLowerCase());
    if (known === undefined) {
      throw new UserError(`--free: no zone '${zone.slice(0, 40)}'`, {
        hint: suggestion(zone, ZONE_NAMES),
      });
    }
    if (known in free) {
      throw new UserError(`--free gives ${known} twice`, { expected: 'a zone once' });
    }
    free[known] = parsePages(count);
  }
  return free;
}
