import { assert } from '../base/assert.ts';
import { suggestion } from '../base/suggest.ts';
import { UserError } from '../base/user-error.ts';
import type { Arm } from './compare-types.ts';
import type { MetricValue, RunResult } from './run-result.ts';
import { valueIn } from './run-table.ts';

/** The runs of one scenario by variant: the baseline first, the others as they first come. */
export function groupByVariant(
  results: readonly RunResult[],
  baseline: string,
): Map<string, readonly RunResult[]> {
  const groups = new Map<string, RunResult[]>([[baseline, []]]);
  const scenario = results[0]!.spec.scenario;
  for (const result of results) {
    assert(result.spec.scenario === scenario, 'runs of two scenarios cannot be compared');
    const group = groups.get(result.spec.variant) ?? [];
    group.push(result);
    groups.set(result.spec.variant, group);
  }
  if (groups.get(baseline)!.length === 0) {
    const known = [...groups.keys()].filter((name) => name !== baseline);
    const hint = suggestion(baseline, known);
    throw new UserError(`no run of the baseline variant '${baseline}'`, { hint, exitCode: 5 });
  }
  return groups;
}

/** One metric of one variant's runs. */
export function armOf(variant: string, runs: readonly RunResult[], metric: string): Arm {
  const values = new Map<number, MetricValue>();
  for (const run of runs) {
    const { replication } = run.spec;
    assert(!values.has(replication), 'two runs have one variant and one replication');
    values.set(replication, valueIn(run, metric));
  }
  const deterministic = runs.every((run) => run.fingerprint === runs[0]!.fingerprint);
  return { metric, variant, values, deterministic };
}
