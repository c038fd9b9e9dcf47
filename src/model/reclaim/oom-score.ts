import type { KernelRules } from '../../kernel/kernel-profile.ts';
import type { Process } from './processes.ts';

/** Nobody may be chosen; and: an earlier victim has not finished, so nobody is chosen now. */
export const NOBODY = null;
export const UNFINISHED_VICTIM = 'unfinished victim';

export type Chosen = Process | typeof NOBODY | typeof UNFINISHED_VICTIM;

const PAGE_BYTES = 4096;
const NEVER_CHOSEN = -1000;

/**
 * oom_badness(): pages that killing the process would give back, moved by its oom_score_adj;
 * null: it must not be killed.
 *
 * Models: mm/oom_kill.c oom_badness, oom_evaluate_task, select_bad_process (4.17, 6.1, 6.12).
 * Departs: one task a process; no oom_task_origin, no vfork, no cgroups or cpusets.
 */
export function badness(mm: Process, totalPages: number, rules: KernelRules): number | null {
  if (mm.exited || mm.reaped || mm.oomScoreAdj === NEVER_CHOSEN) return null;
  const tables = Math.floor(mm.pageTableBytes / PAGE_BYTES);
  const held = mm.rss + mm.swapEntries + tables;
  const points = held + mm.oomScoreAdj * Math.floor(totalPages / 1000);
  return rules.oomScoreAtLeastOne ? Math.max(points, 1) : points;
}

/** The worst process, in the order in which they were started. */
export function chooseVictim(
  processes: readonly Process[],
  totalPages: number,
  rules: KernelRules,
): Chosen {
  let chosen: Process | null = NOBODY;
  let most = Number.NEGATIVE_INFINITY;
  for (const mm of processes) {
    if (mm.oomVictim && !mm.exited) {
      if (mm.reaped) continue;
      return UNFINISHED_VICTIM;
    }
    const points = badness(mm, totalPages, rules);
    if (points === null || points < most) continue;
    if (points === most && !rules.oomTieTakesLater) continue;
    chosen = mm;
    most = points;
  }
  return chosen;
}

/** oom_kill_process() of 4.17: the worst of its children dies in its place. */
export function sacrificed(
  parent: Process,
  processes: readonly Process[],
  totalPages: number,
  rules: KernelRules,
): Process {
  let victim = parent;
  let most = 0;
  if (!rules.oomSacrificesChild) return victim;
  for (const child of processes) {
    if (child.parent !== parent) continue;
    const points = badness(child, totalPages, rules) ?? 0;
    if (points <= most) continue;
    victim = child;
    most = points;
  }
  return victim;
}
