import type { SurvivalSummary } from '../experiment/compare-types.ts';
import { differenceText, fullValue, metricText, resultAt } from './cells.ts';
import type { Figure } from './figures.ts';
import { intervalPlot } from './plot/interval-plot.ts';
import { survivalPlot } from './plot/survival-plot.ts';
import type { Report, ReportMetric, ReportRow } from './report.ts';

const SURVIVAL_READS =
  'A curve steps down each time a run meets the event: where it is at 50 %, half of the runs ' +
  'have. A curve that stays on top is never hit. The pale band holds the truth with 95 % ' +
  'confidence.';
const INTERVAL_READS =
  'A dot is the mean over the runs, its line the range that holds the truth with 95 % ' +
  'confidence; the dashed rule is the baseline. Lines that do not overlap really differ.';

/** One metric over all variants, those that no other equals; null where no run has a value. */
export function metricFigure(report: Report, metric: ReportMetric): Figure | null {
  const column = report.metrics.indexOf(metric);
  const rows = report.rows.filter((row) => row.tiedWith === null);
  const curves: { variant: string; summary: SurvivalSummary }[] = [];
  const intervals = [];
  for (const row of rows) {
    const { variant } = row;
    const { summary } = resultAt(row, column);
    if (summary === null) continue;
    if (summary.kind === 'survival') curves.push({ variant, summary });
    else intervals.push({ variant, estimate: summary.estimate });
  }
  const unit = metric.unit === 'flag' ? 'ratio' : metric.unit;
  const told = { id: metric.name, heading: metric.name, table: metricTable(report, metric, rows) };
  const reads = (how: string) => `${sentence(metricText(metric))} ${how}`;
  if (curves.length > 0) {
    const svg = survivalPlot(curves, metric.summary, metric.unit);
    return { ...told, reads: reads(SURVIVAL_READS), svg };
  }
  if (intervals.length === 0) return null;
  return {
    ...told,
    reads: reads(INTERVAL_READS),
    svg: intervalPlot(intervals, metric.summary, unit),
  };
}

function metricTable(report: Report, metric: ReportMetric, rows: readonly ReportRow[]) {
  const column = report.metrics.indexOf(metric);
  return {
    heading: ['variant', 'value', `against ${report.baseline}`, 'verdict'],
    rows: rows.map((row) => {
      const result = resultAt(row, column);
      const value = fullValue(result.summary, metric, row.runs);
      return [row.variant, value, differenceText(result, metric.unit), result.verdict];
    }),
  };
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
