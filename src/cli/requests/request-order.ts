import { UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { countOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';

/** Nobody asks for 4 TiB at once. */
const ORDER_ASKED_MAX = 30;

/** `--order` of a request that is to be followed: what is too large for the kernel fails there. */
export function orderAsked(args: Arguments): number {
  return orderUpTo(args, ORDER_ASKED_MAX, 'nobody asks for as much');
}

/** `--order` of a request that the kernel might serve. */
export function orderServed(args: Arguments, { name, maxOrder }: KernelProfile): number {
  return orderUpTo(args, maxOrder, `kernel ${name} refuses whatever is above ${maxOrder}`);
}

function orderUpTo(args: Arguments, most: number, why: string): number {
  const order = countOf(args, 'order', 0) ?? 0;
  if (order <= most) return order;
  throw new UserError(`--order ${order}: ${why}`, {
    expected: `a whole number from 0 to ${most}`,
  });
}
