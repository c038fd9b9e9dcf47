import type { Format } from '../format.ts';
import { failedGates, gateName, gatesText, gateText } from '../gate-text.ts';
import type { Report } from '../report.ts';

/**
 * GitHub shows ten annotations of a kind and step and drops the rest in silence: so there is one
 * a load, with its worst gates, and the tenth says what is left.
 */
const ANNOTATIONS_MAX = 10;
const GATES_SHOWN = 5;
/** Longer messages are cut, and seen to be cut. */
const MESSAGE_MAX = 4000;

const github: Format = {
  name: 'github',
  summary: 'GitHub annotations, one a load and never more than ten of a kind',
  extension: 'txt',
  render: (report) => write([report]),
  renderAll: write,
};

export default github;

function write(reports: readonly Report[]): string {
  const failed = reports.filter((report) => failedGates(report).length > 0);
  const warned = reports.filter((report) => report.warnings.length > 0);
  const lines = [
    ...limited('error', failed, (report) => {
      const gates = failedGates(report);
      const shown = gates.slice(0, GATES_SHOWN);
      const rest = gates.length - shown.length;
      return [
        ...shown.map((gate) => `${gateName(gate)}: ${gateText(gate)}`),
        ...(rest > 0 ? [`and ${rest} more`] : []),
      ].join('\n');
    }),
    ...limited('warning', warned, ({ warnings }) =>
      warnings.map(({ id, text }) => `${id}: ${text}`).join('\n'),
    ),
    ...limited('notice', reports, summaryOf),
  ];
  return `${lines.join('\n')}\n`;
}

function summaryOf(report: Report): string {
  if (report.gates.length > 0) return gatesText(report);
  const variants = report.rows.map(({ variant }) => variant).join(', ');
  return report.headline.join(' ') || `compared: ${variants}`;
}

function limited(
  kind: string,
  reports: readonly Report[],
  text: (report: Report) => string,
): string[] {
  const fits = reports.length <= ANNOTATIONS_MAX;
  const shown = fits ? reports : reports.slice(0, ANNOTATIONS_MAX - 1);
  const lines = shown.map((report) => annotation(kind, report.name, text(report)));
  if (fits) return lines;
  const rest = reports.slice(shown.length).map(({ name }) => name);
  return [...lines, annotation(kind, `${rest.length} loads more`, rest.join(', '))];
}

function annotation(kind: string, title: string, text: string): string {
  const cut = text.length <= MESSAGE_MAX ? text : `${text.slice(0, MESSAGE_MAX - 3)}...`;
  return `::${kind} title=${property(title)}::${data(cut)}`;
}

function data(text: string): string {
  const printed = text.replace(/[^\P{Cc}\n]/gu, ' ');
  return printed.replace(/%/g, '%25').replace(/\n/g, '%0A').trimEnd();
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
