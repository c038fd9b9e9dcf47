import { assert } from '../base/assert.ts';
import { suggestion } from '../base/suggest.ts';
import { UserError } from '../base/user-error.ts';
import type { Metric } from '../metric/metric.ts';
import { compareMeans } from './compare-means.ts';
import { compareProportions } from './compare-proportions.ts';
import { compareSurvival } from './compare-survival.ts';
import type { Arm, Comparison, Difference, Method } from './compare-types.ts';
import type { MetricValue, RunResult, Verdict } from './run-result.ts';

/** What a comparison needs of a metric: its declaration, not how it is read. */
export type MetricDeclaration = Omit<Metric, 'read'>;

/**
 * Compares the runs of one load: for each metric (in the order given) each variant, the baseline
 * first and the others in the order of their first run. Runs of equal replication are pairs; a
 * run without its partner counts for its variant's own summary and for no difference.
 */
export function compareRuns(
  results: readonly RunResult[],
  metrics: readonly MetricDeclaration[],
  baseline: string,
): Comparison[] {
  if (results.length === 0) return [];
  const byVariant = groupByVariant(results, baseline);
  return metrics.flatMap((metric) => {
    const arms = [...byVariant].map(([variant, runs]) => armOf(variant, runs, metric.name));
    const base = arms[0]!;
    return arms.map((arm) => compareArm(metric, arm, base));
  });
}

function groupByVariant(
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

function armOf(variant: string, runs: readonly RunResult[], metric: string): Arm {
  const values = new Map<number, MetricValue>();
  for (const { spec, metrics } of runs) {
    assert(!values.has(spec.replication), 'two runs have one variant and one replication');
    values.set(spec.replication, metrics[metric] ?? { value: null });
  }
  const deterministic = runs.every((run) => run.fingerprint === runs[0]!.fingerprint);
  return { variant, values, deterministic };
}

function compareArm(metric: MetricDeclaration, arm: Arm, base: Arm): Comparison {
  const method = methodOf(metric);
  const summary = method.summarise(arm);
  const identical = isIdentical(arm, base);
  const common = { metric: metric.name, variant: arm.variant, summary, identical };
  if (arm === base) return { ...common, difference: null, verdict: 'baseline' };
  if (identical) {
    const difference = summary === null ? null : noDifference(arm);
    return { ...common, difference, verdict: 'same' };
  }
  const difference = method.difference(arm, base);
  return { ...common, difference, verdict: verdictOf(metric, difference) };
}

function methodOf(metric: MetricDeclaration): Method {
  if (metric.survival !== undefined) return compareSurvival;
  return metric.unit === 'flag' ? compareProportions : compareMeans;
}

/** Every replication of either side has a partner with the same value; no value equals none. */
function isIdentical(one: Arm, two: Arm): boolean {
  if (one.values.size !== two.values.size) return false;
  for (const [replication, { value }] of one.values) {
    const partner = two.values.get(replication);
    if (partner === undefined || partner.value !== value) return false;
  }
  return true;
}

function noDifference(arm: Arm): Difference {
  const estimate = { value: 0, low: 0, high: 0, n: arm.values.size, exact: true };
  return { estimate, method: 'identical' };
}

function verdictOf(metric: MetricDeclaration, difference: Difference | null): Verdict {
  if (difference === null) return 'no data';
  const { low, high } = difference.estimate;
  if (low <= 0 && high >= 0) return 'unclear';
  if (metric.better === 'neither') return 'differs';
  return low > 0 === (metric.better === 'higher') ? 'better' : 'worse';
}
