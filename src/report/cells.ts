import { counted } from '../base/counted.ts';
import type { Comparison, Summary, SurvivalSummary } from '../experiment/compare-types.ts';
import type { Verdict } from '../experiment/run-result.ts';
import {
  formatDifference,
  formatEstimate,
  formatPlain,
  formatValue,
  type Unit,
} from './numbers.ts';
import type { Report, ReportMetric, ReportRow } from './report.ts';

/** One character a verdict, for tables that show many metrics at once. */
const MARKS: Readonly<Record<Verdict, string>> = {
  better: '+',
  worse: '-',
  differs: '!',
  same: '=',
  unclear: '~',
  baseline: '',
  'no data': '?',
};

export const MARKS_LEGEND =
  'marks: + better, - worse, ! differs, = same in every run, ~ unclear, ? no data; ' +
  'times to an event: median (events/runs)';

/** The value at a glance: a mean, k/n, or the median time with the events of n. */
export function shortValue(summary: Summary | null, unit: Unit): string {
  if (summary === null) return '-';
  if (summary.kind === 'proportion') return `${summary.hits}/${summary.estimate.n}`;
  if (summary.kind === 'mean') return formatValue(summary.estimate.value, unit);
  return `${medianText(summary, unit)} (${summary.died}/${summary.n})`;
}

/** The same with its mark; the baseline has none. */
export function markedValue({ summary, verdict }: Comparison, unit: Unit): string {
  return `${shortValue(summary, unit)} ${MARKS[verdict]}`.padEnd(2).trimEnd();
}

/** The value with its interval, and from how many runs where that is not all of them. */
export function fullValue(summary: Summary | null, metric: ReportMetric, runs: number): string {
  if (summary === null) return '-';
  if (summary.kind === 'survival') return survivalText(summary, metric);
  const { estimate } = summary;
  const of = estimate.n === runs ? '' : ` (n=${estimate.n})`;
  if (summary.kind === 'mean') return formatEstimate(estimate, metric.unit) + of;
  const share = estimate.exact === true ? '' : ` = ${formatEstimate(estimate, 'ratio')}`;
  return `${summary.hits}/${estimate.n}${share}`;
}

/** Key metrics that tell at least one variant from the baseline, and those that do not. */
export function splitByAgreement(report: Report): {
  telling: ReportMetric[];
  agreed: ReportMetric[];
} {
  const key = report.metrics.filter((metric) => metric.key);
  const agrees = (metric: ReportMetric) =>
    report.rows.slice(1).every((row) => resultAt(row, report.metrics.indexOf(metric)).identical);
  return {
    telling: key.filter((metric) => !agrees(metric)),
    agreed: key.filter(agrees),
  };
}

/** `the same in every run of all variants: host_attempts 20000, livelock 0/20`. */
export function agreedText(report: Report, agreed: readonly ReportMetric[]): string[] {
  const baseline = report.rows[0];
  if (baseline === undefined || agreed.length === 0) return [];
  const values = agreed.map((metric) => {
    const { summary } = resultAt(baseline, report.metrics.indexOf(metric));
    return `${metric.name} ${shortValue(summary, metric.unit)}`;
  });
  return [`the same in every run of all variants: ${values.join(', ')}`];
}

/** The difference with its interval. */
export function differenceText({ difference }: Comparison, unit: Unit): string {
  if (difference === null) return '';
  return formatDifference(difference.estimate, unit === 'flag' ? 'ratio' : unit);
}

/**
 * What belongs under a table of times to an event: how far they were compared, and, where chance
 * played, how many runs were still watched at 0, 1/4, 1/2, 3/4 and the end of each variant's
 * longest run.
 */
export function survivalNotes(
  rows: readonly ReportRow[],
  column: number,
  metric: ReportMetric,
): string[] {
  const horizons = new Map<string, string[]>();
  const risks: string[] = [];
  const tests: string[] = [];
  for (const row of rows) {
    const { difference, summary } = resultAt(row, column);
    if (summary?.kind !== 'survival') continue;
    const curve = summary.curve.map((point) => point.atRisk).join('/');
    if (summary.survived.exact !== true) risks.push(`${row.variant} ${curve}`);
    const { horizon, logRank } = difference ?? {};
    if (logRank !== undefined) tests.push(`${row.variant} ${pText(logRank.p)}`);
    if (horizon === undefined) continue;
    const text = formatValue(horizon, metric.unit);
    horizons.set(text, [...(horizons.get(text) ?? []), row.variant]);
  }
  const texts = [...horizons].map(([text, names]) => {
    return horizons.size === 1 ? text : `${text} (${names.join(', ')})`;
  });
  return [
    ...(texts.length === 0 ? [] : [`difference: mean time gained up to ${texts.join(', ')}`]),
    ...(tests.length === 0 ? [] : [`log-rank test of whole lifetimes: ${tests.join(', ')}`]),
    ...(risks.length === 0 ? [] : [`at risk at 0, 1/4, 1/2, 3/4, end: ${risks.join(', ')}`]),
  ];
}

