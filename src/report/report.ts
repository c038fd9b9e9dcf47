import type { Claim } from '../experiment/claims.ts';
import type { MetricDeclaration } from '../experiment/compare.ts';
import type { Comparison } from '../experiment/compare-types.ts';
import type { Gate } from '../experiment/gates.ts';
import type { OverallRow } from '../experiment/overall-survival.ts';
import type { RunWarning } from '../experiment/run-warnings.ts';
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
  /** Of them, those of a number that the baseline has too. */
  readonly pairs: number;
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
  /** Runs of one number are held against each other: pairs where all are of one seed, else not. */
  readonly pairedBy: 'seed' | 'number';
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
