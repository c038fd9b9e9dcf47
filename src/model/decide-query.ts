import { counted } from '../base/counted.ts';
import { RandomStreams } from '../engine/random-streams.ts';
import type { Gfp, KernelProfile } from '../kernel/kernel-profile.ts';
import { DEFAULT_COSTS } from './costs.ts';
import { type DecideObject, type DecideSlab, SlabDecision } from './decide-slab.ts';
import { withFreeHighatomic } from './decide-zones.ts';
import { type DecideStep, DecisionRecorder } from './decision-recorder.ts';
import { FAULT_DEFAULTS } from './fault/fault-attr.ts';
import type { KmemleakVariant } from './kmemleak/variant.ts';
import type { MachineConfig, SlabCacheState, ZoneConfig } from './machine-config.ts';
import { buildParts, type MachineParts, NO_LOAD } from './machine-parts.ts';
import { formatGfp, hex } from './mm/gfp.ts';
import { NEVER, NONE, SLEEP, type SlowPath, WOULD_BLOCK } from './page-source.ts';
import { KSWAPD_FAILURES_MAX } from './reclaim/node-state.ts';
import { TaskContext } from './sched/task-context.ts';
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
  /**
   * High-atomic pages by zone name, as the kernel's watermark check counts them, where that is
   * not what the pageblocks say: nr_reserved_highatomic (4.17, 6.1) or nr_free_highatomic (6.12).
   */
  readonly highatomic?: Readonly<Record<string, number>>;
  /** Free pages by zone name that lie on the high-atomic lists, of those that are free. */
  readonly freeHighatomic?: Readonly<Record<string, number>>;
  /** Clean page cache that reclaim may drop, pages. */
  readonly cleanFilePages?: number;
  readonly context?: DecideContext;
  /** An object in place of a bare page request. */
  readonly object?: DecideObject;
  readonly slabs?: readonly SlabCacheState[];
  /** The request is one for metadata. */
  readonly metadata?: DecideMetadata;
  /** What is odd about the mask as its text was read. */
  readonly notes?: readonly DecideWarning[];
}

