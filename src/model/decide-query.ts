import { RandomStreams } from '../engine/random-streams.ts';
import type { Gfp, KernelProfile } from '../kernel/kernel-profile.ts';
import { DEFAULT_COSTS } from './costs.ts';
import { type DecideStep, DecisionRecorder } from './decision-recorder.ts';
import { FAULT_DEFAULTS } from './fault/fault-attr.ts';
import type { KmemleakVariant } from './kmemleak/variant.ts';
import type { MachineConfig, SlabCacheState, ZoneConfig } from './machine-config.ts';
import { buildParts, type LoadSetting, type MachineParts } from './machine-parts.ts';
import { formatGfp, hex } from './mm/gfp.ts';
import { NEVER, NONE, SLEEP, type SlowPath, WOULD_BLOCK } from './page-source.ts';
import { KSWAPD_FAILURES_MAX } from './reclaim/node-state.ts';
import { TaskContext } from './sched/task-context.ts';
import { NO_USERS } from './user/user-plan.ts';
import { WARNINGS } from './warnings.ts';

/** What `gfpsim decide` asks. */
export interface DecideInput {
  readonly kernel: KernelProfile;
  readonly gfp: Gfp;
  readonly order: number;
  /** Free pages, boost and blocks as they shall be at the moment of the request. */
  readonly zones: readonly ZoneConfig[];
  readonly pageblockOrder: number;
  readonly cpus: number;
  readonly watermarkBoostFactor: number;
  /** nr_reserved_highatomic by zone name, where it is not what the pageblocks say. */
  readonly reservedHighatomic?: Readonly<Record<string, number>>;
  /** Clean page cache that reclaim may drop, pages. */
  readonly cleanFilePages?: number;
  readonly context?: DecideContext;
  /** A kmalloc of this many bytes in place of a bare page request. */
  readonly sizeBytes?: number;
  readonly slabs?: readonly SlabCacheState[];
}

/** The standing of the asking task. */
export type DecideContext = Partial<
  Pick<
    TaskContext,
    | 'memalloc'
    | 'memallocNoio'
    | 'memallocNofs'
    | 'realtime'
    | 'oomVictim'
    | 'inHardirq'
    | 'inSoftirq'
    | 'interruptsOff'
  >
>;

/** page: it gets one; fail: NULL; block: waits for an OOM kill; loop: never ends. */
export type DecideOutcome = 'page' | 'fail' | 'block' | 'loop';

export interface DecideReport {
  readonly schemaVersion: 1;
  readonly kernel: string;
  readonly gfp: string;
  readonly text: string;
  readonly order: number;
  readonly outcome: DecideOutcome;
  readonly steps: readonly DecideStep[];
  readonly warnings: readonly { readonly id: string; readonly text: string }[];
  /** Direct reclaims, rounds of the retry loop, and OOM kills asked for on the way. */
  readonly reclaims: number;
  readonly rounds: number;
  readonly oomKills: number;
  /** kswapd was asleep and had to be woken. */
  readonly wokeKswapd: boolean;
}

/** One allocation, step by step, by the very code that runs do. */
export function queryDecide(input: DecideInput): DecideReport {
  const parts = buildParts(machineOf(input), NO_LOAD, new RandomStreams('decide', 0));
  for (const zone of parts.memory.zones) {
    const reserved = input.reservedHighatomic?.[zone.name];
    if (reserved !== undefined) zone.reservedHighatomic = reserved;
  }
  const recorder = new DecisionRecorder();
  parts.pages.log = recorder;
  const context = Object.assign(new TaskContext(), input.context ?? {});
  const outcome = decide(parts, input, context);
  notePcp(parts, recorder, outcome);
  return {
    schemaVersion: 1,
    kernel: input.kernel.name,
    gfp: hex(input.gfp),
    text: formatGfp(input.gfp, input.kernel),
    order: input.order,
    outcome,
    steps: recorder.steps(),
    warnings: WARNINGS.filter((_, i) => parts.warnings.count(i) > 0).map(({ id, summary }, _i) => ({
      id,
      text: summary,
    })),
    reclaims: recorder.count('R7'),
    rounds: Math.max(recorder.count('R4'), parts.pages.loops.roundsMax),
    oomKills: parts.pages.oomKillsAsked,
    wokeKswapd: !parts.reclaim.node.kswapdAsleep,
  };
}

function decide(parts: MachineParts, input: DecideInput, context: TaskContext): DecideOutcome {
  const { gfp, order, sizeBytes } = input;
  if (sizeBytes === undefined) {
    const pfn = parts.pages.allocate(order, gfp, context);
    if (pfn !== WOULD_BLOCK) return pfn === NONE ? 'fail' : 'page';
    return follow(parts, parts.pages.allocateSlowly(order, gfp, context));
  }
  const object = parts.slab.kmalloc(sizeBytes, gfp, context);
  if (object !== WOULD_BLOCK) return object === NONE ? 'fail' : 'page';
  return follow(parts, parts.slab.kmallocSlowly(sizeBytes, gfp, context));
}

/** Lets a slow path run to its end, or to where it would wait for ever. */
function follow(parts: MachineParts, slowPath: SlowPath): DecideOutcome {
  for (;;) {
    const step = slowPath.next();
    if (step.done === true) return step.value === NONE ? 'fail' : 'page';
    if (step.value === NEVER) return 'block';
    if (parts.pages.loops.open > 0) return 'loop';
    // Nobody else lives here. Who waits for kswapd waits until that has given up.
    if (step.value === SLEEP) parts.reclaim.node.kswapdFailures = KSWAPD_FAILURES_MAX;
  }
}

/** Pages that are there, but that a failing request could not reach. */
function notePcp(parts: MachineParts, recorder: DecisionRecorder, outcome: DecideOutcome): void {
  const pages = parts.memory.pcp.pages();
  if (outcome !== 'fail' || pages === 0) return;
  recorder.step('pcp', `${pages} pages on per-CPU lists are not free; no atomic path drains them`);
}

function machineOf(input: DecideInput): MachineConfig {
  return {
    kernel: input.kernel,
    cpus: input.cpus,
    pageblockOrder: input.pageblockOrder,
    watermarkBoostFactor: input.watermarkBoostFactor,
    zones: input.zones,
    slabs: input.slabs ?? [],
    cleanFilePages: input.cleanFilePages ?? 0,
    fault: FAULT_DEFAULTS,
    kmemleak: {
      enabled: false,
      variant: NO_VARIANT,
      poolFree: 0,
      gracePeriodNs: 0,
      stackDepotEnabled: false,
    },
    costs: DEFAULT_COSTS,
  };
}

/** Time stands still, and nobody lives here. */
const NO_LOAD: LoadSetting = {
  classes: 1,
  users: NO_USERS,
  timers: { nowNs: 0, after: () => 0, cancel: () => false },
};

/** A decision is asked about one request; kmemleak has no part in it. */
const NO_VARIANT: KmemleakVariant = {
  name: 'none',
  summary: 'no metadata',
  source: { who: '', date: '', ref: '' },
  attempts: () => [],
  injection: 'subject',
  onFailure: 'leave-untracked',
};
