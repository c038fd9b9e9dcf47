import { TERMINAL_WIDTH } from '../../base/fold-line.ts';
import {
  type FidelityReport,
  type FidelityRow,
  farthest,
  type GroupReport,
} from '../../fidelity/fidelity-report.ts';
import type { Agreement } from '../../fidelity/quantity.ts';
import { type Align, alignTable, hang, wrap } from '../../report/table.ts';
import {
  isTold,
  measuredText,
  overall,
  quantitiesText,
  ratioText,
  rowText,
  valueText,
} from './fidelity-words.ts';

// group     amount    agree  exact  ...  ratio          each group at a glance
// drain  49 starts  515/515    402  ...  1.012
//
// outside what is allowed                                 those that do not agree, if any
// farthest from what was measured                         of each group, the worst that does
//
// drain: drains with nothing to reclaim, ...              of a group that was asked for, and with
//   4.17 128M GFP_ATOMIC 256 bytes, boot 1                -v of all: setting by setting

const GRADES: readonly Agreement[] = ['exact', 'spread', 'chance', 'slack'];
const LEGEND = [
  'spread: among the measured runs; chance: as two samples of one law; slack: within the',
  'tolerance; ratio: simulated by measured, the one farthest from 1',
].join(' ');
/** Of one group; more say no more. */
const OUTSIDE_MOST = 8;

/** What of the groups is told in full. */
export interface Detail {
  readonly groups: boolean;
  /** Quantities that do not differ at all, too. */
  readonly exact: boolean;
}

export function fidelityText(report: FidelityReport, detail: Detail): string {
  const { groups } = report;
  const lines = [
    ...summary(groups),
    ...section('outside what is allowed', groups.flatMap(outside)),
    ...section('farthest from what was measured', groups.flatMap(far)),
    ...(detail.groups ? groups.flatMap((group) => ['', ...details(group, detail)]) : []),
    '',
    ...wrap(overall(report), TERMINAL_WIDTH),
  ];
  return `${lines.join('\n')}\n`;
}

function summary(groups: readonly GroupReport[]): string[] {
  const rows = groups.map((group) => [
    group.name,
    `${group.settings} ${group.unit}`,
    `${group.agree}/${group.quantities}`,
    ...GRADES.map((grade) => String(group.rows.filter((row) => row.agreement === grade).length)),
    group.worstRatio === null ? '-' : ratioText(group.worstRatio),
  ]);
  const head = ['group', 'amount', 'agree', ...GRADES, 'ratio'];
  const aligns: Align[] = head.map((_, i) => (i === 0 ? 'left' : 'right'));
  return [...alignTable([head, ...rows], aligns), ...wrap(LEGEND, TERMINAL_WIDTH)];
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines];
}

function outside({ name, rows }: GroupReport): string[] {
  const wrong = rows.filter(({ agreement }) => agreement === 'outside');
  const left = wrong.length - OUTSIDE_MOST;
  return [
    ...wrong
      .slice(0, OUTSIDE_MOST)
      .flatMap((row) => hang(`  ${name}  `, rowText(row), TERMINAL_WIDTH)),
    ...(left > 0 ? [`  ${name}  and ${left} more: gfpsim fidelity ${name}`] : []),
  ];
}

/** Where nothing differs nothing is far. */
function far({ name, rows }: GroupReport): string[] {
  const row = farthest(rows.filter(({ agreement }) => agreement !== 'outside'));
  if (row === undefined || row.ratio === 1) return [];
  return hang(`  ${name}  `, rowText(row), TERMINAL_WIDTH);
}

function details(group: GroupReport, { exact }: Detail): string[] {
  const shown = group.rows.filter((row) => isTold(row, exact));
  const folded = group.rows.length - shown.length;
  return [
    ...wrap(`${group.name}: ${group.summary}`, TERMINAL_WIDTH),
    ...hang('  held to: ', group.heldTo.join('; '), TERMINAL_WIDTH),
    ...hang('  agrees:  ', group.agreement, TERMINAL_WIDTH),
    ...(shown.length === 0 ? [] : settings(shown)),
    ...(folded === 0 ? [] : [`  exact: ${quantitiesText(folded)}`]),
  ];
}

/** One table of all settings, with the name of each above its rows. */
function settings(rows: readonly FidelityRow[]): string[] {
  const cells = rows.map((row) => [
    `  ${row.quantity}`,
    measuredText(row),
    valueText(row.simulated),
    row.ratio === null ? '' : ratioText(row.ratio),
    row.agreement === 'outside' ? 'OUTSIDE' : row.agreement,
  ]);
  const head = ['  quantity', 'measured', 'simulated', 'ratio', 'agrees'];
  const [first, ...lines] = alignTable(
    [head, ...cells],
    ['left', 'right', 'right', 'right', 'left'],
  );
  return [
    first!,
    ...lines.flatMap((line, i) => {
      const name = settingOf(rows[i]!);
      const isNew = i === 0 || settingOf(rows[i - 1]!) !== name;
      return isNew ? [...wrap(name, TERMINAL_WIDTH, ' '), line] : [line];
    }),
  ];
}

function settingOf({ kernel, setting }: FidelityRow): string {
  return `${kernel} ${setting}`;
}
