import { Runner, resultOf } from '../experiment/run.ts';
import type { RunResult, RunSpec } from '../experiment/run-result.ts';
import type { TimeSeriesReadings } from '../model/machine-readings.ts';
import { buildReport } from '../report/build-report.ts';
import type { NamedCourse } from '../report/plot/course.ts';
import type { Report, ReportMeta } from '../report/report.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { describeLoad } from '../scenario/describe-load.ts';
import {
  type ResolvedScenario,
  resolveRun,
  resolveScenario,
  variantsOf,
} from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Answer, DrawnRun } from './protocol.ts';
import { WatchedMachine } from './watched-machine.ts';

/** Rows of a run that are drawn; with fewer than some of them it is run once more. */
const ROWS = 480;
const FEWEST_ROWS = ROWS / 4;
/** Of the runs of most scenarios, within some ten times. */
const LIKELY_NS = 100_000_000;
/** After these many runs of each variant the comparison is told again. */
const TOLD_AFTER = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Makes the first run of each variant, then the others seed by seed, and tells all of it. */
export function makeExperiment(
  scenario: Scenario,
  catalogs: Catalogs,
  tell: (answer: Answer) => void,
): void {
  const { variants, replications } = scenario;
  const shared = resolveScenario(scenario, catalogs);
  const results: RunResult[] = [];
  const of = variants.length * replications;
  let lengthNs = Math.min(scenario.horizon, LIKELY_NS);
  for (const variant of variants) {
    const run = firstRun({ scenario, shared, catalogs, tell }, variant, lengthNs);
    lengthNs = run.course.endNs;
    results.push(run.result);
    tell({ kind: 'run', run });
    tell({ kind: 'progress', made: results.length, of });
  }
  tell({ kind: 'report', report: reportOf(scenario, catalogs, results), done: 1 });
  const runner = new Runner([scenario], catalogs);
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

interface Setting {
  readonly scenario: Scenario;
  readonly shared: ResolvedScenario;
  readonly catalogs: Catalogs;
  readonly tell: (answer: Answer) => void;
}

/**
 * The first run of a variant, told as it goes on. How long it will be is a guess, and mostly a good
 * one: as long as that of the variant before.
 */
function firstRun(setting: Setting, variant: string, lengthNs: number): DrawnRun {
  const { scenario, shared, catalogs, tell } = setting;
  const spec = specOf(scenario, variant, 0);
  const resolved = resolveRun(scenario, shared, spec, catalogs);
  const marks = marksOf(shared);
  const courseOf = (machine: WatchedMachine): NamedCourse => ({
    ...{ variant, marks, series: fewRows(machine.series()) },
    ...{ endNs: machine.nowNs, deathNs: machine.deathNs() },
  });
  const machine = new WatchedMachine(resolved, {
    samplePeriodNs: Math.max(1, Math.ceil(lengthNs / ROWS)),
    lengthNs,
    look: (one) => tell({ kind: 'course', course: courseOf(one) }),
  });
  machine.run(resolved.horizonNs);
  const course = courseOf(machine);
  const { endNs } = course;
  if (course.series.rows < FEWEST_ROWS && endNs < lengthNs) {
    return firstRun(setting, variant, endNs);
  }
  const readings = machine.readings();
  const result = resultOf(spec, readings, catalogs.metrics.all());
  return { result, course, death: readings.death, last: readings.last };
}

/** All zones together. */
function marksOf({ config: { zones } }: ResolvedScenario): NamedCourse['marks'] {
  const sum = (mark: 'min' | 'low' | 'high') =>
    zones.reduce((pages, { watermarks }) => pages + watermarks[mark], 0);
  return { min: sum('min'), low: sum('low'), high: sum('high') };
}

/** What a drawing reads: of each stretch of rows the one in which the least was free. */
function fewRows({ names, rows, values }: TimeSeriesReadings): TimeSeriesReadings {
  const wanted = /^(ns|free_.*|allocstall_.*|kswapd_(awake|wake)|pgscan_kswapd|oom_kill)$/;
  const kept = names.flatMap((name, i) => (wanted.test(name) ? [i] : []));
  const zones = names.flatMap((name, i) => (name.startsWith('free_') ? [i] : []));
  const freeAt = (row: number): number =>
    zones.reduce((sum, zone) => sum + values[row * names.length + zone]!, 0);
  const few: number[] = [];
  const stretches = Math.min(rows, ROWS);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const end = Math.floor(((stretch + 1) * rows) / stretches);
    let lowest = Math.floor((stretch * rows) / stretches);
    for (let row = lowest + 1; row < end; row++) if (freeAt(row) < freeAt(lowest)) lowest = row;
    for (const column of kept) few.push(values[lowest * names.length + column]!);
  }
  const left = kept.map((column) => names[column]!);
  return { names: left, rows: stretches, values: new Float64Array(few) };
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
  const said = { commands: [], parameters: [], missing: [], summaries };
  const source = { rows: 'proposals' as const, ...said };
  return { ...report, source };
}
