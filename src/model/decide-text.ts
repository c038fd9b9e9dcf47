import { counted } from '../base/counted.ts';
import { foldLine } from '../base/fold-line.ts';
import type { DecideReport } from './decide-query.ts';
import type { DecideStep } from './decision-recorder.ts';

const OUTCOMES = {
  page: 'gets memory',
  fail: 'fails',
  block: 'blocks: it waits for the OOM killer',
  loop: 'loops for ever',
} as const;

/** The decision for a terminal: a line a step, the numbers of each zone under it. */
export function decideReportText(report: DecideReport): string {
  const { kernel, text, gfp, order, slab } = report;
  const mask = text === '' ? gfp : `${text} (${gfp})`;
  const what = slab === undefined ? `order ${order}` : `an object of ${slab.cache}`;
  const asked = `${mask}${ownerText(report)}, ${what}, kernel ${kernel}`;
  const lines = foldLine(`${asked}: ${OUTCOMES[report.outcome]}`, 2);
  let current = '';
  for (const step of report.steps) {
    if (step.zone === undefined) {
      lines.push('', ...foldLine(`${step.step.padEnd(10)} ${step.note}`, 11));
      current = step.step;
      continue;
    }
    if (step.step !== current) lines.push('', step.step);
    current = step.step;
    lines.push(...foldLine(zoneLine(step), 11));
  }
  lines.push('', ...summary(report));
  for (const { id, text } of report.warnings) lines.push(...foldLine(`warning ${id}: ${text}`, 2));
  return `${lines.join('\n')}\n`;
}

/** Who made the request, where it is for metadata. */
function ownerText({ metadata }: DecideReport): string {
  if (metadata === undefined) return '';
  const { variant, caller, try: attempt, of } = metadata;
  const which = of === 1 ? '' : `, try ${attempt} of ${of}`;
  return `, metadata for ${caller} by ${variant}${which}`;
}

function zoneLine(step: DecideStep): string {
  const name = `  ${step.zone!.padEnd(8)}`;
  if (step.passed === undefined) return `${name} ${step.note}`;
  const sum = step.reserve === 0 ? `${step.mark}` : `${step.mark} + ${step.reserve} reserve`;
  const verdict = step.passed ? 'passes' : 'refused';
  const note = step.note === '' ? '' : `; ${step.note}`;
  return `${name} free ${step.free}, mark ${sum}: needs ${step.needed}, ${verdict}${note}`;
}

function summary(report: DecideReport): string[] {
  const { reclaims, rounds, oomKills, wokeKswapd } = report;
  const facts = [
    wokeKswapd ? 'kswapd is woken' : 'kswapd is not woken',
    counted(reclaims, 'direct reclaim'),
    counted(rounds, 'round'),
    `${counted(oomKills, 'OOM kill')} asked for`,
  ];
  return foldLine(facts.join(', '), 2);
}
