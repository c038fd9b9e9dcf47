import { stringify } from 'csv-stringify/sync';
import type { Comparison, Summary } from '../../experiment/compare-types.ts';
import type { Format } from '../format.ts';
import type { Report, ReportGate, ReportMetric, ReportRow } from '../report.ts';

/** One line a variant and metric, numbers at full precision; what does not apply is empty. */
const csv: Format = {
  name: 'csv',
  summary: 'one line a variant and metric, full precision',
  extension: 'csv',
  render: (report) => write([report]),
  renderAll: write,
};

export default csv;

/** `value` is a mean, a share, or for survival the restricted mean up to `horizon`. */
const COLUMNS = [
  ...['load', 'kernel', 'variant', 'tied_with', 'metric', 'unit', 'better', 'kind'],
  ...['n', 'value', 'low', 'high', 'hits', 'died', 'median', 'median_low', 'median_high'],
  ...['horizon', 'survived', 'survived_low', 'survived_high'],
  ...['baseline', 'pairs', 'difference', 'difference_low', 'difference_high'],
  ...['difference_horizon', 'method', 'exact', 'verdict', 'p', 'q', 'log_rank_p', 'cliffs_delta'],
  ...['variance_reduction', 'threshold', 'note'],
] as const;

type Line = Partial<Record<(typeof COLUMNS)[number], string | number | null>>;

function write(reports: readonly Report[]): string {
  const lines: Line[] = reports.flatMap((report) =>
    report.rows.flatMap((row) =>
      row.results.map((result, i) => ({
        load: report.name,
        kernel: report.kernel,
        ...columnsOfMetric(row, report.metrics[i]!),
        ...columnsOfSummary(result.summary),
        baseline: report.baseline,
        ...columnsOfDifference(result),
      })),
    ),
  );
  lines.push(...reports.flatMap((report) => report.gates.map((gate) => gateLine(report, gate))));
  return stringify(lines.map(asText), { header: true, columns: [...COLUMNS] });
}

function columnsOfMetric(row: ReportRow, { name, unit, better }: ReportMetric): Line {
  return { variant: row.variant, tied_with: row.tiedWith, metric: name, unit, better };
}

function columnsOfSummary(summary: Summary | null): Line {
  if (summary === null) return {};
  if (summary.kind !== 'survival') {
    const { n, value, low, high } = summary.estimate;
    const hits = summary.kind === 'proportion' ? summary.hits : null;
    return { kind: summary.kind, n, value, low, high, hits };
  }
  const { kind, n, died, median, horizon, survived, restrictedMean } = summary;
  return {
    ...{ kind, n, died, horizon },
    ...{ value: restrictedMean.value, low: restrictedMean.low, high: restrictedMean.high },
    median: median?.value ?? null,
    median_low: median?.low ?? null,
    median_high: median?.high ?? null,
    survived: survived.value,
    survived_low: survived.low,
    survived_high: survived.high,
  };
}

function columnsOfDifference({ difference, verdict }: Comparison): Line {
  if (difference === null) return { verdict };
  const { estimate, method, horizon, p, q, logRank, cliffsDelta, varianceReduction } = difference;
  return {
    ...{ p: p ?? null, q: q ?? null, log_rank_p: logRank?.p ?? null },
    ...{ cliffs_delta: cliffsDelta ?? null, variance_reduction: varianceReduction ?? null },
    pairs: estimate.n,
    difference: estimate.value,
    difference_low: estimate.low,
    difference_high: estimate.high,
    difference_horizon: horizon ?? null,
    method,
    exact: estimate.exact === true ? 1 : 0,
    verdict,
  };
}

/** A gate is a line of its own: the number that was judged, and by which threshold. */
function gateLine(report: Report, gate: ReportGate): Line {
  const { variant, metric, unit, estimate, before, verdict, p, threshold, note } = gate;
  return {
    ...{ load: report.name, kernel: report.kernel, baseline: report.baseline },
    ...{ variant, metric, unit, kind: 'gate', verdict, threshold, p: p ?? null },
    ...(before === null
      ? { n: estimate?.n ?? null, ...rangeOf(estimate, ['value', 'low', 'high']) }
      : { value: before, pairs: estimate?.n ?? null, ...rangeOf(estimate, DIFFERENCE) }),
    note: note ?? null,
  };
}

const DIFFERENCE = ['difference', 'difference_low', 'difference_high'] as const;

/** A side without a bound is empty. */
function rangeOf(
  estimate: ReportGate['estimate'],
  [value, low, high]: readonly [keyof Line, keyof Line, keyof Line],
): Line {
  if (estimate === null) return {};
  const bounded = (limit: number) => (Number.isFinite(limit) ? limit : null);
  return {
    [value]: estimate.value,
    [low]: bounded(estimate.low),
    [high]: bounded(estimate.high),
  };
}

/** Written here, not by the library: numbers in the language's shortest exact form. */
function asText(line: Line): Record<string, string> {
  const cells = COLUMNS.map((column) => [column, plain(line[column])]);
  return Object.fromEntries(cells) as Record<string, string>;
}

/** A name that a spreadsheet would take for a formula is disarmed by a leading apostrophe. */
function plain(cell: string | number | null | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}
