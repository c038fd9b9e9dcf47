import type { Comparison, Summary } from '../../experiment/compare-types.ts';
import { toAscii } from '../ascii.ts';
import { medianText, resultAt, runsText, tiesText } from '../cells.ts';
import { type Format, oneAfterAnother } from '../format.ts';
import { gateLines, gatesText } from '../gate-text.ts';
import { fixed, formatPlain } from '../numbers.ts';
import type { Report, ReportMetric, ReportRow } from '../report.ts';
import { clip, wrap } from '../table.ts';

// Rows are metrics, columns variants, the baseline first in every block, as mmtests'
// compare-kernels prints them, in a width that a quoted mail still holds:
//
//   |<--- label 25 --->|<- 11 ->|<----- 18 ----->|<----- 18 ----->|

const WIDTH = 72;
const LABEL = 25;
const BASE = 11;
const CELL = 18;
const VARIANTS_A_BLOCK = 2;

const LEGEND =
  'Positive is better; pp: percentage points; gained: mean time to the event, up to the ' +
  'common horizon. *...*: ';
/** What a star says: it claims no interval and no pairs where there are none. */
const STARS: Readonly<Record<'exact' | 'seed' | 'number', string>> = {
  exact: 'the difference is not zero.',
  seed: 'the 95 % interval of the paired difference excludes zero.',
  number:
    'the 95 % interval of the difference excludes zero; it is taken between runs in their ' +
    'order, which are no pairs.',
};
const DIRECTIONLESS =
  '[...], and !...! in place of *...*: no direction is better, the sign is that of the change.';

const mmtests: Format = {
  name: 'mmtests',
  summary: 'plain ASCII for a mail, 72 columns, baseline first, positive percent is better',
  extension: 'txt',
  render,
  renderAll: oneAfterAnother(render),
};

export default mmtests;

function render(report: Report): string {
  const about = `kernel ${report.kernel}, seed ${report.seed}, ${runsText(report)}`;
  const ties = tiesText(report).map((line) => `Equal in every run and metric: ${line}`);
  const lines = [
    `${report.name}: ${report.question}`,
    report.load,
    about,
    ...report.headline,
    ...report.warnings.map(({ id, text }) => `Warning ${id}: ${text}`),
    ...(report.gates.length === 0 ? [] : [gatesText(report), ...gateLines(report)]),
    ...ties,
  ].flatMap((paragraph) => wrap(toAscii(paragraph), WIDTH));
  return `${[...lines, ...blocks(report)].join('\n')}\n`;
}

function blocks(report: Report): string[] {
  const [baseline, ...others] = report.rows.filter((row) => row.tiedWith === null);
  if (baseline === undefined) return [];
  const lines: string[] = [];
  for (let i = 0; i === 0 || i < others.length; i += VARIANTS_A_BLOCK) {
    lines.push('', ...block(report, baseline, others.slice(i, i + VARIANTS_A_BLOCK)));
  }
  return [...lines, '', ...wrap(legend(report), WIDTH)];
}

function legend(report: Report): string {
  const isSampled = report.sampling === 'sampled';
  const stars = STARS[isSampled ? report.pairedBy : 'exact'];
  const isPlain = report.metrics.some(({ key, better }) => key && better === 'neither');
  return `${LEGEND}${stars}${isPlain ? ` ${DIRECTIONLESS}` : ''}`;
}

function block(report: Report, baseline: ReportRow, variants: readonly ReportRow[]): string[] {
  const heading = ['', ...[baseline, ...variants].map((row) => toAscii(row.variant))];
  const body = report.metrics.flatMap((metric, column) => {
    if (!metric.key) return [];
    const results = [baseline, ...variants].map((row) => resultAt(row, column));
    return metricRows(metric, results);
  });
  return [heading, ...body].map(line);
}

