import { KeyedDice } from '../engine/keyed-dice.ts';
import type { RandomStreams } from '../engine/random-streams.ts';
import { buildStorage, type Storage } from './build-storage.ts';
import { FailPageAlloc } from './fault/fail-page-alloc.ts';
import { Failslab } from './fault/failslab.ts';
import { FaultExemptions } from './fault/fault-exemptions.ts';
import { gfpAllowedMask, type NewFlag } from './fault/new-flag.ts';
import { buildScope } from './kmemleak/build-scope.ts';
import { newFlagOf } from './kmemleak/variant.ts';
import { jiffyNsOf, type MachineConfig } from './machine-config.ts';
import { MaskWarnings } from './mask-warnings.ts';
import { buildMemory, type Memory } from './memory.ts';
import { PageAllocator } from './page-allocator.ts';
import { buildReclaim, type ReclaimParts } from './reclaim/build-reclaim.ts';
import { ShrinkableCache } from './reclaim/shrinkable-cache.ts';
import type { TaskContext } from './sched/task-context.ts';
import { SlabAllocator } from './slab/slab-allocator.ts';
import type { Timers } from './timers.ts';
import { buildUserMemory, buildUserState, type UserState } from './user/build-user.ts';
import { Residents } from './user/residents.ts';
import { UsedFrames } from './user/used-frames.ts';
import type { UserMemory } from './user/user-memory.ts';
import { NO_USERS, type UserPlan } from './user/user-plan.ts';
import { Warnings } from './warnings.ts';

/** vm.swappiness where nobody says otherwise. */
const SWAPPINESS = 60;

/** The parts of a machine below kmemleak and the tasks, built bottom up. */
export interface MachineParts {
  readonly memory: Memory;
  readonly pages: PageAllocator;
  readonly slab: SlabAllocator;
  readonly failslab: Failslab;
  readonly failPageAlloc: FailPageAlloc;
  readonly exemptions: FaultExemptions;
  readonly storage: Storage;
  readonly reclaim: ReclaimParts;
  readonly users: UserState;
  readonly user: UserMemory;
  readonly warnings: Warnings;
}

/** What of the load the parts must know. */
export interface LoadSetting {
  /** gfp classes of all callers together. */
  readonly classes: number;
  readonly users: UserPlan;
  readonly timers: Timers;
  /** Who runs on a CPU; null: nobody. */
  currentOn(cpu: number): TaskContext | null;
}

/** Time stands still, and nobody lives here. */
export const NO_LOAD: LoadSetting = {
  classes: 1,
  users: NO_USERS,
  timers: { nowNs: 0, after: () => 0, cancel: () => false },
  currentOn: () => null,
};

export function buildParts(
  config: MachineConfig,
  load: LoadSetting,
  streams: RandomStreams,
): MachineParts {
  const { kernel, costs } = config;
  const memory = buildMemory(config);
  const faults = buildFaults(config, load, streams);
  const { failslab, failPageAlloc, exemptions } = faults;
  const jiffyNs = jiffyNsOf(config);
  const users = buildUserState({
    ...{ kernel, costs, memory, plan: load.users, timers: load.timers },
    swapPages: config.swap?.pages ?? 0,
    jiffyNs,
  });
  const storage = buildStorage(config, memory, load.timers);
  const { swap } = storage;
  const shrinkables = buildShrinkables(config, memory, streams);
  const reclaim = buildReclaim({
    memory,
    costs,
    owners: users.owners,
    swap,
    writer: storage.writeback,
    shrinkables,
    swappiness: config.swappiness ?? SWAPPINESS,
    jiffyNs,
  });
  const warnings = new Warnings();
  const sleepCheck = new MaskWarnings(kernel, warnings);
  const pages = buildPages(config, { memory, faults, reclaim, users, warnings: sleepCheck });
  const slab = buildSlab(config, { pages, memory, faults, sleepCheck });
  const user = buildUserMemory({
    ...{ kernel, memory, costs, pages, state: users, swap },
    refaults: reclaim.refaults,
    disk: storage.fileDisk,
    balance: storage.writeback,
  });
  const used = new UsedFrames(memory);
  for (const cache of shrinkables) cache.lay(used);
  pages.handOver(reclaim.shrinkers.pages);
  new Residents(memory, pages, used).lay(users.spaces, config.processes?.length ?? 0);
  // Written out, not spread, for the same shape in every run: see buildMemory.
  return {
    memory,
    pages,
    slab,
    failslab,
    failPageAlloc,
    exemptions,
    storage,
    reclaim,
    users,
    user,
    warnings,
  };
}

