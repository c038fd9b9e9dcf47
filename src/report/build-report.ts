import { counted } from '../base/counted.ts';
import { compareRuns, type MetricDeclaration } from '../experiment/compare.ts';
import { tieGroups } from '../experiment/compare-ties.ts';
import type { Comparison } from '../experiment/compare-types.ts';
import type { RunResult } from '../experiment/run-result.ts';
import type { RunWarning, WarningId } from '../experiment/run-warnings.ts';
import { headline } from './headline.ts';
import { keyMetrics } from './key-metrics.ts';
import {
  REPORT_SCHEMA_VERSION,
  type Report,
  type ReportMeta,
  type ReportMetric,
  type ReportRow,
} from './report.ts';

/** Compares the runs of one load and lays the outcome out for reading. Pure. */
export function buildReport(
  meta: ReportMeta,
  results: readonly RunResult[],
  metrics: readonly MetricDeclaration[],
): Report {
  const comparisons = compareRuns(results, metrics, meta.baseline, meta.keyMetrics);
  const columns = columnsOf(meta, metrics, comparisons);
  const ties = tieGroups(results);
  const rows = rowsOf(meta, results, { comparisons, columns, ties });
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    name: meta.name,
    question: meta.question,
    kernel: meta.kernel,
    baseline: meta.baseline,
    replications: meta.replications,
    seed: meta.seed,
    load: meta.load,
    sampling: samplingOf(results),
    pairedBy: new Set(results.map(({ spec }) => spec.seed)).size > 1 ? 'number' : 'seed',
    headline: headline(rows),
    metrics: columns,
    rows,
    ties,
    warnings: [...meta.warnings, ...warningsOf(meta, columns, rows)],
    gates: meta.gates ?? [],
  };
}

/** Metrics without a value in any run are left out; the key ones come first. */
function columnsOf(
  meta: ReportMeta,
  metrics: readonly MetricDeclaration[],
  comparisons: readonly Comparison[],
): ReportMetric[] {
  const filled = new Set(comparisons.filter((each) => each.summary).map((each) => each.metric));
  const present = metrics.filter((metric) => filled.has(metric.name));
  const key = keyMetrics(meta.keyMetrics, present, comparisons);
  const ordered = [
    ...key.map((name) => present.find((metric) => metric.name === name)!),
    ...present.filter((metric) => !key.includes(metric.name)),
  ];
  return ordered.map(({ name, summary, unit, better }) => {
    return { name, summary, unit, better, key: key.includes(name) };
  });
}

interface Outcome {
  readonly comparisons: readonly Comparison[];
  readonly columns: readonly ReportMetric[];
  readonly ties: readonly (readonly string[])[];
}

function rowsOf(meta: ReportMeta, results: readonly RunResult[], outcome: Outcome): ReportRow[] {
  const { comparisons, columns, ties } = outcome;
  const variants = [...new Set(comparisons.map((each) => each.variant))];
  const ofBaseline = new Set(
    results.filter(({ spec }) => spec.variant === meta.baseline).map((run) => run.spec.replication),
  );
  return variants.map((variant, place) => {
    const runs = results.filter((result) => result.spec.variant === variant);
    const equals = ties.find((group) => group.includes(variant)) ?? [];
    const leader = variants.find((name) => equals.includes(name));
    const own = comparisons.filter((each) => each.variant === variant);
    return {
      variant,
      tiedWith: leader === undefined || variants.indexOf(leader) === place ? null : leader,
      bound: meta.bounds?.includes(variant) ?? false,
      runs: runs.length,
      pairs: runs.filter(({ spec }) => ofBaseline.has(spec.replication)).length,
      ends: endsOf(runs),
      results: columns.map(({ name }) => own.find((each) => each.metric === name)!),
    };
  });
}

function endsOf(runs: readonly RunResult[]): Record<string, number> {
  const names = [...new Set(runs.map((run) => run.end))].sort();
  return Object.fromEntries(
    names.map((name) => [name, runs.filter((run) => run.end === name).length]),
  );
}

function samplingOf(results: readonly RunResult[]): Report['sampling'] {
  if (results.length === 0) return 'none';
  const fingerprints = new Map<string, Set<string>>();
  for (const { spec, fingerprint } of results) {
    const seen = fingerprints.get(spec.variant) ?? new Set<string>();
    fingerprints.set(spec.variant, seen.add(fingerprint));
  }
  if (results.length === fingerprints.size) return 'one-run';
  return [...fingerprints.values()].every((seen) => seen.size === 1) ? 'all-alike' : 'sampled';
}

function warningsOf(
  meta: ReportMeta,
  columns: readonly ReportMetric[],
  rows: readonly ReportRow[],
): RunWarning[] {
  const missing = (meta.keyMetrics ?? []).filter(
    (name) => rows.length > 0 && !columns.some((column) => column.name === name),
  );
  const lives = columns.findIndex((column) => column.name === 'kmemleak_alive');
  const livesDiffer = rows.some((row) => row.results[lives]?.identical === false);
  const cutShort = columns.some(({ name, key }) => key && COUNTED_IN_LIFE.test(name));
  return [
    ...missing.map((name) => warning('W010', `${name} has no value in any run of this load`)),
    ...(livesDiffer && cutShort ? [warning('W011', LIFE_ONLY)] : []),
    ...rows.flatMap((row) => rowWarnings(row, rows[0]!)),
  ];
}

function warning(id: WarningId, text: string): RunWarning {
  return { id, text };
}

const COUNTED_IN_LIFE = /^(metadata_|injected_metadata$|injection_coverage$)/;
const LIFE_ONLY =
  'what metadata asked, failed, held or was injected counts while kmemleak lives: ' +
  'a variant that dies early has less of all';

const ENDS: Readonly<Record<string, readonly [id: WarningId, text: string]>> = {
  horizon: ['W012', 'were cut off at the time limit'],
  'out-of-memory': ['W013', 'ended out of memory'],
  livelock: ['W014', 'ended in a livelock: a request that never ends'],
};

function rowWarnings(row: ReportRow, baseline: ReportRow): RunWarning[] {
  const warnings = Object.entries(row.ends).flatMap(([end, n]) => {
    const known = ENDS[end];
    if (known === undefined) return [];
    return [warning(known[0], `${row.variant}: ${n} of ${row.runs} runs ${known[1]}`)];
  });
  if (row.runs === baseline.runs) return warnings;
  const counts = `${counted(row.runs, 'run')} against ${baseline.runs}`;
  const unpaired = `${row.variant}: ${counts}; only pairs enter the differences`;
  return [...warnings, warning('W015', unpaired)];
}
