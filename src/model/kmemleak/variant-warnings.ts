import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { lockdepWarnings, maskWarnings } from '../mm/gfp-query-warnings.ts';
import { TaskContext } from '../sched/task-context.ts';
import { type KmemleakVariant, newFlagOf } from './variant.ts';

/** Where a metadata request is made. */
export type WarningContext = 'task' | 'reclaim' | 'atomic';

/** A warning that a variant's metadata may earn, and in which contexts. */
export interface VariantWarning {
  readonly id: string;
  readonly contexts: readonly WarningContext[];
}

const CONTEXTS: readonly WarningContext[] = ['task', 'reclaim', 'atomic'];

/**
 * The kernel's warnings that a proposal may set off for a caller: in a task, in one that
 * reclaims (PF_MEMALLOC), and where sleeping is not allowed.
 *
 * Models: W1 to W3, W6 of mm/page_alloc.c and L1 of lockdep, as MaskWarnings has them; the
 * metadata cache's last attempt has order 0, so that W4 and W5 are out of reach.
 * Departs: nothing is allocated; whether the slow path is entered at all is left open.
 */
export function variantWarnings(
  variant: KmemleakVariant,
  caller: Gfp,
  kernel: KernelProfile,
): VariantWarning[] {
  const found = new Map<string, WarningContext[]>();
  for (const where of CONTEXTS) {
    for (const id of warningsIn(where, variant, caller, kernel)) {
      found.set(id, [...(found.get(id) ?? []), where]);
    }
  }
  const ids = [...found.keys()].sort();
  return ids.map((id) => ({ id, contexts: found.get(id)! }));
}

function warningsIn(
  where: WarningContext,
  variant: KmemleakVariant,
  caller: Gfp,
  kernel: KernelProfile,
): Set<string> {
  const context = new TaskContext();
  context.memalloc = where === 'reclaim';
  context.interruptsOff = where === 'atomic';
  const asked = { atomic: where === 'atomic', faultInjection: true };
  const masks = variant.attempts(caller, asked, kernel);
  const setting = { order: 0, context, newFlag: newFlagOf(variant, kernel) };
  const warnings = masks.flatMap((mask) => [
    ...maskWarnings(mask, kernel, setting),
    ...lockdepWarnings(caller, mask, kernel),
  ]);
  return new Set(warnings.map(({ id }) => id).filter((id) => /^[WL]\d$/.test(id)));
}