/** Whose request it is where a proposal makes it for the metadata of what a caller got. */
export interface DecideMetadata {
  readonly variant: string;
  /** The caller's mask, as hex. */
  readonly caller: string;
  /** Which try it is, from 1, and of how many. */
  readonly try: number;
  readonly of: number;
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

export interface DecideWarning {
  readonly id: string;
  readonly text: string;
}

export interface DecideReport {
  readonly schemaVersion: 1;
  readonly kernel: string;
  readonly gfp: string;
  readonly text: string;
  readonly metadata?: DecideMetadata;
  /** Of the page request; of the preferred slab where an object is asked for. */
  readonly order: number;
  /** Where an object of a slab cache is asked for: the cache as the request finds it. */
  readonly slab?: DecideSlab;
  readonly outcome: DecideOutcome;
  readonly steps: readonly DecideStep[];
  readonly warnings: readonly DecideWarning[];
  /** Direct reclaims, rounds of the retry loop, and OOM kills asked for on the way. */
  readonly reclaims: number;
  readonly rounds: number;
  readonly oomKills: number;
  /** kswapd was asleep and had to be woken. */
  readonly wokeKswapd: boolean;
}

/** One allocation, step by step, by the very code that runs do. */
export function queryDecide(input: DecideInput): DecideReport {
  const { kernel, gfp } = input;
  const parts = buildParts(machineOf(input), NO_LOAD, new RandomStreams('decide', 0));
  setHighatomic(parts, input);
  const recorder = new DecisionRecorder();
  parts.pages.log = recorder;
  const object =
    input.object === undefined ? null : new SlabDecision(parts, input.object, gfp, kernel);
  const slab = object?.slab ?? null;
  const outcome = decide(parts, input, { object, recorder });
  notePcp(parts, recorder, outcome);
  const { rounds } = parts.pages;
  return {
    schemaVersion: 1,
    kernel: kernel.name,
    gfp: hex(gfp),
    text: formatGfp(gfp, kernel),
    ...(input.metadata === undefined ? {} : { metadata: input.metadata }),
    order: object?.order ?? input.order,
    ...(slab === null ? {} : { slab }),
    outcome,
    steps: recorder.steps(),
    warnings: printedWarnings(parts, input.notes ?? []),
    reclaims: recorder.count('R7'),
    rounds: Math.max(recorder.count('R4'), rounds.loops.roundsMax),
    oomKills: rounds.oomKillsAsked,
    wokeKswapd: !parts.reclaim.node.kswapdAsleep,
  };
}

function decide(
  parts: MachineParts,
  input: DecideInput,
  asked: { readonly object: SlabDecision | null; readonly recorder: DecisionRecorder },
): DecideOutcome {
  const context = Object.assign(new TaskContext(), input.context ?? {});
  const { gfp, order } = input;
  const { object, recorder } = asked;
  const answer =
    object === null ? parts.pages.allocate(order, gfp, context) : object.start(recorder, context);
  if (answer !== WOULD_BLOCK) return answer === NONE ? 'fail' : 'page';
  return follow(
    parts,
    object === null ? parts.pages.allocateSlowly(order, gfp, context) : object.run(context),
  );
}

/** The count that this kernel's check subtracts. */
function setHighatomic(parts: MachineParts, { highatomic, kernel }: DecideInput): void {
  const countsFree = kernel.rules.highatomicSubtracts === 'free';
  for (const zone of parts.memory.zones) {
    const pages = highatomic?.[zone.name];
    if (pages === undefined) continue;
    if (countsFree) zone.freeHighatomic = pages;
    else zone.reservedHighatomic = pages;
  }
}

/** What is odd about the mask as it was given, then what this kernel would have printed. */
function printedWarnings(parts: MachineParts, notes: readonly DecideWarning[]): DecideWarning[] {
  const printed = WARNINGS.filter((_, i) => parts.warnings.wasPrinted(i));
  return [...notes, ...printed.map(({ id, summary }) => ({ id, text: summary }))];
}

/** Lets a slow path run to its end, or to where it would wait for ever. */
function follow(parts: MachineParts, slowPath: SlowPath): DecideOutcome {
  for (;;) {
    const step = slowPath.next();
    if (step.done === true) return step.value === NONE ? 'fail' : 'page';
    if (step.value === NEVER) return 'block';
    if (parts.pages.rounds.loops.open > 0) return 'loop';
    // Nobody else lives here. Who waits for kswapd waits until that has given up.
    if (step.value === SLEEP) parts.reclaim.node.kswapdFailures = KSWAPD_FAILURES_MAX;
  }
}

/** Pages that are there, but that a failing request could not reach. */
function notePcp(parts: MachineParts, recorder: DecisionRecorder, outcome: DecideOutcome): void {
  const pages = parts.memory.pcp.pages();
  if (outcome !== 'fail' || pages === 0) return;
  const hold = `per-CPU lists hold ${counted(pages, 'page')}`;
  const note = `${hold}, not counted as free; no atomic path drains them`;
  recorder.step('pcp', note);
}

function machineOf(input: DecideInput): MachineConfig {
  return {
    kernel: input.kernel,
    cpus: input.cpus,
    pageblockOrder: input.pageblockOrder,
    watermarkBoostFactor: input.watermarkBoostFactor,
    zones: withFreeHighatomic(input.zones, input.freeHighatomic ?? {}),
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

/** A decision is asked about one request; kmemleak has no part in it. */
const NO_VARIANT: KmemleakVariant = {
  name: 'none',
  summary: 'no metadata',
  source: { who: '', date: '', ref: '' },
  attempts: () => [],
  injection: 'subject',
  onFailure: 'leave-untracked',
};
