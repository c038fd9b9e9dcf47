import type { CurveStep } from './kaplan-meier.ts';

export interface RestrictedMean {
  /** Mean of min(lifetime, horizon): the area under the survival curve up to the horizon. */
  readonly mean: number;
  /** Greenwood's variance of that area, as R's survival package prints it. */
  readonly variance: number;
}

/**
 * Restricted mean survival time. Unlike a mean of the deaths alone it counts what the survivors
 * lived, and unlike a median it exists when less than half have died. O(n).
 */
export function restrictedMean(steps: readonly CurveStep[], horizon: number): RestrictedMean {
  const within = steps.filter((step) => step.time <= horizon);
  let variance = 0;
  let area = 0;
  let end = horizon;
  for (const step of within.toReversed()) {
    area += (end - step.time) * step.survival;
    const left = step.atRisk - step.deaths;
    if (left > 0) variance += (area * area * step.deaths) / (step.atRisk * left);
    end = step.time;
  }
  return { mean: area + end, variance };
}
