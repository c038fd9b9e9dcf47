import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import { withNewFlag } from '../model/mm/new-gfp-flag.ts';
import { withLockdep } from '../model/mm/with-lockdep.ts';
import type { Catalogs } from './catalogs.ts';
import type { Scenario } from './scenario.ts';

/** The scenario's kernel as it is built there, with the new flag that the scenario adds to it. */
export function kernelOf(
  scenario: Pick<Scenario, 'kernel' | 'flags' | 'machine'>,
  catalogs: Catalogs,
): KernelProfile {
  const stock = catalogs.kernels.get(scenario.kernel);
  const kernel = scenario.machine.lockdep === true ? withLockdep(stock) : stock;
  const [first, second] = Object.entries(scenario.flags);
  if (first === undefined) return kernel;
  if (second !== undefined) {
    throw new UserError(`two new flags, '${first[0]}' and '${second[0]}'`, { expected: 'one' });
  }
  const [name, written] = first;
  const flag = typeof written === 'object' ? written : { value: written };
  return withNewFlag(kernel, {
    name,
    value: flag.value,
    bitsShiftRaised: flag['bits-shift-raised'] ?? false,
    inReclaimMask: flag['in-reclaim-mask'] ?? false,
  });
}
