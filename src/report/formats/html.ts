import {
  agreedText,
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
import { aliveFigure, loadFigures, MOST_LOADS } from '../figures.ts';
import type { Format } from '../format.ts';
import { gateLines, gatesText } from '../gate-text.ts';
import { metricFigure } from '../metric-figure.ts';
import { overallTables } from '../overall-text.ts';
import {
  cell,
  figure,
  folded,
  heading,
  numbers,
  paragraph,
  plainTable,
  table,
} from '../page-parts.ts';
import { PAGE_STYLE } from '../page-style.ts';
import { escapeText } from '../plot/svg.ts';
import type { Report, ReportMetric } from '../report.ts';
import { verdictOf } from '../verdict.ts';

// One page, and what somebody sees of it in so many seconds:
//
//   10   the question, who won, the picture of who stayed alive, why and at what price
//   60   a section a load: what was run, all variants by all key metrics
//   600  free pages over time, stalls, reserves, faults; each metric with its intervals
//        parameters with their origins, the command that makes it again

const KMEMLEAK =
  'kmemleak, the kernel\u2019s leak detector, keeps a note of its own on every allocation. When ' +
  'one such request for metadata is refused, it switches itself off for good, and later leaks ' +
  'go unseen. The proposals differ in how they ask.';

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
    ...top(reports),
    ...(reports.length > 1 ? contents(reports) : []),
    ...reports.flatMap((report, i) => section(report, i, reports.length > 1)),
    ...reports.flatMap(overall),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** The first screen. */
function top(reports: readonly Report[]): string[] {
  const verdict = reports.length > MOST_LOADS ? null : verdictOf(reports);
  const picture = aliveFigure(reports);
  const [only] = reports;
  const isOne = reports.length === 1;
  const said = isOne ? only!.headline : [];
  const answer = said.find((line) => line.startsWith('Answer: '));
  const winner = verdict === null ? said : [verdict.winner];
  const sentences = answer === undefined || winner === said ? winner : [answer, ...winner];
  const question = isOne ? only!.question : questionOf(reports);
  return [
    `<header${picture === null ? '' : ' class="pictured"'}>`,
    '<div class="ask">',
    paragraph(`gfpsim: ${namesText(reports)}`, 'faint'),
    heading(1, question),
    ...(sentences.length === 0 ? [] : ['<div class="verdict">']),
    ...sentences.map((sentence) => paragraph(withoutLabel(sentence))),
    ...(sentences.length === 0 ? [] : ['</div>']),
    '</div>',
    ...(picture === null ? [] : ['<div class="picture">', ...figure(2, picture), '</div>']),
    '<div class="why">',
    ...(verdict?.why ?? []).map((sentence) => paragraph(sentence)),
    ...(verdict === null ? [] : [paragraph(KMEMLEAK, 'faint')]),
    '</div>',
    '</header>',
  ];
}

/** Of all loads together. */
function questionOf(reports: readonly Report[]): string {
  if (aliveFigure(reports) === null) return 'Questions and answers';
  const isSideBySide = reports[0]?.source?.rows === 'results';
  return isSideBySide ? 'Which side keeps kmemleak alive?' : 'Which proposal keeps kmemleak alive?';
}

function namesText(reports: readonly Report[]): string {
  if (reports.length > MOST_LOADS) return `${reports.length} loads`;
  return reports.map(({ name }) => name).join(', ');
}

function withoutLabel(sentence: string): string {
  return sentence.replace(/^Answer: /, '');
}

/** What each load asks and what came out, with the way to it. */
function contents(reports: readonly Report[]): string[] {
  const body = reports.map(({ name, question, headline }, i) => [
    `<td><a href="#load-${i + 1}">${escapeText(name)}</a></td>`,
    cell(question),
    cell(withoutLabel(headline[0] ?? '')),
  ]);
  return [
    heading(2, 'The loads'),
    ...table('The loads', ['load', 'question', 'answer'], body, 'prose'),
  ];
}

function section(report: Report, index: number, isOneOfMany: boolean): string[] {
  const { telling, agreed } = splitByAgreement(report);
  const others = report.headline.filter((line) => !isOneOfMany && line.startsWith('Answer: '));
  const sentences = report.headline.filter((line) => !others.includes(line));
  return [
    `<section id="load-${index + 1}">`,
    heading(2, report.name),
    ...(isOneOfMany ? [paragraph(report.question, 'question')] : []),
    ...sentences.map((sentence) => paragraph(sentence)),
    paragraph(`${report.load}; kernel ${report.kernel}, seed ${report.seed}, ${runsText(report)}`),
    ...report.warnings.map(({ id, text }) => paragraph(`Warning ${id}: ${text}`, 'faint')),
    ...gates(report),
    ...(telling.length === 0 ? [] : overview(report, telling)),
    ...agreedText(report, agreed).map((line) => paragraph(line, 'faint')),
    ...loadFigures(report).flatMap((one) => [...figure(3, one), ...numbers(one)]),
    ...telling.flatMap((metric) => details(report, metric)),
    ...source(report),
    '</section>',
  ];
}

/** Lifetimes over all loads, after the last of them. */
function overall(report: Report): string[] {
  return overallTables(report).flatMap(({ heading: told, columns, rows }) => [
    ...['<section>', heading(2, 'All loads'), paragraph(told)],
    ...plainTable('All loads', { heading: columns, rows }),
    '</section>',
  ]);
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
  const words = telling.map((metric) => [cell(metric.name), cell(metricText(metric))]);
  return [
    ...table(
      `${report.name}: all variants`,
      ['variant', ...telling.map(({ name }) => name), 'note'],
      body,
    ),
    paragraph(MARKS_LEGEND, 'faint'),
    ...tiesText(report).map((line) => paragraph(`Equal in every run and metric: ${line}`, 'faint')),
    ...folded(
      'What the columns mean',
      table(`${report.name}: columns`, ['column', 'meaning'], words, 'prose'),
    ),
  ];
}

/** One metric: its plot, and the numbers behind it. */
function details(report: Report, metric: ReportMetric): string[] {
  const one = metricFigure(report, metric);
  if (one === null) return [];
  const column = report.metrics.indexOf(metric);
  const rows = report.rows.filter((row) => row.tiedWith === null);
  return [
    ...figure(3, one),
    ...plainTable(`${metric.name}: numbers`, one.table),
    ...survivalNotes(rows, column, metric).map((note) => paragraph(note, 'faint')),
  ];
}

/** Where it all comes from, and how to have it again. */
function source({ name, source: from }: Report): string[] {
  if (from === undefined) return [];
  const { commands, parameters, missing } = from;
  const rows = parameters.map(({ path, value, origin }) => [path, value, origin]);
  const shown = { heading: ['parameter', 'value', 'from'], rows };
  return [
    heading(3, 'To make it again'),
    ...commands.map((command) => `<pre><code>${escapeText(command)}</code></pre>`),
    ...(rows.length === 0
      ? []
      : folded(`All ${rows.length} parameters, and where each comes from`, [
          ...plainTable(`${name}: parameters`, shown),
        ])),
    ...missing.map((sentence) => paragraph(sentence, 'faint')),
  ];
}
