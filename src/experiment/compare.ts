import type { Metric } from '../metric/metric.ts';
import { armOf, groupByVariant } from './arms.ts';
import { compareMeans } from './compare-means.ts';
import { compareProportions } from './compare-proportions.ts';
import { compareSurvival } from './compare-survival.ts';
import { type Arm, type Comparison, type Difference, LEVEL } from './compare-types.ts';
import { type Contrast, differenceOf, type Method } from './contrast.ts';
import type { RunResult, Verdict } from './run-result.ts';
import { benjaminiHochberg } from './stats/benjamini-hochberg.ts';

/** What a comparison needs of a metric: its declaration, not how it is read. */
export type MetricDeclaration = Omit<Metric, 'read'>;

/**
 * Compares the runs of one load: for each metric (in the order given) each variant, the baseline
 * first and the others in the order of their first run. Runs of equal replication are pairs; a
 * run without its partner counts for its variant's own summary and for no difference. What was
 * asked for (`primary`) is judged apart from the many metrics that are only looked through.
 */
export function compareRuns(
  results: readonly RunResult[],
  metrics: readonly MetricDeclaration[],
  baseline: string,
  primary: readonly string[] = [],
): Comparison[] {
  if (results.length === 0) return [];
  const byVariant = groupByVariant(results, baseline);
  const comparisons = metrics.flatMap((metric) => {
    const arms = [...byVariant].map(([variant, runs]) => armOf(variant, runs, metric.name));
    const base = arms[0]!;
    return arms.map((arm) => compareArm(metric, arm, base));
  });
  const isPrimary = ({ metric }: Comparison) => primary.includes(metric);
  const judged = new Map([
    ...judge(comparisons.filter(isPrimary), metrics),
    ...judge(
      comparisons.filter((each) => !isPrimary(each)),
      metrics,
    ),
  ]);
  return comparisons.map((each) => judged.get(each)!);
}

/**
 * The verdicts of one family, when all p values are known: a table of many metrics holds some that
 * differ by chance, and of those called different no more than the rest of the level may be such.
 */
function judge(
  comparisons: readonly Comparison[],
  metrics: readonly MetricDeclaration[],
): [Comparison, Comparison][] {
  const sampled = comparisons.filter(({ difference }) => difference?.p !== undefined);
  const qs = benjaminiHochberg(sampled.map(({ difference }) => difference!.p!));
  const adjusted = new Map(sampled.map((each, i) => [each, qs[i]!]));
  const declared = new Map(metrics.map((metric) => [metric.name, metric]));
  return comparisons.map((each) => {
    const q = adjusted.get(each);
    if (each.verdict !== 'unclear') return [each, each];
    const difference = q === undefined ? each.difference : { ...each.difference!, q };
    const verdict = verdictOf(declared.get(each.metric)!, difference);
    return [each, { ...each, difference, verdict }];
  });
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
  const found = contrastOf(metric, arm, base);
  const difference = found === null ? null : differenceOf(found, LEVEL);
  return { ...common, difference, verdict: 'unclear' };
}

/** The difference of two arms by the metric's own method. */
export function contrastOf(
  metric: MetricDeclaration,
  variant: Arm,
  baseline: Arm,
  scale = 1,
): Contrast | null {
  const tail = metric.quantile !== undefined;
  return methodOf(metric).contrast({ variant, baseline, scale, tail });
}

export function methodOf(metric: MetricDeclaration): Method {
  if (metric.survival !== undefined) return compareSurvival;
  return metric.unit === 'flag' ? compareProportions : compareMeans;
}

/** Every replication of either side has a partner with the same value; no value equals none. */
export function isIdentical(one: Arm, two: Arm): boolean {
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
  if ((difference.q ?? 0) > 1 - LEVEL) return 'unclear';
  if (metric.better === 'neither') return 'differs';
  return low > 0 === (metric.better === 'higher') ? 'better' : 'worse';
}
