import { UserError } from '../../base/user-error.ts';
import type { Gfp, KernelProfile, NewGfpFlag } from '../../kernel/kernel-profile.ts';
import { NUMBER } from './gfp-expression.ts';
import { GfpNames } from './gfp-names.ts';
import { hex } from './gfp-print.ts';

// A whole new gfp flag, as a proposal adds it to include/linux/gfp.h:
//
//   NOFAULTINJECT = 0x4000000      the bit has a name, and both fault capabilities look at it
//   + bits shift raised            else gfp_allowed_mask drops it in the slab hooks
//   + in the reclaim mask          else new_slab drops it before it asks for pages
//
// **Models:** what a patch has to touch for a new flag, 4.17 to 6.12. **Departs:** the only effect
// that a new flag can have here is to spare its request from injected faults.

/** A new flag as the user writes it. */
export interface WrittenFlag {
  readonly name: string;
  readonly value: string | number;
  readonly bitsShiftRaised: boolean;
  readonly inReclaimMask: boolean;
}

const NAME = /^(?:_{2,3}GFP_)?([A-Z][A-Z0-9_]{0,30})$/;

/** The kernel with this flag in its table. */
export function withNewFlag(kernel: KernelProfile, written: WrittenFlag): KernelProfile {
  const { bitsShiftRaised, inReclaimMask } = written;
  const name = `__GFP_${checkedName(written.name, kernel)}`;
  const value = checkedBit(written, kernel);
  const newFlag: NewGfpFlag = { name, value, bitsShiftRaised, inReclaimMask };
  const printOrder = [...kernel.gfp.printOrder, { name, value }];
  return { ...kernel, gfp: { ...kernel.gfp, printOrder }, newFlag };
}

function checkedName(written: string, kernel: KernelProfile): string {
  const bare = NAME.exec(written)?.[1];
  if (bare === undefined) {
    throw new UserError(`'${written.slice(0, 40)}' cannot name a gfp flag`, {
      expected: 'capital letters, digits and underscores, such as NOFAULTINJECT',
    });
  }
  if (new GfpNames(kernel).find(bare) === undefined) return bare;
  throw new UserError(`kernel ${kernel.name} has a flag '${bare}'`, { expected: 'a new name' });
}

function checkedBit({ value: written }: WrittenFlag, kernel: KernelProfile): Gfp {
  const text = String(written).trim();
  const value = Number(NUMBER.exec(text)?.[1] ?? Number.NaN);
  const expected = `one bit that is free, such as ${hex(firstFree(kernel))}`;
  const isBit = Number.isInteger(value) && value > 0 && value <= 2 ** 31;
  if (!isBit || (value & (value - 1)) !== 0) {
    throw new UserError(`'${text.slice(0, 40)}' is not one bit of a gfp mask`, { expected });
  }
  const owner = takenBy(value, kernel);
  if (owner === undefined) return value;
  throw new UserError(`${hex(value)} is ${owner} in kernel ${kernel.name}`, { expected });
}

function takenBy(value: Gfp, kernel: KernelProfile): string | undefined {
  if (value === kernel.gfp.lockdepBit) return '__GFP_NOLOCKDEP where lockdep is built in';
  const found = Object.entries(kernel.gfp.bits).find(([, bit]) => bit === value);
  return found === undefined ? undefined : `__GFP_${found[0]}`;
}

/** The bit above all others. */
function firstFree(kernel: KernelProfile): Gfp {
  return kernel.gfp.lockdepBit * 2;
}
