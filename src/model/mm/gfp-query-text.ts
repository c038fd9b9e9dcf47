import { foldLine } from '../../base/fold-line.ts';
import type { GfpAnswer, GfpReport } from './gfp-query.ts';
import type { ByMinOrder, Injectable } from './gfp-query-injection.ts';

const LABEL = 14;

/**
 * The report for people: at most 80 columns, no colour.
 *
 * **Models:** nothing; only words. **Departs:** a number is never rounded on the way.
 */
export function gfpReportText(report: GfpReport): string {
  const order = report.order === 0 ? '' : `, order ${report.order}`;
  const lines = [
    `${report.value} in Linux ${report.kernel}${order}`,
    ...foldLine(report.text === '' ? '(prints nothing)' : report.text, 0),
    '',
    ...answerLines(report),
  ];
  for (const [i, attempt] of (report.metadata ?? []).entries()) {
    const which = i === 0 ? 'first try' : `try ${i + 1}`;
    lines.push('', `kmemleak's metadata, ${report.variant}, ${which}: ${attempt.value}`);
    lines.push(...foldLine(attempt.text, 0), '', ...answerLines(attempt));
  }
  if (report.metadata?.length === 0) lines.push('', `${report.variant} allocates no metadata`);
  return `${lines.join('\n')}\n`;
}

function answerLines(answer: GfpAnswer): string[] {
  const { numerator, denominator } = answer.reserve;
  const share = numerator === 0 ? 'down to the last page' : `${numerator}/${denominator} of min`;
  const flags = answer.flags.map((flag) => flag.replace('__GFP_', '')).join(' ');
  const unknown = answer.unknownBits === '0x0' ? '' : ` ${answer.unknownBits}`;
  return [
    ...wrapped('flags', (flags + unknown).trim() || 'none'),
    ...wrapped('zone', answer.zone === 'invalid' ? 'invalid' : `${answer.zone} and below`),
    ...wrapped('migratetype', answer.migratetype),
    ...wrapped('may block', yesNo(answer.blockable)),
    ...wrapped('wakes kswapd', yesNo(answer.wakesKswapd)),
    ...wrapped('alloc flags', answer.allocFlags.join(' ')),
    ...wrapped('reserve', share),
    ...injectionLines(answer.injectable),
    ...answer.warnings.flatMap(({ id, text }) => wrapped('warning', `${id}: ${text}`)),
  ];
}

function injectionLines({ failslab, failPageAlloc }: Injectable): string[] {
  const rows: [string, { Y: boolean; N: boolean }][] = [
    ['failslab', failslab.ignoreGfpWait],
    ...minOrderRows(failPageAlloc, ''),
  ];
  // HIGHMEM is rare: its knob is worth lines only where it changes something.
  const other = failPageAlloc.ignoreGfpHighmemN;
  if (JSON.stringify(other.minOrder) !== JSON.stringify(failPageAlloc.minOrder)) {
    rows.push(...minOrderRows(other, ', ignore-gfp-highmem N'));
  }
  const table = rows.map(
    ([name, { Y, N }]) => `${name.padEnd(54)}${yesNo(Y).padEnd(6)}${yesNo(N)}`,
  );
  return [
    `${'can be failed'.padEnd(LABEL)}${'ignore-gfp-wait'.padEnd(54)}Y     N`,
    ...table.map((row) => ' '.repeat(LABEL) + row),
  ];
}

function minOrderRows(answers: ByMinOrder, suffix: string): [string, { Y: boolean; N: boolean }][] {
  return Object.entries(answers.minOrder).map(([minOrder, { ignoreGfpWait }]) => [
    `fail_page_alloc, min-order ${minOrder}${suffix}`,
    ignoreGfpWait,
  ]);
}

/** A labelled paragraph. */
function wrapped(label: string, text: string): string[] {
  return foldLine(label.padEnd(LABEL) + text, LABEL);
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
