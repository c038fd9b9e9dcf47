import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { ZONE_NORMAL } from '../machine-config.ts';
import { gfpZoneIndex } from '../mm/gfp.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { OOM_KILL, type VmStat } from '../vmstat.ts';

/** What the OOM step answers a request that found no page at the high mark. */
export const OOM_NO_PROGRESS = 0;
/** Pretends progress without a kill. */
export const OOM_PROGRESS = 1;
/** A process would have to die. */
export const OOM_KILLS = 2;
/** The asking task is dying already: progress, and nobody else is killed. */
export const OOM_VICTIM_WAITS = 3;

const COSTLY_ORDER = 3;

/**
 * Whether the OOM killer is asked, and what it does.
 *
 * Models: mm/page_alloc.c __alloc_pages_may_oom's conditions, mm/oom_kill.c out_of_memory's first
 * tests (4.17, 6.1, 6.12). Departs: no user process exists yet, so that a kill frees nothing; the
 * machine decides what it means (a real kernel without a killable process panics).
 */
export class OutOfMemory {
  readonly #kernel: KernelProfile;
  readonly #vmstat: VmStat;

  constructor(kernel: KernelProfile, vmstat: VmStat) {
    this.#kernel = kernel;
    this.#vmstat = vmstat;
  }

  ask(order: number, gfp: Gfp, context: TaskContext): number {
    const { bits } = this.#kernel.gfp;
    if (order > COSTLY_ORDER) return OOM_NO_PROGRESS;
    if ((gfp & (bits.RETRY_MAYFAIL | bits.THISNODE)) !== 0) return OOM_NO_PROGRESS;
    if (gfpZoneIndex(gfp, this.#kernel) < ZONE_NORMAL) return OOM_NO_PROGRESS;
    if ((gfp & bits.FS) === 0) return OOM_PROGRESS;
    if (context.oomVictim) return OOM_VICTIM_WAITS;
    this.#vmstat.add(OOM_KILL, 1);
    return OOM_KILLS;
  }
}

/** For decision logs. */
export function oomText(answer: number): string {
  switch (answer) {
    case OOM_NO_PROGRESS:
      return 'the OOM killer does not act for this request';
    case OOM_PROGRESS:
      return 'without __GFP_FS it pretends progress and kills nobody';
    case OOM_KILLS:
      return 'the OOM killer kills a process';
    default:
      return 'an earlier victim is still dying: nobody else is killed';
  }
}
