import { toAscii } from '../ascii.ts';
import { casesOf, type TestCase } from '../cases.ts';
import type { Format } from '../format.ts';
import type { Report } from '../report.ts';

/** The protocol that kernel test labs read: a subtest a load, a line a gate. */
const ktap: Format = {
  name: 'ktap',
  summary: "KTAP, the kernel's test protocol: a subtest a load, a line a gate or key metric",
  extension: 'ktap',
  render: (report) => write([report]),
  renderAll: write,
};

export default ktap;

function write(reports: readonly Report[]): string {
  const lines = ['KTAP version 1', `1..${reports.length}`];
  for (const [i, report] of reports.entries()) {
    const cases = casesOf(report);
    lines.push('  KTAP version 1', `  1..${cases.length}`);
    lines.push(...report.warnings.map(({ id, text }) => `  # ${id}: ${plain(text)}`));
    lines.push(...cases.map((one, place) => `  ${line(one, place + 1)}`));
    const failed = cases.some(({ verdict }) => verdict === 'failed');
    lines.push(`${failed ? 'not ok' : 'ok'} ${i + 1} ${name(report.name)}`);
  }
  return `${lines.join('\n')}\n`;
}

function line({ name: written, verdict, text }: TestCase, number: number): string {
  const result = verdict === 'failed' ? 'not ok' : 'ok';
  const directive = verdict === 'skipped' ? 'SKIP ' : '';
  return `${result} ${number} ${name(written)} # ${directive}${plain(text)}`;
}

/** A hash would begin the diagnostic. */
function name(text: string): string {
  return plain(text).replace(/#/g, '.');
}

function plain(text: string): string {
  return toAscii(text).replace(/ +/g, ' ').trim();
}
