import type { SurvivalSummary } from '../../experiment/compare-types.ts';
import {
  agreedText,
  differenceText,
  fullValue,
  MARKS_LEGEND,
  markedValue,
  metricText,
  noteText,
  resultAt,
  runsText,
  splitByAgreement,
  survivalNotes,
  tiesText,
} from '../cells.ts';
import type { Format } from '../format.ts';
import { gateLines, gatesText } from '../gate-text.ts';
import { PAGE_STYLE } from '../page-style.ts';
import { coursePlot } from '../plot/course-plot.ts';
import { intervalPlot } from '../plot/interval-plot.ts';
import { survivalPlot } from '../plot/survival-plot.ts';
import { escapeText } from '../plot/svg.ts';
import type { Report, ReportMetric, ReportRow } from '../report.ts';

const COURSES_TEXT =
  'the first run of each variant: free pages of all zones by square roots, dashed the ' +
  'watermarks; a cross where kmemleak died, a triangle where the OOM killer killed';

/** No script, nothing to fetch: it opens from a mail, prints, and can be kept. */
const html: Format = {
  name: 'html',
  summary: 'one page with plots and tables, complete in itself',
  extension: 'html',
  render: (report) => page([report]),
  renderAll: page,
};

export default html;

function page(reports: readonly Report[]): string {
  const title = reports.length === 1 ? `gfpsim: ${reports[0]!.name}` : 'gfpsim';
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeText(title)}</title>`,
    `<style>${PAGE_STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeText(title)}</h1>`,
    ...reports.flatMap((report) => section(report, reports.length > 1)),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function section(report: Report, isOneOfMany: boolean): string[] {
  const { telling, agreed } = splitByAgreement(report);
  return [
    '<section>',
    ...(isOneOfMany ? [`<h2>${escapeText(report.name)}</h2>`] : []),
    paragraph(report.question, 'question'),
    '<div class="verdict">',
    ...report.headline.map((sentence) => paragraph(sentence)),
    '</div>',
    paragraph(`${report.load}; kernel ${report.kernel}, seed ${report.seed}, ${runsText(report)}`),
    ...report.warnings.map(({ id, text }) => paragraph(`Warning ${id}: ${text}`, 'warning')),
    ...gates(report),
    ...(telling.length === 0 ? [] : overview(report, telling)),
    ...agreedText(report, agreed).map((line) => paragraph(line, 'faint')),
    ...courses(report),
    ...telling.flatMap((metric) => details(report, metric)),
    '</section>',
  ];
}

function courses({ courses: drawn }: Report): string[] {
  if (drawn === undefined || drawn.length === 0) return [];
  return ['<h3>Free pages over time</h3>', paragraph(COURSES_TEXT, 'faint'), coursePlot(drawn)];
}

function gates(report: Report): string[] {
  if (report.gates.length === 0) return [];
  const items = gateLines(report).map((line) => `<li>${escapeText(line)}</li>`);
  return [paragraph(gatesText(report)), ...(items.length === 0 ? [] : ['<ul>', ...items, '</ul>'])];
}

/** All variants by all key metrics, at a glance. */
function overview(report: Report, telling: readonly ReportMetric[]): string[] {
  const body = report.rows.map((row) => [
    cell(row.variant),
    ...telling.map((metric) => {
      const result = resultAt(row, report.metrics.indexOf(metric));
      return cell(markedValue(result, metric.unit), result.verdict);
    }),
    cell(noteText(row)),
  ]);
  return [
    ...table(['variant', ...telling.map(({ name }) => name), ''], body),
    paragraph(MARKS_LEGEND, 'faint'),
    ...tiesText(report).map((line) => paragraph(`Equal in every run and metric: ${line}`, 'faint')),
  ];
}

/** One metric: its plot, and the numbers behind it. */
function details(report: Report, metric: ReportMetric): string[] {
  const column = report.metrics.indexOf(metric);
  const rows = report.rows.filter((row) => row.tiedWith === null);
  const body = rows.map((row) => {
    const result = resultAt(row, column);
    return [
      cell(row.variant),
      cell(fullValue(result.summary, metric, row.runs)),
      cell(differenceText(result, metric.unit)),
      cell(result.verdict, result.verdict),
    ];
  });
  return [
    `<h3>${escapeText(metric.name)}</h3>`,
    paragraph(metricText(metric), 'faint'),
    ...plot(rows, column, metric),
    ...table(['variant', 'value', `against ${report.baseline}`, 'verdict'], body),
    ...survivalNotes(rows, column, metric).map((note) => paragraph(note, 'faint')),
  ];
}

function plot(rows: readonly ReportRow[], column: number, metric: ReportMetric): string[] {
  const curves: { variant: string; summary: SurvivalSummary }[] = [];
  const intervals = [];
  for (const row of rows) {
    const { variant } = row;
    const { summary } = resultAt(row, column);
    if (summary === null) continue;
    if (summary.kind === 'survival') curves.push({ variant, summary });
    else intervals.push({ variant, estimate: summary.estimate });
  }
  if (curves.length > 0) return [survivalPlot(curves, metric.summary, metric.unit)];
  if (intervals.length === 0) return [];
  const unit = metric.unit === 'flag' ? 'ratio' : metric.unit;
  return [intervalPlot(intervals, metric.summary, unit)];
}

function paragraph(text: string, style?: string): string {
  const attribute = style === undefined ? '' : ` class="${style}"`;
  return `<p${attribute}>${escapeText(text)}</p>`;
}

function cell(text: string, style?: string): string {
  const attribute = style === 'better' || style === 'worse' ? ` class="${style}"` : '';
  return `<td${attribute}>${escapeText(text)}</td>`;
}

function table(heading: readonly string[], body: readonly (readonly string[])[]): string[] {
  const head = heading.map((text) => `<th scope="col">${escapeText(text)}</th>`).join('');
  return [
    '<div class="wide"><table>',
    `<thead><tr>${head}</tr></thead>`,
    '<tbody>',
    ...body.map((cells) => `<tr>${cells.join('')}</tr>`),
    '</tbody>',
    '</table></div>',
  ];
}
