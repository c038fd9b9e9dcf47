import { join } from 'node:path';
import type { Catalog } from '../base/catalog.ts';
import { loadCatalog } from '../base/catalog-folder.ts';
import { parseDuration } from '../base/units.ts';
import { UserError } from '../base/user-error.ts';
import { brokenExpectations } from '../experiment/expectations.ts';
import { resultsFiles } from '../experiment/results-layout.ts';
import { newFlagWarnings } from '../model/mm/gfp-query-warnings.ts';
import type { Format } from '../report/format.ts';
import { buildReport, type Report } from '../report/report.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { describeLoad } from '../scenario/describe-load.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { resolveScenario, variantsOf } from '../scenario/resolve.ts';
import { kernelOf } from '../scenario/resolve-kernel.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { writeAtomically } from './node-files.ts';
import type { RunOutcome } from './run-plan.ts';
import { VERSION } from './version.ts';

const SAMPLE_PERIOD_NS = 100_000_000;
const DEFAULT_OUT = 'results';

/** results/<name>; the name must stay inside the folder. */
export function resultsFolder(
  out: string | undefined,
  name: string | undefined,
  selection: string,
): string {
  const folder = name ?? selection;
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(folder)) {
    throw new UserError(`'${folder.slice(0, 40)}' cannot name a results folder`, {
      expected: 'letters, digits, dots, dashes, underscores',
    });
  }
  return join(out ?? DEFAULT_OUT, folder);
}

/** Simulated time between two rows of a time series; empty: the default. */
export function samplePeriod(written: string): number {
  const ns = written === '' ? SAMPLE_PERIOD_NS : parseDuration(written);
  if (ns > 0) return ns;
  throw new UserError('a time series needs time between its rows', { expected: 'such as 100ms' });
}

export function loadFormats(): Promise<Catalog<Format>> {
  return loadCatalog<Format>('format', new URL('../report/formats/', import.meta.url));
}

/** A report a load, in the scenarios' order. */
export function buildReports({ plan, results }: RunOutcome, catalogs: Catalogs): Report[] {
  return plan.scenarios.map((scenario) => {
    const { name, question, kernel, replications, seed, variants, metrics } = scenario;
    const own = results.filter(({ spec }) => spec.scenario === name);
    const bounds = variantsOf(scenario, catalogs).filter(({ bound }) => bound !== undefined);
    const meta = {
      ...{ name, question, kernel, replications, seed },
      baseline: variants[0]!,
      load: describeLoad(scenario, catalogs),
      warnings: flagTraps(scenario, catalogs),
      bounds: bounds.map((variant) => variant.name),
      ...(metrics === undefined ? {} : { keyMetrics: metrics }),
    };
    return buildReport(meta, own, catalogs.metrics.all());
  });
}

/** A new flag that somebody drops on its way does not do what it is for. */
function flagTraps(scenario: Scenario, catalogs: Catalogs): string[] {
  const kernel = kernelOf(scenario, catalogs);
  if (kernel.newFlag === undefined) return [];
  const { config, kmemleak } = resolveScenario(scenario, catalogs);
  const flag = { ...kernel.newFlag, ...kmemleak.newFlag };
  return newFlagWarnings(flag, config.kernel).map(({ text }) => text);
}

/** Lines about the scenarios' own demands that some run did not meet. */
export function brokenDemands({ plan, results }: RunOutcome): string[] {
  return plan.scenarios.flatMap((scenario) =>
    brokenExpectations(scenario, results).map(
      ({ metric, variant, replication, value, why }) =>
        `${scenario.name}: ${metric} of ${variant} is ${value ?? 'none'} in run ${replication}` +
        `: expected because ${why}`,
    ),
  );
}

export interface ResultsToWrite {
  readonly outcome: RunOutcome;
  readonly reports: readonly Report[];
  readonly loaded: readonly LoadedScenario[];
  readonly catalogs: Catalogs;
}

export function writeResults(folder: string, given: ResultsToWrite): void {
  const { outcome, reports, loaded, catalogs } = given;
  const units = catalogs.metrics.all().map(({ name, unit }) => [name, unit] as const);
  const comparisons = new Map(
    reports.map(({ name, rows }) => [name, rows.flatMap((row) => row.results)]),
  );
  const files = resultsFiles(
    { ...outcome, comparisons, units: Object.fromEntries(units) },
    {
      version: VERSION,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      files: Object.fromEntries(loaded.map(({ scenario, file }) => [scenario.name, file])),
    },
  );
  for (const [name, text] of files) writeAtomically(join(folder, name), text);
}
