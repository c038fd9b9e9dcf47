import { shortValue } from './cells.ts';
import { gateName, gateText } from './gate-text.ts';
import type { Report } from './report.ts';

/** One line of a test protocol. */
export interface TestCase {
  readonly name: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  readonly text: string;
}

/**
 * A report as tests: its gates where it has any; else what was found of each key metric, which
 * nobody has demanded to be otherwise.
 */
export function casesOf(report: Report): TestCase[] {
  if (report.gates.length > 0) {
    return report.gates.map((gate) => ({
      name: gateName(gate),
      verdict:
        gate.verdict === 'failed' ? 'failed' : gate.verdict === 'no data' ? 'skipped' : 'passed',
      text: gateText(gate),
    }));
  }
  return report.rows.flatMap((row) =>
    report.metrics.flatMap((metric, column): TestCase[] => {
      if (!metric.key) return [];
      const { summary, verdict } = row.results[column]!;
      const text = `${shortValue(summary, metric.unit)}; ${verdict}`;
      const skipped = verdict === 'no data';
      const name = `${metric.name} of ${row.variant}`;
      return [{ name, text, verdict: skipped ? 'skipped' : 'passed' }];
    }),
  );
}
