import { stringify } from 'csv-stringify/sync';
import type { FidelityReport, FidelityRow } from '../../fidelity/fidelity-report.ts';

const COLUMNS = [
  ...['group', 'kernel', 'setting', 'quantity', 'measured', 'spread_low', 'spread_high', 'runs'],
  ...['simulated', 'allowed_low', 'allowed_high', 'agreement', 'ratio'],
];

/** One line a quantity, numbers at full precision; what does not apply is empty. */
export function fidelityCsv({ groups }: FidelityReport): string {
  const lines = groups.flatMap(({ name, rows }) => rows.map((row) => [name, ...cells(row)]));
  return stringify([COLUMNS, ...lines]);
}

/** Written here, not by the library: numbers in the language's shortest exact form. */
function cells(row: FidelityRow): string[] {
  const [spreadLow, spreadHigh] = row.spread ?? [null, null];
  const [allowedLow, allowedHigh] = row.allowed ?? [null, null];
  const { kernel, setting, quantity, measured, runs, simulated, agreement, ratio } = row;
  return [
    ...[kernel, setting, quantity, measured, spreadLow, spreadHigh, runs],
    ...[simulated, allowedLow, allowedHigh, agreement, ratio],
  ].map((cell) => (cell === null ? '' : String(cell)));
}
