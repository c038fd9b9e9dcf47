import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { WrittenFlag } from '../../model/mm/new-gfp-flag.ts';
import { flagOf, textOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';

const FORM = 'NAME=BIT, such as NOFAULTINJECT=0x4000000, then :bits-shift or :reclaim-mask or both';

/** `--flag NAME=BIT[:told[,told]]`: a new gfp flag, and which of the two places know it. */
export function newFlagOption(args: Arguments): WrittenFlag | undefined {
  const text = textOf(args, 'flag');
  if (text === undefined) return undefined;
  const parts = /^\s*([^=:]+?)\s*=\s*([^:]+?)\s*(?::(.*))?$/.exec(text);
  if (parts === null) throw fault(text);
  const told = (parts[3] ?? '').split(',').map((word) => word.trim());
  const places = told.filter((word) => word !== '');
  if (places.some((word) => word !== 'bits-shift' && word !== 'reclaim-mask')) throw fault(text);
  return {
    name: parts[1]!,
    value: parts[2]!,
    bitsShiftRaised: places.includes('bits-shift'),
    inReclaimMask: places.includes('reclaim-mask'),
  };
}

/** The kernel as the command line builds it: with lockdep, with a new flag, or as it is. */
export async function builtKernel(stock: KernelProfile, args: Arguments): Promise<KernelProfile> {
  let kernel = stock;
  if (flagOf(args, 'lockdep')) {
    const { withLockdep } = await import('../../model/mm/with-lockdep.ts');
    kernel = withLockdep(stock);
  }
  const flag = newFlagOption(args);
  if (flag === undefined) return kernel;
  const { withNewFlag } = await import('../../model/mm/new-gfp-flag.ts');
  return withNewFlag(kernel, flag);
}

function fault(text: string): UserError {
  return new UserError(`--flag '${text.slice(0, 60)}' is not a new flag`, { expected: FORM });
}