/** `p = 0.012`; what is smaller than anybody can believe is only said to be small. */
export function pText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toPrecision(2)}`;
}

export function medianText({ median, horizon }: SurvivalSummary, unit: Unit): string {
  return median === null ? `>${formatValue(horizon, unit)}` : formatValue(median.value, unit);
}

/** Deaths are called so; other events are met or not. */
function eventWords(metric: ReportMetric): { happened: string; spared: string } {
  const isDeath = metric.name.includes('death');
  return isDeath ? { happened: 'died', spared: 'alive' } : { happened: 'met', spared: 'spared' };
}

function survivalText(summary: SurvivalSummary, metric: ReportMetric): string {
  const { died, n, median, survived, horizon } = summary;
  const { happened, spared } = eventWords(metric);
  const exact = survived.exact === true;
  if (median === null) {
    if (exact) return `${spared} to ${formatValue(horizon, metric.unit)}`;
    return `${died}/${n} ${happened}; ${spared} ${formatEstimate(survived, 'ratio')}`;
  }
  const at = formatValue(median.value, metric.unit);
  if (exact) return `${happened} at ${at}`;
  const low = median.low === null ? '' : formatPlain(median.low);
  const high = median.high === null ? '' : formatPlain(median.high);
  return `${died}/${n} ${happened}, median ${at} [${low}, ${high}]`;
}

/** What a row's reader must not miss: its twin, or that its runs did not end as they should. */
export function noteText(row: ReportRow): string {
  const ends = Object.entries(row.ends)
    .filter(([end]) => end === 'livelock' || end === 'out-of-memory')
    .map(([end, n]) => `${end} ${n}/${row.runs}`);
  return [...(row.tiedWith === null ? [] : [`= ${row.tiedWith}`]), ...ends].join(', ');
}

/** `kmemleak still tracks …; higher is better`. */
export function metricText({ summary, better }: ReportMetric): string {
  return better === 'neither' ? summary : `${summary}; ${better} is better`;
}

export function resultAt(row: ReportRow, column: number): Comparison {
  return row.results[column]!;
}

/** How many runs, and what that allows to say. */
export function runsText(report: Report): string {
  const { sampling } = report;
  if (sampling === 'none') return 'no runs';
  const runs = runCounts(report);
  if (sampling === 'all-alike') return `${runs}, all alike: exact, nothing left to chance`;
  if (sampling === 'one-run') {
    return isPaired(report) ? `${runs}, exact for this seed` : `${runs}, each exact for its seed`;
  }
  return `${runs}, ${pairsText(report)}, 95 % intervals`;
}

/** `4 runs a variant`, or where they have not equally many: `30 and 3 runs`. */
function runCounts({ rows, replications }: Report): string {
  const counts = [...new Set(rows.map(({ runs }) => runs))];
  if (counts.length < 2) {
    return `${counted(counts[0] ?? replications, 'run')} a variant`;
  }
  return `${counts.slice(0, -1).join(', ')} and ${counts.at(-1)} runs`;
}

/** How many pairs is only said where some run has no partner. */
function pairsText(report: Report): string {
  if (!isPaired(report)) return 'not paired: different seeds';
  const [baseline, ...others] = report.rows;
  const counts = others.map(({ pairs }) => pairs);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const all = report.rows.every(({ runs, pairs }) => runs === pairs && runs === baseline!.runs);
  if (all || counts.length === 0) return 'paired by seed';
  const range = fewest === most ? String(most) : `${fewest} to ${most}`;
  return `${range} ${most === 1 ? 'pair' : 'pairs'} by seed`;
}

export function isPaired({ pairedBy }: Report): boolean {
  return pairedBy === 'seed';
}

/** How to read the tables of differences. */
export function againstText(report: Report): string {
  const { baseline, ties } = report;
  const folded = ties.length === 0 ? '' : '; of equal variants (=) the first stands for all';
  const how = isPaired(report) ? 'run by run' : 'in the order of the runs, which are no pairs';
  return `Against ${baseline}, ${how}${folded}:`;
}

/** `quiet-2011 = rfc-nowait`, one line a group. */
export function tiesText(report: Report): string[] {
  return report.ties.map((group) => {
    const ordered = report.rows.map((row) => row.variant).filter((name) => group.includes(name));
    return ordered.join(' = ');
  });
}
