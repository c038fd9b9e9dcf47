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
} from '../cells.ts';
import { type Format, oneAfterAnother } from '../format.ts';
import { gateLines, gatesText } from '../gate-text.ts';
import { type OverallTable, overallTables } from '../overall-text.ts';
import type { Report, ReportMetric, ReportRow } from '../report.ts';
import { type Align, alignTable, breakName, clip, wrap } from '../table.ts';

// injection: How long does kmemleak live once ...?      name and question
//   20000 attempts of ... (kernel, seed, runs)          what was run
//
//   4 of 8 proposals keep kmemleak alive: ...           the answer
//
//   variant      kmemleak_  host_                       all variants at a glance, ties marked
//                alive      failures
//
//   kmemleak_alive: ...                                 each key metric that tells: value, paired
//     variant  value  difference  verdict               difference with interval, verdict

const WIDTH = 80;
const NAME_WIDTH = 24;

const text: Format = {
  name: 'text',
  summary: 'tables for a terminal of 80 columns',
  extension: 'txt',
  render,
  renderAll: oneAfterAnother(render),
};

export default text;

function render(report: Report): string {
  const { telling, agreed } = splitByAgreement(report);
  const lines = [
    ...wrap(`${report.name}: ${report.question}`, WIDTH),
    ...wrap(report.load, WIDTH, '  '),
    ...wrap(`kernel ${report.kernel}, seed ${report.seed}, ${runsText(report)}`, WIDTH, '  '),
    '',
    ...report.headline.flatMap((sentence) => wrap(sentence, WIDTH, '  ')),
    ...report.warnings.flatMap(({ id, text }) => wrap(`warning ${id}: ${text}`, WIDTH, '  ')),
    ...gates(report),
    ...(telling.length === 0 ? [] : ['', ...overview(report, telling)]),
    ...agreedText(report, agreed).flatMap((line) => wrap(line, WIDTH, '  ')),
    ...(telling.length === 0 ? [] : ['', ...wrap(againstText(report), WIDTH, '  ')]),
    ...telling.flatMap((metric) => ['', ...details(report, metric)]),
    ...others(report),
    ...overallTables(report).flatMap(overallLines),
  ];
  return `${lines.join('\n')}\n`;
}

/** The count of all, and those that did not pass. */
function gates(report: Report): string[] {
  if (report.gates.length === 0) return [];
  return [gatesText(report), ...gateLines(report)].flatMap((line) => wrap(line, WIDTH, '  '));
}

/** All variants by all key metrics; more blocks below one another when they do not fit. */
function overview(report: Report, key: readonly ReportMetric[]): string[] {
  const columns = key.map((metric) => overviewColumn(report, metric));
  const names = ['variant', ...report.rows.map((row) => clip(row.variant, NAME_WIDTH))];
  const notes = report.rows.map((row) => clip(noteText(row), NAME_WIDTH));
  const outside = widest(names) + widest(notes) + 4;
  const lines: string[] = [];
  for (const block of blocks(columns, WIDTH - outside)) {
    const depth = Math.max(...block.map((column) => column.heading.length));
    const heading = Array.from({ length: depth }, (_, line) => [
      line === depth - 1 ? 'variant' : '',
      ...block.map((column) => column.heading[line - depth + column.heading.length] ?? ''),
    ]);
    const body = report.rows.map((row, i) => [
      clip(row.variant, NAME_WIDTH),
      ...block.map((column) => column.cells[i]!),
      notes[i]!,
    ]);
    const aligns: Align[] = ['left', ...block.map((): Align => 'right'), 'left'];
    lines.push(...alignTable([...heading, ...body], aligns).map((line) => `  ${line}`), '');
  }
  return [...lines, ...wrap(MARKS_LEGEND, WIDTH, '  ')];
}

interface OverviewColumn {
  readonly heading: readonly string[];
  readonly cells: readonly string[];
}

function overviewColumn(report: Report, metric: ReportMetric): OverviewColumn {
  const column = report.metrics.indexOf(metric);
  const cells = report.rows.map((row) => markedValue(resultAt(row, column), metric.unit));
  // The mark stands in a place of its own, so that the numbers line up.
  const marked = cells.map((cell) => (/ [-+!=~?]$/.test(cell) ? cell : `${cell}  `));
  const heading = breakName(metric.name, Math.max(widest(marked) - 2, 10));
  return { heading: heading.map((line) => `${line}  `), cells: marked };
}

function blocks(columns: readonly OverviewColumn[], room: number): OverviewColumn[][] {
  const all: OverviewColumn[][] = [];
  let left = 0;
  for (const column of columns) {
    const width = widest([...column.heading, ...column.cells]) + 2;
    const block = all.at(-1);
    if (block === undefined || width > left) {
      all.push([column]);
      left = room - width;
    } else {
      block.push(column);
      left -= width;
    }
  }
  return all;
}

/** The differences of one metric; ties stand once, variants equal to the baseline in a line. */
function details(report: Report, metric: ReportMetric): string[] {
  const column = report.metrics.indexOf(metric);
  const rows = report.rows.filter((row) => row.tiedWith === null);
  const verdictOf = (row: ReportRow) => resultAt(row, column).verdict;
  const shown = rows.filter((row) => verdictOf(row) !== 'same');
  const same = rows.filter((row) => verdictOf(row) === 'same').map((row) => row.variant);
  const body = shown.map((row) => {
    const result = resultAt(row, column);
    const value = fullValue(result.summary, metric, row.runs);
    const name = clip(row.variant, NAME_WIDTH);
    return [name, value, differenceText(result, metric.unit), result.verdict];
  });
  const aligned = detailTable([['variant', 'value', 'difference', 'verdict'], ...body]);
  const notes = [
    ...survivalNotes(shown, column, metric),
    ...(same.length === 0 ? [] : [`same as ${report.baseline} in every run: ${same.join(', ')}`]),
  ];
  return [
    ...wrap(`${metric.name}: ${metricText(metric)}`, WIDTH, '  '),
    ...aligned.map((line) => `    ${line}`.trimEnd()),
    ...notes.flatMap((note) => wrap(note, WIDTH, '    ')),
  ];
}

/** In two parts below one another where it does not fit beside. */
function detailTable(rows: readonly (readonly string[])[]): string[] {
  const whole = alignTable(rows, ['left', 'left', 'left', 'left']);
  if (widest(whole) <= WIDTH - 4) return whole;
  const values = rows.map(([name = '', value = '']) => [name, value]);
  const others = rows.map(([name = '', , difference = '', verdict = '']) => {
    return [name, difference, verdict];
  });
  const compared = others.filter(([, difference]) => difference !== '');
  return [
    ...alignTable(values, ['left', 'left']),
    '',
    ...alignTable(compared, ['left', 'left', 'left']),
  ];
}

/** Metrics that are not shown and yet tell variants apart: by name, for the curious. */
function others(report: Report): string[] {
  const names = report.metrics
    .filter((metric, column) => {
      const told = report.rows.some((row) => {
        return !['same', 'baseline'].includes(resultAt(row, column).verdict);
      });
      return !metric.key && told;
    })
    .map((metric) => metric.name);
  if (names.length === 0) return [];
  return ['', ...wrap(`Not the same either: ${names.join(', ')}.`, WIDTH, '  ')];
}

function overallLines({ heading, columns, rows }: OverallTable): string[] {
  const aligns = columns.map((_, i): Align => (i === 0 ? 'left' : 'right'));
  const table = alignTable([columns, ...rows], aligns);
  return ['', ...wrap(heading, WIDTH, '  '), ...table.map((line) => `    ${line}`)];
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, each) => Math.max(width, each.length), 0);
}
