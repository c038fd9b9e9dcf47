import { counted } from '../../base/counted.ts';
import { REPORT_SCHEMA_VERSION, type Report, type ReportGate } from '../../report/report.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import { describeLoad } from '../../scenario/describe-load.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Baseline } from './baseline-files.ts';

export interface Checked {
  readonly gates: readonly ReportGate[];
  readonly runs: number;
  readonly baseline: Baseline;
}

/** A report of gates alone: how the variants compare is not what a check asks. */
export function checkReport(
  scenario: Scenario,
  catalogs: Catalogs,
  { gates, runs, baseline }: Checked,
): Report {
  const { name, question, kernel, replications, seed } = scenario;
  const moved = gates.filter(({ metric }) => metric === 'fingerprint').length;
  const events =
    moved === 0
      ? `${counted(runs, 'run')}, the events of all as in the baseline ${baseline.name}.`
      : `${counted(runs, 'run')}; ${counted(moved, 'variant')} left the baseline ${baseline.name}.`;
  const sameSeed = baseline.stored.heads.some((head) => head.name === name && head.seed === seed);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    ...{ name, question, kernel, replications, seed },
    baseline: `baseline ${baseline.name}`,
    load: describeLoad(scenario, catalogs),
    sampling: replications === 1 ? 'one-run' : 'sampled',
    pairedBy: sameSeed ? 'seed' : 'number',
    headline: [sameSeed ? events : `${counted(runs, 'run')} of another seed than the baseline's.`],
    ...{ metrics: [], rows: [], ties: [], warnings: [], gates },
  };
}
