import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { Costs } from '../machine-config.ts';
import type { Memory } from '../memory.ts';
import { PAGE_ANON } from '../mm/page-frames.ts';
import { NONE } from '../page-source.ts';
import { AddressSpaces } from '../reclaim/address-spaces.ts';
import { FilePages } from '../reclaim/file-pages.ts';
import { OomKiller } from '../reclaim/oom-killer.ts';
import type { PageOwners } from '../reclaim/page-fate.ts';
import type { Process } from '../reclaim/processes.ts';
import type { Refaults } from '../reclaim/refaults.ts';
import type { TaskContext } from '../sched/task-context.ts';
import type { Timers } from '../timers.ts';
import { AnonymousMemory, type SwapIn } from './anonymous-memory.ts';
import { type DirtyBalance, FileAccess, type FileDisk } from './file-access.ts';
import { OomReaper } from './oom-reaper.ts';
import { UserMemory, type UserTask } from './user-memory.ts';
import type { UserPages } from './user-pages.ts';
import type { UserPlan } from './user-plan.ts';

/** What stands below the page allocator: reclaim and the OOM killer reach into user memory. */
export interface UserState {
  readonly spaces: AddressSpaces;
  readonly files: FilePages;
  readonly owners: PageOwners;
  readonly reaper: OomReaper;
  readonly oom: OomKiller;
}

export interface UserStateSetting {
  readonly kernel: KernelProfile;
  readonly memory: Memory;
  readonly plan: UserPlan;
  readonly timers: Timers;
  readonly swapPages: number;
  readonly jiffyNs: number;
  readonly costs: Costs;
}

/** Models: nothing of its own; the parts say what they model. */
export function buildUserState(setting: UserStateSetting): UserState {
  const { kernel, memory, plan, timers, swapPages, jiffyNs, costs } = setting;
  const spaces = new AddressSpaces(memory.frames, plan.processes);
  const files = new FilePages(memory.frames, memory.workingset, plan.files);
  const reaper = new OomReaper(timers, kernel.rules.oomReaperDelayNs);
  const ram = memory.zones.reduce((sum, zone) => sum + zone.managed, 0);
  const oom = new OomKiller({
    kernel,
    vmstat: memory.vmstat,
    processes: spaces.processes,
    reaper,
    totalPages: ram + swapPages,
    jiffyNs,
    reportNs: costs.oomReportNs,
  });
  const owners: PageOwners = {
    unmap: (pfn, slot, context) => {
      const mm = spaces.processOf(memory.frames.ownerOf(pfn));
      spaces.unmap(pfn, slot);
      shootDown(mm, context, costs.tlbFlushNs);
    },
    evict: (pfn) => files.evict(pfn),
    moved: (pfn, context) => {
      if (!memory.frames.hasFlag(pfn, PAGE_ANON)) files.moved(pfn);
      else shootDown(spaces.moved(pfn), context, costs.tlbFlushNs);
    },
  };
  return { spaces, files, owners, reaper, oom };
}

export interface UserMemorySetting {
  readonly kernel: KernelProfile;
  readonly memory: Memory;
  readonly costs: Costs;
  readonly state: UserState;
  readonly pages: UserPages;
  readonly swap: SwapIn | null;
  readonly refaults: Refaults;
  /** null: no files. */
  readonly disk: FileDisk | null;
  readonly balance: DirtyBalance | null;
}

/** The user side above the page allocator. */
export function buildUserMemory(setting: UserMemorySetting): UserMemory {
  const { kernel, memory, costs, state, pages, swap, disk, refaults } = setting;
  const { composites, bits } = kernel.gfp;
  const movable = composites['GFP_HIGHUSER_MOVABLE']!;
  const anonymous = new AnonymousMemory({
    kernel: {
      anonymous: (movable | bits.ZERO) >>> 0,
      swapIn: movable,
      pageTable: (composites['GFP_KERNEL_ACCOUNT']! | bits.ZERO) >>> 0,
    },
    frames: memory.frames,
    lru: memory.lru,
    vmstat: memory.vmstat,
    spaces: state.spaces,
    startsActive: kernel.rules.anonStartsActive,
    pages,
    swap,
    refaults,
    costs,
  });
  return new UserMemory({
    anonymous,
    files: disk === null ? null : buildFiles(setting, disk),
    oom: state.oom,
    faultAsksOom: kernel.rules.faultAsksOom,
    faultNs: costs.faultNs,
  });
}

/** The kernel's default window of read-ahead: 128 KiB. */
const READ_AHEAD_PAGES = 32;

/** mapping_gfp_mask of a disk's files; read-ahead may fail, a page to be written says so. */
function buildFiles(setting: UserMemorySetting, disk: FileDisk): FileAccess {
  const { kernel, memory, costs, state, pages, balance, refaults } = setting;
  const { composites, bits } = kernel.gfp;
  const read = composites['GFP_HIGHUSER_MOVABLE']!;
  return new FileAccess({
    frames: memory.frames,
    lru: memory.lru,
    files: state.files,
    pages,
    disk,
    costs,
    balance,
    gfp: {
      read,
      readAhead: (read | bits.NORETRY | bits.NOWARN) >>> 0,
      write: (read | bits.WRITE) >>> 0,
    },
    readAheadPages: READ_AHEAD_PAGES,
    refaults,
  });
}

/** What a task's operations mean: its process and its file. */
export function userTaskOf(plan: UserPlan, state: UserState, task: number): UserTask {
  const { process, file } = plan.tasks[task]!;
  return {
    mm: process === NONE ? null : state.spaces.processes[process]!,
    file: file === NONE ? null : state.files.files[file]!,
  };
}

/** flush_tlb_others(): the CPUs that run the process forget its mappings, each in an interrupt. */
function shootDown(mm: Process, by: TaskContext, ns: number): void {
  for (const task of mm.tasks) if (task !== by) task.sleeper?.interrupt(ns);
}