function line([label = '', base = '', ...cells]: readonly string[]): string {
  const columns = cells.map((cell) => clip(cell, CELL - 1).padStart(CELL));
  const left = clip(label, LABEL).padEnd(LABEL) + clip(base, BASE - 1).padStart(BASE);
  return (left + columns.join('')).trimEnd();
}

/** One line a mean or a share; a time to an event needs three: events alone are half the story. */
function metricRows(metric: ReportMetric, results: readonly Comparison[]): string[][] {
  const survival = results.some(({ summary }) => summary?.kind === 'survival');
  if (!survival) return [[metric.name, ...results.map((result) => cell(metric, result))]];
  return [
    [metric.name],
    ['  events', ...results.map(({ summary }) => events(summary))],
    ['  median', ...results.map(({ summary }) => median(summary))],
    ['  gained (RMST)', ...results.map((result) => gained(metric, result))],
  ];
}

function cell(metric: ReportMetric, result: Comparison): string {
  const { summary, difference, verdict } = result;
  if (summary === null || summary.kind === 'survival') return '-';
  const { value, n } = summary.estimate;
  const shown = summary.kind === 'proportion' ? `${summary.hits}/${n}` : formatPlain(short(value));
  if (verdict === 'baseline') return shown;
  if (difference === null) return `${shown} ${marked(metric, result, 'n/a')}`;
  if (summary.kind === 'proportion') {
    return `${shown} ${marked(metric, result, points(metric, result))}`;
  }
  const change = percent(metric, value - difference.estimate.value, difference.estimate.value);
  return `${shown} ${marked(metric, result, change)}`;
}

/**
 * Of the baseline over the same pairs; the sign says better or worse, whatever the metric. Where
 * neither is better it is that of the change, and written in both directions.
 */
function percent(metric: ReportMetric, base: number, difference: number): string {
  if (difference === 0) return '0.00%';
  if (base === 0) return 'n/a';
  const change = (100 * difference) / Math.abs(base);
  const signed = metric.better === 'lower' ? -change : change;
  const size = Math.abs(signed);
  if (size >= 1e6) return signed > 0 ? '>1e6%' : '<-1e6%';
  const sign = metric.better === 'neither' && signed > 0 ? '+' : '';
  return `${sign}${fixed(signed, size >= 10_000 ? 0 : size >= 1000 ? 1 : 2)}%`;
}

/** Shares differ by percentage points: a percentage of a percentage only misleads. */
function points({ better }: ReportMetric, { difference }: Comparison): string {
  const gain = 100 * (difference?.estimate.value ?? 0) * (better === 'lower' ? -1 : 1);
  return `${gain > 0 ? '+' : ''}${fixed(gain, 0)}pp`;
}

/** Brackets say whether it is clear; other ones, that it is no matter of better or worse. */
function marked({ better }: ReportMetric, { verdict }: Comparison, text: string): string {
  const isClear = verdict === 'better' || verdict === 'worse' || verdict === 'differs';
  const [unclear, clear] = better === 'neither' ? ['[]', '!!'] : ['()', '**'];
  const [open, close] = isClear ? clear! : unclear!;
  return `${open}${text.padStart(7)}${close}`;
}

function events(summary: Summary | null): string {
  return summary?.kind === 'survival' ? `${summary.died}/${summary.n}` : '-';
}

function median(summary: Summary | null): string {
  return summary?.kind === 'survival' ? medianText(summary, 'count') : '-';
}

function gained(metric: ReportMetric, result: Comparison): string {
  if (result.verdict === 'baseline') return '';
  if (result.difference === null) return 'n/a';
  const { value } = result.difference.estimate;
  const gain = metric.better === 'lower' ? -value : value;
  return marked(metric, result, `${gain > 0 ? '+' : ''}${formatPlain(short(gain))}`);
}

/** Large values in full would not fit: at most seven digits before the point. */
function short(value: number): number {
  return Math.abs(value) < 10_000_000 ? value : Number(value.toPrecision(4));
}
