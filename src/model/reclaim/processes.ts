import type { TaskContext } from '../sched/task-context.ts';

/** Virtual pages that one page-table page maps: 2 MiB. */
export const PAGES_PER_TABLE = 512;
const PAGE_BYTES = 4096;

/** What a machine is told of a process when the run starts. */
export interface ProcessSpec {
  readonly name: string;
  /** Virtual pages that it may ever touch. */
  readonly pages: number;
  /** /proc/<pid>/oom_score_adj; −1000: never chosen. */
  readonly oomScoreAdj: number;
  /** Index of the process that started it, by the order of the specs; −1: init did. */
  readonly parent: number;
}

/**
 * A user process: its memory in numbers, and where it stands with the OOM killer. Few, so a
 * plain class.
 *
 * Models: struct mm_struct's counters and struct signal_struct's oom_mm, oom_score_adj (4.17,
 * 6.1, 6.12). Departs: the mm has no other owner (no CLONE_VM between processes); the page
 * tables above the lowest level are not counted.
 */
export class Process {
  readonly id: number;
  readonly name: string;
  readonly oomScoreAdj: number;
  readonly parent: Process | null;
  /** Its virtual pages are base … base + pages − 1 of the machine's columns. */
  readonly base: number;
  readonly pages: number;
  /** Resident pages, and pages of it that stand in swap. */
  rss = 0;
  swapEntries = 0;
  tablePages = 0;
  /** Contexts of its threads. */
  readonly tasks: TaskContext[] = [];
  /** tsk_is_oom_victim(): its threads may use a part of the reserves. */
  oomVictim = false;
  /** MMF_OOM_SKIP: the killer looks past it. */
  reaped = false;
  /** Its memory is gone. */
  exited = false;
  /** mmap_lock is held for writing (fork, exit): the reaper cannot get in. */
  mmapLocked = false;

  constructor(id: number, spec: ProcessSpec, base: number, parent: Process | null) {
    this.id = id;
    this.name = spec.name;
    this.oomScoreAdj = spec.oomScoreAdj;
    this.parent = parent;
    this.base = base;
    this.pages = spec.pages;
  }

  /** mm_pgtables_bytes() */
  get pageTableBytes(): number {
    return this.tablePages * PAGE_BYTES;
  }

  /** SIGKILL to every thread: those that sleep killably wake. */
  kill(): void {
    for (const context of this.tasks) {
      context.fatalSignal = true;
      if (context.killable) context.sleeper?.wake();
    }
  }

  /** mark_oom_victim() */
  markVictim(): void {
    this.oomVictim = true;
    for (const context of this.tasks) context.oomVictim = true;
  }
}
