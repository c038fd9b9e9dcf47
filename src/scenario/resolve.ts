import type { Catalog } from '../base/catalog.ts';
import { RandomStreams } from '../engine/random-streams.ts';
import type { TaskSpec } from '../model/build-tasks.ts';
import { DEFAULT_COSTS } from '../model/costs.ts';
import type { KmemleakVariant } from '../model/kmemleak/variant.ts';
import type { KmemleakConfig, MachineConfig } from '../model/machine-config.ts';
import type { Catalogs } from './catalogs.ts';
import { resolveFault } from './resolve-fault.ts';
import { kernelOf } from './resolve-kernel.ts';
import { type ResolvedMachine, resolveMachine } from './resolve-machine.ts';
import { machineInput } from './resolve-section.ts';
import { resolveUserSide } from './resolve-user-side.ts';
import { scenarioVariants } from './resolve-variants.ts';
import type { Scenario } from './scenario.ts';

/**
 * Of 16000 pool entries a measured 6.1.192 had used 154 when its boot was done, before its slab
 * cache existed. A smaller pool starts full.
 */
const POOL_FREE_AFTER_BOOT = 15846;

/** One run's whole input, ready for `new Machine(config, tasks, streams)`. */
export interface ResolvedRun {
  readonly config: MachineConfig;
  readonly tasks: readonly TaskSpec[];
  readonly streams: RandomStreams;
  readonly horizonNs: number;
}

/** What is asked of a scenario: which proposal, and which of the paired repetitions. */
export interface RunChoice {
  readonly variant: string;
  readonly replication: number;
}

/**
 * A scenario's numbers, without any choice of variant: what `show` prints and every run shares.
 */
export interface ResolvedScenario {
  readonly machine: ResolvedMachine;
  readonly config: Omit<MachineConfig, 'kmemleak'>;
  readonly kmemleak: Omit<KmemleakConfig, 'variant'>;
}

export function resolveScenario(scenario: Scenario, catalogs: Catalogs): ResolvedScenario {
  const kernel = kernelOf(scenario, catalogs);
  const machine = resolveMachine(machineInput(scenario), kernel);
  const { cpus, pageblockOrder, baseSmall, watermarkBoostFactor } = machine;
  const { zones, slabs, cleanFilePages } = machine;
  return {
    machine,
    config: {
      kernel,
      ...{ cpus, pageblockOrder, baseSmall, watermarkBoostFactor },
      ...{ zones, slabs, cleanFilePages },
      fault: resolveFault(scenario.fault, kernel),
      costs: { ...DEFAULT_COSTS, ...scenario.costs },
      ...resolveUserSide(scenario.machine, kernel),
    },
    kmemleak: {
      enabled: scenario.kmemleak.enabled ?? true,
      poolFree: scenario.kmemleak['pool-free'] ?? POOL_FREE_AFTER_BOOT,
      gracePeriodNs: scenario.kmemleak['grace-period'],
      stackDepotEnabled: scenario.kmemleak['stack-depot'] ?? false,
      ...newFlagOf(scenario),
      ...scanOf(scenario),
      ...bootOf(scenario),
    },
  };
}

/**
 * One run of a scenario. The random streams know nothing of the variant.
 * @param shared what all runs of the scenario share, from resolveScenario
 */
export function resolveRun(
  scenario: Scenario,
  shared: ResolvedScenario,
  choice: RunChoice,
  catalogs: Catalogs,
): ResolvedRun {
  const { config, kmemleak } = shared;
  const { kernel } = config;
  const variant = variantOf(scenario, choice.variant, scenarioVariants(scenario, catalogs, kernel));
  const streams = new RandomStreams(scenario.seed, choice.replication);
  return {
    config: { ...config, kmemleak: { ...kmemleak, variant } },
    tasks: resolveTasks(scenario, choice.replication, catalogs),
    streams,
    horizonNs: scenario.horizon,
  };
}

/** The proposals that a scenario runs, the baseline first. */
export function variantsOf(scenario: Scenario, catalogs: Catalogs): KmemleakVariant[] {
  const kernel = kernelOf(scenario, catalogs);
  const all = scenarioVariants(scenario, catalogs, kernel);
  return scenario.variants.map((name) => variantOf(scenario, name, all));
}

/** A proposal with the pool that the scenario's kernel is built with, where it says so. */
function variantOf(
  scenario: Scenario,
  name: string,
  all: Catalog<KmemleakVariant>,
): KmemleakVariant {
  const { pool } = scenario.kmemleak;
  const { reserve, ...variant } = all.get(name);
  if (pool === undefined) return all.get(name);
  if (pool === 0) return variant;
  return { ...variant, reserve: { refill: 'own-objects', ...reserve, entries: pool } };
}

/** Tasks take the CPUs in turn; each load has random streams of its own. */
export function resolveTasks(
  scenario: Scenario,
  replication: number,
  catalogs: Catalogs,
): TaskSpec[] {
  const kernel = kernelOf(scenario, catalogs);
  const cpus = scenario.machine.cpus ?? scenario.snapshot?.cpus ?? 1;
  const tasks: TaskSpec[] = [];
  scenario.load.forEach(({ workload, count, params, ...own }, index) => {
    const kind = catalogs.workloads.get(workload);
    const streams = new RandomStreams(`${scenario.seed}/load ${index}`, replication);
    const fault = { makeItFail: own['make-it-fail'], failNth: own['fail-nth'] };
    for (let task = 0; task < count; task++) {
      const source = kind.start(params, streams, kernel, task);
      tasks.push({ source, cpu: tasks.length % cpus, fault });
    }
  });
  return tasks;
}

/** A scan that the run cannot live to see is none. */
function scanOf({ kmemleak, horizon }: Scenario): Pick<KmemleakConfig, 'scan'> {
  const { auto, first, period } = kmemleak.scan;
  return auto && first < horizon ? { scan: { firstNs: first, periodNs: period } } : {};
}

/** What is not said is left out: it decides nothing, and runs keep their ids. */
function bootOf({ kmemleak }: Scenario): Pick<KmemleakConfig, 'early' | 'preemptCount'> {
  const { early } = kmemleak;
  const preemptCount = kmemleak['preempt-count'];
  return {
    ...(early === undefined
      ? {}
      : {
          early: {
            operations: early.operations,
            ...(early.log === undefined ? {} : { logEntries: early.log }),
          },
        }),
    ...(preemptCount === false ? { preemptCount } : {}),
  };
}

function newFlagOf(scenario: Scenario): Pick<KmemleakConfig, 'newFlag'> {
  const flag = scenario.kmemleak['new-flag'];
  if (flag === undefined) return {};
  const raised = flag['bits-shift-raised'];
  const kept = flag['in-reclaim-mask'];
  return {
    newFlag: {
      ...(raised === undefined ? {} : { bitsShiftRaised: raised }),
      ...(kept === undefined ? {} : { inReclaimMask: kept }),
    },
  };
}
