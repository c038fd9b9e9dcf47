import { counted } from '../../base/counted.ts';
import type { FidelityReport, FidelityRow } from '../../fidelity/fidelity-report.ts';
import type { Value } from '../../fidelity/quantity.ts';
import { formatPlain } from '../../report/numbers.ts';

/** How the numbers of measurements are put into words, in every format for people. */

export function valueText(value: Value): string {
  return typeof value === 'number' ? formatPlain(value) : value;
}

export function ratioText(ratio: number): string {
  return ratio.toFixed(3);
}

/** `19 [17, 566]`; the range alone where no median is known, as with what was only bounded. */
export function measuredText({ measured, spread, allowed }: FidelityRow): string {
  const value = measured === null ? [] : [valueText(measured)];
  const isPoint = spread !== null && spread[0] === spread[1];
  if (spread !== null && !isPoint) value.push(`[${spread.map(formatPlain).join(', ')}]`);
  return value.length > 0 || allowed === null ? value.join(' ') : limitsText(allowed);
}

function limitsText([low, high]: NonNullable<FidelityRow['allowed']>): string {
  if (low === null) return high === null ? 'any' : `to ${formatPlain(high)}`;
  return high === null ? `from ${formatPlain(low)}` : `${formatPlain(low)}..${formatPlain(high)}`;
}

/** A whole row in a sentence. */
export function rowText(row: FidelityRow): string {
  const { quantity, kernel, setting, simulated, ratio, allowed, agreement } = row;
  const told = ratio === null ? '' : ` (ratio ${ratioText(ratio)})`;
  const limits =
    agreement === 'outside' && allowed !== null ? `, allowed ${limitsText(allowed)}` : '';
  const values = `measured ${measuredText(row)}, simulated ${valueText(simulated)}${told}`;
  return `${quantity}: ${values}${limits}; ${kernel} ${setting}`;
}

/** What is exact says nothing that its count does not say. */
export function isTold({ agreement }: FidelityRow, exact: boolean): boolean {
  return exact || agreement !== 'exact';
}

export function quantitiesText(count: number): string {
  return count === 1 ? '1 quantity' : `${count} quantities`;
}

/** How many of the quantities do not agree. */
export function disagreeing({ groups }: FidelityReport): number {
  return groups.reduce((sum, group) => sum + group.quantities - group.agree, 0);
}

export function overall(report: FidelityReport): string {
  const { groups } = report;
  const all = groups.reduce((sum, group) => sum + group.quantities, 0);
  const exact = groups.reduce((sum, group) => sum + group.exact, 0);
  const wrong = disagreeing(report);
  const verdict = wrong === 0 ? 'all agree' : `${wrong} ${wrong === 1 ? 'does' : 'do'} not agree`;
  const amount = `${counted(groups.length, 'group')}, ${quantitiesText(all)}`;
  return `${amount}: ${verdict}, ${exact} exactly.`;
}
