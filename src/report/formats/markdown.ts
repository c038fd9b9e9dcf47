import {
  differenceText,
  fullValue,
  MARKS_LEGEND,
  markedValue,
  metricText,
  noteText,
  resultAt,
  runsText,
  survivalNotes,
  tiesText,
} from '../cells.ts';
import { type Format, oneAfterAnother } from '../format.ts';
import type { Report, ReportMetric } from '../report.ts';

const markdown: Format = {
  name: 'markdown',
  summary: 'tables for a README, an issue or a merge request',
  extension: 'md',
  render,
  renderAll: oneAfterAnother(render),
};

export default markdown;

function render(report: Report): string {
  const key = report.metrics.filter((metric) => metric.key);
  const lines = [
    `## ${inline(report.name)}`,
    '',
    `**${inline(report.question)}**`,
    '',
    inline(`${report.load} (kernel ${report.kernel}, seed ${report.seed}, ${runsText(report)})`),
    '',
    ...report.headline.map((sentence) => `- ${inline(sentence)}`),
    ...report.warnings.map((warning) => `- Warning: ${inline(warning)}`),
    ...(report.rows.length === 0 ? [] : ['', ...overview(report, key)]),
    ...key.flatMap((metric, column) => ['', ...details(report, metric, column)]),
  ];
  return `${lines.join('\n')}\n`;
}

function overview(report: Report, key: readonly ReportMetric[]): string[] {
  const body = report.rows.map((row) => [
    row.variant,
    ...key.map((metric, column) => markedValue(resultAt(row, column), metric.unit)),
    noteText(row),
  ]);
  const ties = tiesText(report).map((line) => `- Equal in every run and metric: ${inline(line)}`);
  return [
    ...table(['variant', ...key.map((metric) => metric.name), 'note'], body),
    '',
    inline(`${MARKS_LEGEND}; lifetimes: median (died/runs)`),
    ...(ties.length === 0 ? [] : ['', ...ties]),
  ];
}

function details(report: Report, metric: ReportMetric, column: number): string[] {
  const rows = report.rows.filter((row) => row.tiedWith === null);
  const body = rows.map((row) => {
    const result = resultAt(row, column);
    const value = fullValue(result.summary, metric.unit, row.runs);
    return [row.variant, value, differenceText(result, metric.unit), result.verdict];
  });
  const notes = survivalNotes(rows, column, metric.unit).map((note) => `- ${inline(note)}`);
  return [
    `### ${inline(metric.name)}`,
    '',
    inline(metricText(metric)),
    '',
    ...table(['variant', 'value', 'difference', 'verdict'], body),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ];
}

function table(heading: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(inline).join(' | ')} |`;
  const rule = `| --- |${' ---: |'.repeat(heading.length - 2)} --- |`;
  return [line(heading), rule, ...body.map(line)];
}

/** Escapes what markdown would take for its own; an underscore inside a word is none. */
function inline(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\|*<`~]/g, '\\$&')
    .replace(/(?<![a-z0-9])_|_(?![a-z0-9])/gi, '\\_');
}
