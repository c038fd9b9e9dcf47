import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { ZONE_NORMAL } from '../machine-config.ts';
import { gfpZoneIndex } from '../mm/gfp.ts';
import type { SlowPath } from '../page-source.ts';
import type { TaskContext } from '../sched/task-context.ts';
import { OOM_KILL, type VmStat } from '../vmstat.ts';
import { napFor, napKillably } from '../wait-queue.ts';
import { chooseVictim, NOBODY, sacrificed, UNFINISHED_VICTIM } from './oom-score.ts';
import type { Process } from './processes.ts';

/** What the OOM step answers a request that found no page at the high mark. */
export const OOM_NO_PROGRESS = 0;
/** A process was killed, or one is dying already, or the killer only pretends. */
export const OOM_PROGRESS = 1;
/** Nobody is left to be killed: a real kernel panics. */
export const OOM_PANIC = 2;

const COSTLY_ORDER = 3;

/** Who gives a victim's memory back when the victim cannot. */
export interface VictimQueue {
  queue(victim: Process): void;
}

export interface OomParts {
  readonly kernel: KernelProfile;
  readonly vmstat: VmStat;
  /** In the order in which they were started. */
  readonly processes: readonly Process[];
  readonly reaper: VictimQueue;
  /** RAM and swap, pages. */
  readonly totalPages: number;
  readonly jiffyNs: number;
  /** Writing the report, under the lock. */
  readonly reportNs: number;
}

/**
 * The OOM killer: when it is asked, whom it kills.
 *
 *   lock taken ─► one jiffy's sleep, "progress"
 *   a dying caller ─► its mark, "progress"      no __GFP_FS ─► "progress"
 *   worst process ─► (its worst child) ─► SIGKILL, mark, reaper ─► (one jiffy's sleep)
 *
 * Models: mm/page_alloc.c __alloc_pages_may_oom's conditions, mm/oom_kill.c out_of_memory,
 * oom_kill_process (4.17, 6.1, 6.12).
 * Departs: no notifiers, no panic_on_oom, no oom_kill_allocating_task; the machine decides what
 * it means that nobody is left.
 */
export class OomKiller {
  /** What the first victim held when it was chosen, pages; null before. */
  firstVictimPages: number | null = null;
  readonly #parts: OomParts;
  /** oom_lock */
  #locked = false;

  constructor(parts: OomParts) {
    this.#parts = parts;
  }

  /** Takes the lock; false when somebody else is inside. */
  enter(): boolean {
    if (this.#locked) return false;
    this.#locked = true;
    return true;
  }

  leave(): void {
    this.#locked = false;
  }

  /** schedule_timeout_uninterruptible(1) of those who find the lock taken. */
  waitOutside(context: TaskContext): SlowPath {
    return napFor(context, this.#parts.jiffyNs);
  }

  /** May the killer act for this request at all? */
  actsFor(order: number, gfp: Gfp): boolean {
    const { bits } = this.#parts.kernel.gfp;
    if (order > COSTLY_ORDER) return false;
    if ((gfp & (bits.RETRY_MAYFAIL | bits.THISNODE)) !== 0) return false;
    return gfpZoneIndex(gfp, this.#parts.kernel) >= ZONE_NORMAL;
  }

  /** out_of_memory(), under the lock: OOM_PROGRESS or OOM_PANIC. */
  *outOfMemory(gfp: Gfp, context: TaskContext): SlowPath {
    const { kernel, processes, totalPages, jiffyNs } = this.#parts;
    if (this.#isDying(context)) return OOM_PROGRESS;
    if (gfp !== 0 && (gfp & kernel.gfp.bits.FS) === 0) return OOM_PROGRESS;
    const chosen = chooseVictim(processes, totalPages, kernel.rules);
    if (chosen === NOBODY) return OOM_PANIC;
    if (chosen !== UNFINISHED_VICTIM) {
      yield this.#parts.reportNs;
      this.#kill(sacrificed(chosen, processes, totalPages, kernel.rules));
    }
    if (kernel.rules.oomKillerNaps && chosen !== UNFINISHED_VICTIM) {
      yield* napKillably(context, jiffyNs);
    }
    return OOM_PROGRESS;
  }

  /** task_will_free_mem(): the caller itself is on its way out, and gets its reserves. */
  #isDying(context: TaskContext): boolean {
    if (!context.fatalSignal && !context.oomVictim) return false;
    const own = this.#parts.processes.find(({ tasks }) => tasks.includes(context));
    if (own === undefined) return context.oomVictim;
    if (own.reaped || own.exited) return false;
    if (!own.oomVictim) this.#mark(own);
    return true;
  }

  #kill(victim: Process): void {
    this.firstVictimPages ??= victim.rss + victim.swapEntries;
    this.#parts.vmstat.add(OOM_KILL, 1);
    this.#mark(victim);
    victim.kill();
  }

  #mark(victim: Process): void {
    victim.markVictim();
    this.#parts.reaper.queue(victim);
  }
}
