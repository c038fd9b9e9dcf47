import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import { countOf } from './arguments.ts';
import type { Arguments } from './command.ts';

/** `--order`, as all commands read it; a kernel has one answer to all that is above its largest. */
export function orderOf(args: Arguments, { name, maxOrder }: KernelProfile): number {
  const order = countOf(args, 'order', 0) ?? 0;
  if (order <= maxOrder) return order;
  throw new UserError(`--order ${order}: kernel ${name} refuses whatever is above ${maxOrder}`, {
    expected: `a whole number from 0 to ${maxOrder}`,
  });
}
