import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import { withNewFlag } from '../model/mm/new-gfp-flag.ts';
import type { Catalogs } from './catalogs.ts';
import type { Scenario } from './scenario.ts';

/** The scenario's kernel, with the new flag that the scenario adds to it. */
export function kernelOf(
  scenario: Pick<Scenario, 'kernel' | 'flags'>,
  catalogs: Catalogs,
): KernelProfile {
  const kernel = catalogs.kernels.get(scenario.kernel);
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
