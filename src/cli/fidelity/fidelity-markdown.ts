import type { FidelityReport, FidelityRow, GroupReport } from '../../fidelity/fidelity-report.ts';
import type { Detail } from './fidelity-text.ts';
import { isTold, measuredText, overall, ratioText, rowText, valueText } from './fidelity-words.ts';

/** Tables for a README or a mail's attachment; the first says what the README's says. */
export function fidelityMarkdown(report: FidelityReport, detail: Detail): string {
  const { groups } = report;
  const wrong = groups.flatMap(({ rows }) => rows.filter((row) => row.agreement === 'outside'));
  const lines = [
    ...table(
      ['group', 'what', 'held to', 'amount', 'agreement', 'agree', 'worst ratio'],
      groups.map((group) => [
        ...groupCells(group),
        `${group.agree} of ${group.quantities}`,
        group.worstRatio === null ? '' : ratioText(group.worstRatio),
      ]),
    ),
    ...(wrong.length === 0 ? [] : ['', ...wrong.map((row) => `- ${escaped(rowText(row))}`)]),
    ...(detail.groups ? groups.flatMap((group) => details(group, detail)) : []),
    '',
    overall(report),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a group is held to, as the README has it. */
export function groupCells(
  group: Pick<GroupReport, 'name' | 'summary' | 'heldTo' | 'settings' | 'unit' | 'agreement'>,
): string[] {
  const { name, summary, heldTo, settings, unit, agreement } = group;
  return [`\`${name}\``, summary, heldTo.join('; '), `${settings} ${unit}`, agreement];
}

function details(group: GroupReport, { exact }: Detail): string[] {
  const shown = group.rows.filter((row) => isTold(row, exact));
  if (shown.length === 0) return [];
  const head = ['kernel', 'setting', 'quantity', 'measured', 'simulated', 'ratio', 'agrees'];
  return ['', `## ${group.name}`, '', ...table(head, shown.map(cells))];
}

function cells(row: FidelityRow): string[] {
  return [
    row.kernel,
    escaped(row.setting),
    escaped(row.quantity),
    escaped(measuredText(row)),
    escaped(valueText(row.simulated)),
    row.ratio === null ? '' : ratioText(row.ratio),
    row.agreement === 'outside' ? '**outside**' : row.agreement,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (words: readonly string[]) => `| ${words.join(' | ')} |`.replace(/ {2,}/g, ' ');
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)];
}

/** Names of metrics keep their underscores, which stand inside words. */
function escaped(text: string): string {
  return text.replace(/[\\|*<`~]/g, '\\$&');
}
