import { UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { TaskSpec } from '../model/build-tasks.ts';
import type { KmemleakVariant } from '../model/kmemleak/variant.ts';
import { isBlockable } from '../model/mm/gfp.ts';

/**
 * Refuses variants whose callers wait for metadata beside a load whose callers say that they may
 * sleep where they must not: that kernel would schedule while atomic, and what follows from it is
 * no answer to any question.
 */
export function checkWaiting(
  variants: readonly KmemleakVariant[],
  tasks: readonly TaskSpec[],
  kernel: KernelProfile,
): void {
  const waiting = variants.find(({ onFailure }) => onFailure === 'wait');
  if (waiting === undefined) return;
  for (const { source } of tasks) {
    const isAtomic = source.interruptsOff || source.interrupt === true;
    for (const { name, gfp, underLock } of source.classes) {
      if (!(isAtomic || underLock === true) || !isBlockable(gfp, kernel)) continue;
      throw new UserError(
        `variant '${waiting.name}' waits for metadata, and these ${name} callers must not sleep`,
        { expected: 'callers that may sleep, or a mask that says they may not' },
      );
    }
  }
}
