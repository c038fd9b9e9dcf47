import { hashHex } from '../base/hash.ts';
import { UserError } from '../base/user-error.ts';
import type { KmemleakVariant } from '../model/kmemleak/variant.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { resolveScenario, resolveTasks, variantsOf } from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunSpec } from './run-result.ts';

/** A run by name, and by what it is made of: equal ids, equal results. */
export interface PlannedRun {
  /** Hash of everything that decides the run's outcome, 32 hex digits. */
  readonly id: string;
  readonly spec: RunSpec;
}

/** Which runs there are, in a stable order: by scenario, then variant, then replication. */
export interface RunPlan {
  readonly scenarios: readonly Scenario[];
  readonly runs: readonly PlannedRun[];
}

/** Changes when the same input may give other results, so that old ids are not taken for new. */
const ID_FORMAT = 'gfpsim-run/1';

/** scenarios × variants × replications. Resolves everything once: mistakes show before any run. */
export function planRuns(scenarios: readonly Scenario[], catalogs: Catalogs): RunPlan {
  refuseNamesakes(scenarios);
  return { scenarios, runs: scenarios.flatMap((scenario) => planScenario(scenario, catalogs)) };
}

function refuseNamesakes(scenarios: readonly Scenario[]): void {
  const names = scenarios.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError(`two scenarios are called '${twice}'`);
}

function planScenario(scenario: Scenario, catalogs: Catalogs): PlannedRun[] {
  const { name, seed, replications, horizon, load } = scenario;
  const { config, kmemleak } = resolveScenario(scenario, catalogs);
  const classes = resolveTasks(scenario, 0, catalogs).flatMap(({ source }) => source.classes);
  const shared = hashHex(JSON.stringify([ID_FORMAT, config, kmemleak, load, horizon]));
  return variantsOf(scenario, catalogs).flatMap((variant) => {
    const proposal = describeVariant(variant, config.kernel, classes);
    return Array.from({ length: replications }, (_, replication) => ({
      id: hashHex(JSON.stringify([shared, proposal, seed, replication])),
      spec: { scenario: name, variant: variant.name, replication, seed },
    }));
  });
}

/** What a proposal does in this scenario: its rules, and its masks for the load's callers. */
function describeVariant(
  variant: KmemleakVariant,
  kernel: Parameters<KmemleakVariant['attempts']>[2],
  classes: readonly { readonly gfp: number }[],
): unknown {
  const { injection, onFailure, reserve, bound } = variant;
  const masks = [false, true].flatMap((atomic) =>
    [false, true].flatMap((faultInjection) =>
      classes.map(({ gfp }) => variant.attempts(gfp, { atomic, faultInjection }, kernel)),
    ),
  );
  return [injection, onFailure, reserve, bound, variant.newFlag?.(kernel), masks];
}
