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
  'marks: + better, - worse, ! differs, = same in every run, ~ unclear, ? no data';

/** The value at a glance: a mean, k/n, or the median lifetime with the dead of n. */
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
export function fullValue(summary: Summary | null, unit: Unit, runs: number): string {
  if (summary === null) return '-';
  if (summary.kind === 'survival') return survivalText(summary, unit);
  const { estimate } = summary;
  const of = estimate.n === runs ? '' : ` (n=${estimate.n})`;
  if (summary.kind === 'mean') return formatEstimate(estimate, unit) + of;
  const share = estimate.exact === true ? '' : ` = ${formatEstimate(estimate, 'ratio')}`;
  return `${summary.hits}/${estimate.n}${share}`;
}

/** The difference with its interval. */
export function differenceText({ difference }: Comparison, unit: Unit): string {
  if (difference === null) return '';
  return formatDifference(difference.estimate, unit === 'flag' ? 'ratio' : unit);
}

/**
 * What belongs under a table of lifetimes: how far they were compared, and how many runs were
 * still watched at 0, 1/4, 1/2, 3/4 and the end of each variant's longest run.
 */
export function survivalNotes(rows: readonly ReportRow[], column: number, unit: Unit): string[] {
  const horizons = new Map<string, string[]>();
  const risks: string[] = [];
  for (const row of rows) {
    const { difference, summary } = resultAt(row, column);
    if (summary?.kind !== 'survival') continue;
    risks.push(`${row.variant} ${summary.curve.map((point) => point.atRisk).join('/')}`);
    const { horizon } = difference ?? {};
    if (horizon === undefined) continue;
    const text = formatValue(horizon, unit);
    horizons.set(text, [...(horizons.get(text) ?? []), row.variant]);
  }
  const texts = [...horizons].map(([text, names]) => {
    return horizons.size === 1 ? text : `${text} (${names.join(', ')})`;
  });
  return [
    ...(texts.length === 0 ? [] : [`difference: mean lifetime gained up to ${texts.join(', ')}`]),
    ...(risks.length === 0 ? [] : [`at risk at 0, 1/4, 1/2, 3/4, end: ${risks.join(', ')}`]),
  ];
}

export function medianText({ median, horizon }: SurvivalSummary, unit: Unit): string {
  return median === null ? `>${formatValue(horizon, unit)}` : formatValue(median.value, unit);
}

function survivalText(summary: SurvivalSummary, unit: Unit): string {
  const { died, n, median, survived, horizon } = summary;
  const dead = `${died}/${n} died`;
  if (median === null) {
    if (survived.exact === true) return `${dead} by ${formatValue(horizon, unit)}`;
    return `${dead}; alive ${formatEstimate(survived, 'ratio')}`;
  }
  const at = formatValue(median.value, unit);
  if (median.low === median.high && median.low !== null) return `${dead}, at ${at}`;
  const low = median.low === null ? '' : formatPlain(median.low);
  const high = median.high === null ? '' : formatPlain(median.high);
  return `${dead}, median ${at} [${low}, ${high}]`;
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
  const runs = `${report.replications} ${report.replications === 1 ? 'run' : 'runs'} a variant`;
  if (report.sampling === 'one-run') return `${runs}, exact for this seed`;
  if (report.sampling === 'all-alike') return `${runs}, all alike: exact, nothing left to chance`;
  return report.sampling === 'none' ? 'no runs' : `${runs}, paired by seed, 95 % intervals`;
}

/** `quiet-2011 = rfc-nowait`, one line a group. */
export function tiesText(report: Report): string[] {
  return report.ties.map((group) => {
    const ordered = report.rows.map((row) => row.variant).filter((name) => group.includes(name));
    return ordered.join(' = ');
  });
}
