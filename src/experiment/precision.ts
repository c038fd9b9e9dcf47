import { armOf, groupByVariant } from './arms.ts';
import { type MetricDeclaration, methodOf } from './compare.ts';
import type { Summary } from './compare-types.ts';
import type { RunResult } from './run-result.ts';
import { isPreciseTo } from './stats/relative-precision.ts';

/**
 * Which values are not known well enough yet, each as `metric of variant`. Shares are asked for
 * their width itself: a share near 0 has no relative precision that any number of runs reaches.
 */
export function impreciseValues(
  results: readonly RunResult[],
  metrics: readonly MetricDeclaration[],
  { baseline, gamma }: { readonly baseline: string; readonly gamma: number },
): string[] {
  const groups = groupByVariant(results, baseline);
  return metrics.flatMap((metric) =>
    [...groups].flatMap(([variant, runs]) => {
      const summary = methodOf(metric).summarise(armOf(variant, runs, metric.name));
      return summary === null || isPrecise(summary, gamma) ? [] : [`${metric.name} of ${variant}`];
    }),
  );
}

function isPrecise(summary: Summary, gamma: number): boolean {
  if (summary.kind === 'mean') return isPreciseTo(summary.estimate, gamma);
  if (summary.kind === 'survival') return isPreciseTo(summary.restrictedMean, gamma);
  const { low, high } = summary.estimate;
  return (high - low) / 2 <= gamma;
}
