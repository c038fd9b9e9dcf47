import type { Claim } from '../experiment/claims.ts';
import { compareRuns, type MetricDeclaration } from '../experiment/compare.ts';
import { tieGroups } from '../experiment/compare-ties.ts';
import type { Comparison } from '../experiment/compare-types.ts';
import type { Gate } from '../experiment/gates.ts';
import type { OverallRow } from '../experiment/overall-survival.ts';
import type { RunResult } from '../experiment/run-result.ts';
import type { RunWarning, WarningId } from '../experiment/run-warnings.ts';
import { headline } from './headline.ts';
import { keyMetrics } from './key-metrics.ts';
import type { NamedCourse } from './plot/course.ts';

// One load's report, as plain data:
//
//   meta        what was asked, of which machine, with how many runs
//   headline    the answer in a sentence or two
//   metrics     columns: the key ones first, in the order in which they were asked for
//   rows        variants, baseline first; a row's results stand in the order of `metrics`
//   ties        groups of variants that no metric of no run tells apart
//   warnings    what a reader must know before believing the rest
//   gates       demands on the runs, and whether they are met

export const REPORT_SCHEMA_VERSION = 1;

export interface ReportMeta {
  readonly name: string;
  /** The scenario's question, one sentence. */
  readonly question: string;
  readonly kernel: string;
  readonly baseline: string;
  readonly replications: number;
  readonly seed: string;
  /** The load in words. */
  readonly load: string;
  readonly warnings: readonly RunWarning[];
  /** The scenario's own choice and order; without it the standing list decides. */
  readonly keyMetrics?: readonly string[];
  /** Demands on these runs, judged. */
  readonly gates?: readonly ReportGate[];
  /** Variants that are bounds, not proposals: shown, but not counted among them. */
  readonly bounds?: readonly string[];
}

export interface ReportMetric {
  readonly name: string;
  readonly summary: string;
  readonly unit: MetricDeclaration['unit'];
  readonly better: MetricDeclaration['better'];
  readonly key: boolean;
}

export interface ReportRow {
  readonly variant: string;
  /** The first variant with the very same results, if there is one before this. */
  readonly tiedWith: string | null;
  readonly bound: boolean;
  readonly runs: number;
  /** How the runs ended, and how many so. */
  readonly ends: Readonly<Record<string, number>>;
  readonly results: readonly Comparison[];
}

export interface Report {
  readonly schemaVersion: number;
  readonly name: string;
  readonly question: string;
  readonly kernel: string;
  readonly baseline: string;
  readonly replications: number;
  readonly seed: string;
  readonly load: string;
  /** one-run and all-alike (nothing was left to chance) claim no intervals. */
  readonly sampling: 'none' | 'one-run' | 'all-alike' | 'sampled';
  readonly headline: readonly string[];
  readonly metrics: readonly ReportMetric[];
  readonly rows: readonly ReportRow[];
  readonly ties: readonly (readonly string[])[];
  readonly warnings: readonly RunWarning[];
  readonly gates: readonly ReportGate[];
  /** One run of each variant that no other equals, over its time; only for those who draw. */
  readonly courses?: readonly NamedCourse[];
  /** With the last of several loads: over all of them. */
  readonly overall?: readonly OverallRow[];
  /** Only for pages. */
  readonly source?: ReportSource;
  /** What the scenario claims, and what was measured of it; only for those who draw. */
  readonly claims?: readonly Claim[];
}

/** Where the runs come from: enough to make them again. */
export interface ReportSource {
  /** What the rows are: proposals of one batch, or results beside each other. */
  readonly rows: 'proposals' | 'results';
  /** Command lines that make them; two results have two. */
  readonly commands: readonly string[];
  /** Every parameter as the runs use it. */
  readonly parameters: readonly ReportParameter[];
  /** What the variants do, by their names; a user's own mask says nothing. */
  readonly summaries: Readonly<Record<string, string>>;
  /** What is not here and how to get it, a sentence each. */
  readonly missing: readonly string[];
}

export interface ReportParameter {
  readonly path: string;
  readonly value: string;
  readonly origin: string;
}

/** One demand on the runs of one variant, and whether they meet it. */
export interface ReportGate extends Omit<Gate, 'scenario'> {
  /** What a reader must know to act on it. */
  readonly note?: string;
}

export type ReportData = Omit<Report, 'courses' | 'source' | 'overall' | 'claims'>;

/** The report as data: what only a page draws, and what is said of all loads, is left out. */
export function withoutPage(report: Report): ReportData {
  const { courses: _, source: __, overall: ___, claims: ____, ...data } = report;
  return data;
}

/** The last load's report ends with what is said of all loads together. */
export function withOverall(
  reports: readonly Report[],
  overall: readonly OverallRow[],
): readonly Report[] {
  const last = reports.at(-1);
  if (last === undefined || overall.length === 0) return reports;
  return [...reports.slice(0, -1), { ...last, overall }];
}

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
  const counts = `${row.runs} runs against ${baseline.runs}`;
  const unpaired = `${row.variant}: ${counts}; only pairs enter the differences`;
  return [...warnings, warning('W015', unpaired)];
}
