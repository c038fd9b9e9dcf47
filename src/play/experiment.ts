import { Runner } from '../experiment/run.ts';
import type { RunResult, RunSpec } from '../experiment/run-result.ts';
import { Machine } from '../model/machine.ts';
import type { TimeSeriesReadings } from '../model/machine-readings.ts';
import { buildReport, type Report, type ReportMeta } from '../report/report.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { describeLoad } from '../scenario/describe-load.ts';
import { resolveRun, resolveScenario, variantsOf } from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Answer, DrawnRun } from './protocol.ts';

/** Pieces of a run's time that are drawn. */
export const PIECES = 240;
/** After these many runs of each variant the comparison is told again. */
const TOLD_AFTER = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Makes the first run of each variant, then the others seed by seed, and tells all of it. */
export function makeExperiment(
  scenario: Scenario,
  catalogs: Catalogs,
  tell: (answer: Answer) => void,
): void {
  const { variants, replications } = scenario;
  const runner = new Runner([scenario], catalogs);
  const results: RunResult[] = [];
  const of = variants.length * replications;
  for (const variant of variants) {
    const result = runner.run(specOf(scenario, variant, 0));
    results.push(result);
    tell({ kind: 'run', run: drawRun(scenario, catalogs, result) });
    tell({ kind: 'progress', made: results.length, of });
  }
  tell({ kind: 'report', report: reportOf(scenario, catalogs, results), done: 1 });
  for (let replication = 1; replication < replications; replication++) {
    for (const variant of variants) {
      results.push(runner.run(specOf(scenario, variant, replication)));
      tell({ kind: 'progress', made: results.length, of });
    }
    const done = replication + 1;
    if (done !== replications && !TOLD_AFTER.includes(done)) continue;
    tell({ kind: 'report', report: reportOf(scenario, catalogs, results), done });
  }
}

function specOf({ name, seed }: Scenario, variant: string, replication: number): RunSpec {
  return { scenario: name, variant, replication, seed };
}

/** The run once more with a time series: its length is known now, and sampling changes nothing. */
function drawRun(scenario: Scenario, catalogs: Catalogs, result: RunResult): DrawnRun {
  const shared = resolveScenario(scenario, catalogs);
  const { config, tasks, streams, horizonNs } = resolveRun(scenario, shared, result.spec, catalogs);
  const endNs = result.simulatedNs;
  const samplePeriodNs = Math.max(1, Math.ceil(endNs / (2 * PIECES)));
  const machine = new Machine({ ...config, samplePeriodNs }, tasks, streams);
  machine.run(horizonNs);
  const { series, death, last } = machine.readings();
  const { zones } = shared.config;
  const sum = (mark: 'min' | 'low' | 'high') =>
    zones.reduce((pages, { watermarks }) => pages + watermarks[mark], 0);
  const marks = { min: sum('min'), low: sum('low'), high: sum('high') };
  const { variant } = result.spec;
  const course = { variant, series: drawn(series!), marks, endNs, deathNs: death?.ns ?? null };
  return { result, course, death, last };
}

/** The columns that a drawing reads: a tenth of what is sampled. */
function drawn({ names, rows, values }: TimeSeriesReadings): TimeSeriesReadings {
  const wanted = /^(ns|free_.*|allocstall_.*|pgscan_kswapd|oom_kill)$/;
  const kept = names.flatMap((name, i) => (wanted.test(name) ? [i] : []));
  const few = new Float64Array(rows * kept.length);
  for (let row = 0; row < rows; row++) {
    kept.forEach((column, i) => {
      few[row * kept.length + i] = values[row * names.length + column]!;
    });
  }
  return { names: kept.map((i) => names[i]!), rows, values: few };
}

/** As the command line lays it out. */
export function reportOf(
  scenario: Scenario,
  catalogs: Catalogs,
  results: readonly RunResult[],
): Report {
  const { name, question, kernel, seed, variants, metrics } = scenario;
  const made = results.length / variants.length;
  const bounds = variantsOf(scenario, catalogs).filter(({ bound }) => bound !== undefined);
  const meta: ReportMeta = {
    ...{ name, question, kernel, seed },
    replications: made,
    baseline: variants[0]!,
    load: describeLoad(scenario, catalogs),
    warnings: [],
    bounds: bounds.map((variant) => variant.name),
    ...(metrics === undefined ? {} : { keyMetrics: metrics }),
  };
  const report = buildReport(meta, results, catalogs.metrics.all());
  const proposals = variantsOf(scenario, catalogs);
  const summaries = Object.fromEntries(proposals.map((one) => [one.name, one.summary]));
  return { ...report, source: { commands: [], parameters: [], missing: [], summaries } };
}
