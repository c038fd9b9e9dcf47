import {
  agreedText,
  MARKS_LEGEND,
  markedValue,
  metricText,
  noteText,
  resultAt,
  splitByAgreement,
  tiesText,
} from '../report/cells.ts';
import { aliveFigure, loadFigures } from '../report/figures.ts';
import { metricFigure } from '../report/metric-figure.ts';
import { cell, figure, numbers, paragraph, table as tableLines } from '../report/page-parts.ts';
import { escapeText } from '../report/plot/svg.ts';
import type { Report } from '../report/report.ts';
import { verdictOf } from '../report/verdict.ts';
import { folded, h } from './dom.ts';
import { downloadButton } from './take-away.ts';

const KMEMLEAK =
  'kmemleak, the kernel’s leak detector, takes a note of every allocation. When the memory for ' +
  'one note is refused, it switches itself off for good, and later leaks go unseen. The ' +
  'proposals differ in how they ask for that memory.';

/** The answer, for somebody who has ten seconds. */
export function verdictView(report: Report): HTMLElement[] {
  const verdict = verdictOf([report]);
  const picture = aliveFigure([report]);
  const said = verdict === null ? report.headline : [verdict.winner];
  const { replications } = report;
  const runs = replications === 1 ? 'one seed' : `${replications} seeds`;
  const words = h(
    'div',
    { class: 'words' },
    h('div', { class: 'verdict' }, ...said.map((sentence) => h('p', {}, sentence))),
    ...(verdict?.why ?? []).map((sentence) => h('p', {}, sentence)),
    h('p', { class: 'about' }, KMEMLEAK),
    h('p', { class: 'about' }, `${report.load}; Linux ${report.kernel}; ${runs}.`),
  );
  if (picture === null) return [words];
  return [words, markup('div', [...figure(2, picture), ...numbers(picture)], 'picture')];
}

/** All variants by the metrics that tell them apart. */
export function numbersView(report: Report): HTMLElement[] {
  const { telling, agreed } = splitByAgreement(report);
  const body = report.rows.map((row) => [
    `<th scope="row">${escapeText(row.variant)}</th>`,
    ...telling.map((metric) => {
      const result = resultAt(row, report.metrics.indexOf(metric));
      return cell(markedValue(result, metric.unit), result.verdict);
    }),
    cell(noteText(row)),
  ]);
  const heads = ['proposal', ...telling.map(({ name }) => name), 'note'];
  const words = telling.map((metric) =>
    h('li', {}, h('b', {}, metric.name), `: ${metricText(metric)}`),
  );
  return [
    markup('div', [
      ...(telling.length === 0 ? [] : tableLines('Metrics of all proposals', heads, body)),
      ...agreedText(report, agreed).map((line) => paragraph(line, 'about')),
      paragraph(MARKS_LEGEND, 'about'),
      ...tiesText(report).map((line) =>
        paragraph(`Equal in every run and metric: ${line}`, 'about'),
      ),
      ...report.warnings.map(({ id, text }) => paragraph(`Warning ${id}: ${text}`, 'about')),
    ]),
    ...(words.length === 0 ? [] : [folded('What the columns mean', h('ul', {}, ...words))]),
    downloadButton('Download all metrics as CSV', `${report.name}.csv`, async () => {
      // As the command line writes it; not before somebody wants it.
      const { default: csv } = await import('../report/formats/csv.ts');
      return csv.render(report);
    }),
  ];
}

/** Each metric with its intervals, and what runs show beside them. */
export function intervalsView(report: Report): HTMLElement[] {
  const { telling } = splitByAgreement(report);
  const figures = telling.flatMap((metric) => metricFigure(report, metric) ?? []);
  const all = [...figures, ...loadFigures(report)];
  return all.map((one) => markup('div', [...figure(3, one), ...numbers(one)]));
}

/** The report's own markup, whose texts are escaped where it is made. */
function markup(tag: 'div', lines: readonly string[], kind?: string): HTMLElement {
  const element = h(tag, kind === undefined ? {} : { class: kind });
  element.innerHTML = lines.join('\n');
  return element;
}
