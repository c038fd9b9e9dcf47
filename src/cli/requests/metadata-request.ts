import { UserError } from '../../base/user-error.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { DecideContext, DecideMetadata, DecideWarning } from '../../model/decide-query.ts';
import { countOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { askedVariants } from '../selection/asked-variants.ts';

/** The request that a proposal makes for a caller's metadata. */
export interface MetadataRequest {
  readonly gfp: Gfp;
  readonly metadata: DecideMetadata;
  readonly notes: readonly DecideWarning[];
}

/** `--variant V --try N`: the request is V's N-th for the metadata of `caller`; null: not asked. */
export async function metadataRequest(
  args: Arguments,
  caller: Gfp,
  kernel: KernelProfile,
  standing: DecideContext,
): Promise<MetadataRequest | null> {
  const asked = countOf(args, 'try', 1);
  const [variant, second] = await askedVariants(args, kernel);
  if (variant === undefined) {
    if (asked === undefined) return null;
    throw new UserError('--try without a proposal', { expected: '--variant or --mask beside it' });
  }
  if (second !== undefined) {
    throw new UserError(`'${variant.name}' and '${second.name}' are asked about together`, {
      expected: 'one proposal; gfpsim gfp compares several',
    });
  }
  const [{ TaskContext }, { lockdepWarnings }, { hex }] = await Promise.all([
    import('../../model/sched/task-context.ts'),
    import('../../model/mm/gfp-query-warnings.ts'),
    import('../../model/mm/gfp.ts'),
  ]);
  const context = Object.assign(new TaskContext(), standing);
  const setting = { atomic: context.mustNotSleep, faultInjection: true };
  const masks = variant.attempts(caller, setting, kernel);
  const attempt = asked ?? 1;
  const gfp = masks[attempt - 1];
  if (gfp === undefined) {
    throw new UserError(`'${variant.name}' makes no try ${attempt} for this caller`, {
      expected: masks.length === 0 ? 'a proposal that allocates' : `1 to ${masks.length}`,
    });
  }
  const metadata = { variant: variant.name, caller: hex(caller), try: attempt, of: masks.length };
  const hasLockdep = kernel.gfp.bits.NOLOCKDEP !== 0;
  return { gfp, metadata, notes: hasLockdep ? lockdepWarnings(caller, gfp, kernel) : [] };
}
