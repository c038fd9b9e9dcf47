import { UserError } from '../../base/user-error.ts';
import { parseMaskOption } from '../../model/kmemleak/mask-variant.ts';
import { listOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';

/** One `--mask id=EXPR`, in its parts and as it stands on the command line. */
export interface WrittenMask {
  readonly text: string;
  readonly id: string;
  readonly expression: string;
}

/** All of them; each needs an id of its own. */
export function writtenMasks(args: Arguments): WrittenMask[] {
  const masks = listOf(args, 'mask').map((text) => ({ text, ...parseMaskOption(text) }));
  const twice = masks.find(({ id }, i) => masks.findIndex((other) => other.id === id) < i);
  if (twice === undefined) return masks;
  throw new UserError(`--mask: two masks are called '${twice.id}'`, {
    expected: 'an id of its own for each',
  });
}
