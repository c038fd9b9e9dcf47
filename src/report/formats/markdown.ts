import {
  againstText,
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
import { type Format, oneAfterAnother } from '../format.ts';
import { gateLines, gatesText } from '../gate-text.ts';
import { overallTables } from '../overall-text.ts';
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
  const { telling, agreed } = splitByAgreement(report);
  const lines = [
    `## ${inline(report.name)}`,
    '',
    `**${inline(report.question)}**`,
    '',
    inline(`${report.load} (kernel ${report.kernel}, seed ${report.seed}, ${runsText(report)})`),
    '',
    ...report.headline.map((sentence) => `- ${inline(sentence)}`),
    ...report.warnings.map(({ id, text }) => `- Warning ${id}: ${inline(text)}`),
    ...(report.gates.length === 0 ? [] : [`- ${inline(gatesText(report))}`]),
    ...gateLines(report).map((line) => `  - ${inline(line)}`),
    ...agreedText(report, agreed).map((line) => `- ${inline(line)}`),
    ...(telling.length === 0 ? [] : ['', ...overview(report, telling)]),
    ...(telling.length === 0 ? [] : ['', inline(againstText(report))]),
    ...telling.flatMap((metric) => ['', ...details(report, metric)]),
    ...overallTables(report).flatMap(({ heading, columns, rows }) => [
      ...['', `### ${inline('All loads')}`, '', inline(heading), ''],
      ...table(columns, rows),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function overview(report: Report, key: readonly ReportMetric[]): string[] {
  const body = report.rows.map((row) => [
    row.variant,
    ...key.map((metric) => {
      const result = resultAt(row, report.metrics.indexOf(metric));
      return markedValue(result, metric.unit);
    }),
    noteText(row),
  ]);
  const ties = tiesText(report).map((line) => `- Equal in every run and metric: ${inline(line)}`);
  return [
    ...table(['variant', ...key.map((metric) => metric.name), 'note'], body),
    '',
    inline(MARKS_LEGEND),
    ...(ties.length === 0 ? [] : ['', ...ties]),
  ];
}

function details(report: Report, metric: ReportMetric): string[] {
  const column = report.metrics.indexOf(metric);
  const rows = report.rows.filter((row) => row.tiedWith === null);
  const body = rows.map((row) => {
    const result = resultAt(row, column);
    const value = fullValue(result.summary, metric, row.runs);
    return [row.variant, value, differenceText(result, metric.unit), result.verdict];
  });
  const notes = survivalNotes(rows, column, metric).map((note) => `- ${inline(note)}`);
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
