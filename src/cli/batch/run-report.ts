import { join } from 'node:path';
import { parseDuration } from '../../base/units.ts';
import { UserError } from '../../base/user-error.ts';
import type { MetricDeclaration } from '../../experiment/compare.ts';
import { brokenExpectations } from '../../experiment/expectations.ts';
import { OverallSurvival } from '../../experiment/overall-survival.ts';
import type { ScenarioHead } from '../../experiment/results-layout.ts';
import type { RunResult } from '../../experiment/run-result.ts';
import type { RunWarning } from '../../experiment/run-warnings.ts';
import type { Load } from '../../experiment/side-by-side.ts';
import { newFlagWarnings } from '../../model/mm/gfp-query-warnings.ts';
import type { Answer } from '../../report/answers.ts';
import { buildReport } from '../../report/build-report.ts';
import { claimText } from '../../report/claim-text.ts';
import { type Report, withOverall } from '../../report/report.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import { describeLoad } from '../../scenario/describe-load.ts';
import { locate } from '../../scenario/load-places.ts';
import { resolveScenario, variantsOf } from '../../scenario/resolve.ts';
import { kernelOf } from '../../scenario/resolve-kernel.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { DEFAULT_OUT } from '../batch-options.ts';
import { BASELINES } from '../stored/stored-folder.ts';

const SAMPLE_PERIOD_NS = 100_000_000;

/** results/<name>; the name must stay inside the folder. */
export function resultsFolder(
  out: string | undefined,
  name: string | undefined,
  selection: string,
): string {
  const folder = name ?? selection;
  if (folder === BASELINES) {
    throw new UserError(`'${BASELINES}' is where baselines are`, {
      expected: 'another name for the results',
    });
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(folder)) {
    throw new UserError(`'${folder.slice(0, 40)}' cannot name a results folder`, {
      expected: 'letters, digits, dots, dashes, underscores',
    });
  }
  return join(out ?? DEFAULT_OUT, folder);
}

/** Simulated time between two rows of a time series; empty: the default. */
export function samplePeriod(written: string): number {
  const at = { file: '--vectors' };
  if (written === '') return SAMPLE_PERIOD_NS;
  const ns = locate(at, () => parseDuration(written));
  if (ns > 0) return ns;
  throw new UserError('a time series needs time between its rows', {
    at,
    expected: 'such as 100ms',
  });
}

/** What is said of a scenario beside its numbers. */
export function headOf(scenario: Scenario, catalogs: Catalogs): ScenarioHead {
  const { name, question, kernel, replications, seed, variants, metrics } = scenario;
  const bounds = variantsOf(scenario, catalogs).filter(({ bound }) => bound !== undefined);
  return {
    ...{ name, question, kernel },
    load: describeLoad(scenario, catalogs),
    baseline: variants[0]!,
    variants,
    bounds: bounds.map((variant) => variant.name),
    ...(metrics === undefined ? {} : { metrics }),
    warnings: flagTraps(scenario, catalogs),
    ...{ replications, seed },
  };
}

/** Sides and variants are told apart by their names alone. */
export function refuseNamesakes(labels: readonly string[]): void {
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice === undefined) return;
  throw new UserError(`two of them are called '${twice}'`, { expected: 'LABEL=FOLDER' });
}

/** Does any row differ from the baseline in anything? */
export function differs({ rows }: Report): boolean {
  return rows.slice(1).some((row) => row.results.some(({ identical }) => !identical));
}

/** One load's runs, compared and laid out. */
export function reportOf(
  head: ScenarioHead,
  results: readonly RunResult[],
  metrics: readonly MetricDeclaration[],
): Report {
  const { metrics: keyMetrics, ...meta } = head;
  const key = keyMetrics === undefined ? {} : { keyMetrics };
  return buildReport({ ...meta, ...key }, results, metrics);
}

/** With what the loads say together. */
export function judgedTogether(
  reports: readonly Report[],
  loads: readonly Load[],
  metrics: readonly MetricDeclaration[],
): readonly Report[] {
  const overall = new OverallSurvival(metrics);
  for (const { head, results } of loads) overall.add(results, head.baseline);
  return withOverall(reports, overall.rows());
}

/** A new flag that somebody drops on its way does not do what it is for. */
function flagTraps(scenario: Scenario, catalogs: Catalogs): RunWarning[] {
  const kernel = kernelOf(scenario, catalogs);
  if (kernel.newFlag === undefined) return [];
  const { config, kmemleak } = resolveScenario(scenario, catalogs);
  const flag = { ...kernel.newFlag, ...kmemleak.newFlag };
  return newFlagWarnings(flag, config.kernel).map(({ text }) => ({ id: 'W016', text }));
}

/** Lines about a scenario's own demands that some run did not meet. */
export function brokenDemands(scenario: Scenario, results: readonly RunResult[]): string[] {
  return brokenExpectations(scenario, results).map(
    ({ metric, variant, replication, value, why }) =>
      `${scenario.name}: ${metric} of ${variant} is ${value ?? 'none'} in run ${replication}` +
      `: expected because ${why}`,
  );
}

/** The same for its claims about all runs together; those about each run are demands. */
export function brokenClaims({ scenario, claims }: Answer): string[] {
  return claims
    .filter(({ of, outcome }) => of !== 'runs' && outcome === 'fails')
    .map((claim) => `${scenario}: ${claimText(claim)}`);
}
