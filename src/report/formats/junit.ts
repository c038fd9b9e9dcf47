import { casesOf, type TestCase } from '../cases.ts';
import type { Format } from '../format.ts';
import type { Report } from '../report.ts';

/** A suite a load, a case a gate: what continuous integration servers read. */
const junit: Format = {
  name: 'junit',
  summary: 'JUnit XML for CI servers: a suite a load, a case a gate or key metric',
  extension: 'xml',
  render: (report) => write([report]),
  renderAll: write,
};

export default junit;

function write(reports: readonly Report[]): string {
  const suites = reports.map((report) => ({ report, cases: casesOf(report) }));
  const all = suites.flatMap(({ cases }) => cases);
  const lines = suites.flatMap(({ report, cases }) => suite(report, cases));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="gfpsim"${counts(all)}>`,
    ...lines,
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(report: Report, cases: readonly TestCase[]): string[] {
  return [
    `  <testsuite name="${xml(report.name)}"${counts(cases)}>`,
    ...report.warnings.map(({ id, text }) => `    <!-- ${id}: ${comment(text)} -->`),
    ...cases.flatMap((one) => testCase(report, one)),
    '  </testsuite>',
  ];
}

function counts(cases: readonly TestCase[]): string {
  const count = (verdict: TestCase['verdict']) =>
    cases.filter((one) => one.verdict === verdict).length;
  return (
    ` tests="${cases.length}" failures="${count('failed')}"` +
    ` errors="0" skipped="${count('skipped')}"`
  );
}

function testCase(report: Report, { name, verdict, text }: TestCase): string[] {
  const open = `    <testcase classname="${xml(report.name)}" name="${xml(name)}">`;
  const inside =
    verdict === 'failed'
      ? `<failure message="${xml(text)}"/>`
      : verdict === 'skipped'
        ? `<skipped message="${xml(text)}"/>`
        : `<system-out>${xml(text)}</system-out>`;
  return [open, `      ${inside}`, '    </testcase>'];
}

/** XML 1.0 has no place for control characters, however they are written. */
function xml(text: string): string {
  return plain(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

function comment(text: string): string {
  return plain(text).replace(/--+/g, '-').replace(/-$/, '- ').trim();
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{Cc}|[\uFFFE\uFFFF]/gu, '');
}
