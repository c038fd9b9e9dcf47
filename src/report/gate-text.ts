import { formatDifference, formatEstimate, formatValue } from './numbers.ts';
import type { Report, ReportGate } from './report.ts';

/** `host_failures of pool-5.4`, which names a gate within its load. */
export function gateName({ metric, variant }: ReportGate): string {
  return `${metric} of ${variant}`;
}

/** What was demanded and what was found, in one line. */
export function gateText(gate: ReportGate): string {
  const { threshold, estimate, before, unit, verdict, p, note } = gate;
  const shown = unit === 'flag' ? 'ratio' : unit;
  const parts: string[] = [];
  if (estimate !== null && before !== null) {
    const difference = formatDifference(finite(estimate), shown);
    // Without a sign `0 from 6.5` is read as a fall to nothing.
    const signed = /^\d/.test(difference) ? `+${difference}` : difference;
    parts.push(`${signed} from ${formatValue(before, shown)}`);
  } else if (estimate !== null) parts.push(formatEstimate(finite(estimate), shown));
  parts.push(`${verdict}: ${threshold}`);
  if (p !== undefined && verdict !== 'passed') parts.push(`Holm p ${p.toPrecision(2)}`);
  if (note !== undefined) parts.push(note);
  return parts.join('; ');
}

/** A side that the sample is too small to bound is not claimed. */
function finite(estimate: NonNullable<ReportGate['estimate']>) {
  const { value, low, high } = estimate;
  if (Number.isFinite(low) && Number.isFinite(high)) return estimate;
  return { ...estimate, low: value, high: value, exact: true };
}

export function failedGates({ gates }: Report): ReportGate[] {
  return gates.filter(({ verdict }) => verdict === 'failed');
}

/** How many there are of each verdict: `3 gates failed, 1 unclear, 40 passed`. */
export function gatesText({ gates }: Report): string {
  const count = (...verdicts: readonly string[]) =>
    gates.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const counts = [
    [count('failed'), 'failed'],
    [count('unclear'), 'unclear'],
    [count('no data'), 'without data'],
    [count('passed', 'within'), 'passed'],
  ] as const;
  const shown = counts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  return `${gates.length} ${gates.length === 1 ? 'gate' : 'gates'}: ${shown.join(', ')}`;
}

/** Those that a reader must look at, a line each. */
export function gateLines({ gates }: Report): string[] {
  return gates
    .filter(({ verdict }) => verdict !== 'passed' && verdict !== 'within')
    .map((gate) => `${gateName(gate)}: ${gateText(gate)}`);
}