interface PagesSurroundings {
  readonly memory: Memory;
  readonly faults: FaultParts;
  readonly reclaim: ReclaimParts;
  readonly users: UserState;
  readonly warnings: MaskWarnings;
}

function buildPages(
  { costs }: MachineConfig,
  { memory, faults, reclaim, users, warnings }: PagesSurroundings,
): PageAllocator {
  const { kernel, zones, buddy, fallback, highatomic, pcp, check, vmstat } = memory;
  const { kswapd, compaction, retry } = reclaim;
  return new PageAllocator({
    kernel,
    zones,
    buddy,
    fallback,
    highatomic,
    pcp,
    check,
    vmstat,
    costs,
    failPageAlloc: faults.failPageAlloc,
    kswapd,
    reclaim: reclaim.direct,
    compaction,
    retry,
    oom: users.oom,
    warnings,
    allowedGfp: gfpAllowedMask(kernel, faults.newFlag),
  });
}

interface SlabSurroundings {
  readonly pages: PageAllocator;
  readonly memory: Memory;
  readonly faults: FaultParts;
  readonly sleepCheck: MaskWarnings;
}

function buildSlab(
  config: MachineConfig,
  { pages, memory, faults, sleepCheck }: SlabSurroundings,
): SlabAllocator {
  const { kernel, costs, cpus } = config;
  const { variant } = config.kmemleak;
  return new SlabAllocator({
    kernel,
    cpus: { present: cpus, possible: cpus },
    pages,
    frames: memory.frames,
    failslab: faults.failslab,
    sleepCheck,
    costs,
    newFlag: faults.newFlag,
    headerBytes: variant.embedded === true ? kernel.kmemleak.objectSize : 0,
    failslabCaches: config.fault.failslab.markedCaches,
    states: config.slabs,
  });
}

function buildShrinkables(
  config: MachineConfig,
  memory: Memory,
  streams: RandomStreams,
): ShrinkableCache[] {
  const draws = (entity: number) => streams.stream('shrinker', entity);
  return (config.shrinkers ?? []).map((spec, i) => new ShrinkableCache(spec, memory, draws(i)));
}

interface FaultParts {
  readonly failslab: Failslab;
  readonly failPageAlloc: FailPageAlloc;
  readonly exemptions: FaultExemptions;
  readonly newFlag: NewFlag | null;
}

/** Both fault capabilities, and what the variant keeps from them. */
function buildFaults(
  config: MachineConfig,
  { classes, timers, currentOn }: LoadSetting,
  streams: RandomStreams,
): FaultParts {
  const { kernel, fault } = config;
  const { variant } = config.kmemleak;
  const newFlag: NewFlag | null = newFlagOf(variant, kernel, config.kmemleak.newFlag);
  // The user's own flag spares whoever carries it; a proposal's, only where the proposal says so.
  const isTested = variant.injection === 'gfp-flag' || variant.newFlag === undefined;
  const exempt = isTested ? (newFlag?.value ?? 0) : 0;
  const nowNs = () => timers.nowNs;
  const scope = buildScope(variant.injection, { cpus: config.cpus, nowNs, currentOn });
  const exemptions = new FaultExemptions(exempt, variant.injection === 'cache-flag', scope);
  const slabDice = new KeyedDice(streams, 'failslab');
  const pageDice = new KeyedDice(streams, 'fail_page_alloc');
  const setting = { kernel, exemptions, classes };
  const failslab = new Failslab(fault.failslab, { ...setting, dice: slabDice });
  const failPageAlloc = new FailPageAlloc(fault.failPageAlloc, { ...setting, dice: pageDice });
  return { failslab, failPageAlloc, exemptions, newFlag };
}
