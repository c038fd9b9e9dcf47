import { exp, log } from '../../engine/portable-math.ts';
import { normalQuantile } from './normal-quantile.ts';

/** How long one run was watched, and whether its event ended the watch. */
export interface Lifetime {
  readonly time: number;
  readonly died: boolean;
}

/** The survival curve from `time` on, until the next step. */
export interface CurveStep {
  readonly time: number;
  /** Runs still watched and alive just before. */
  readonly atRisk: number;
  readonly deaths: number;
  readonly survival: number;
  /** Greenwood's sum: the variance of log survival. */
  readonly greenwood: number;
}

/** With log-log limits; null where they do not exist (all alive so far, or none left). */
export interface SurvivalStep extends CurveStep {
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The product-limit estimate of Kaplan and Meier with the log-log interval (R's
 * conf.type = "log-log"), one step a distinct time, ascending. O(n log n).
 */
export function kaplanMeier(lifetimes: readonly Lifetime[], level: number): SurvivalStep[] {
  const z = normalQuantile(0.5 + level / 2);
  return survivalCurve(lifetimes).map((step) => ({ ...step, ...logLogLimits(step, z) }));
}

/** The curve alone. A run censored at the moment of another's death counts as at risk there. */
export function survivalCurve(lifetimes: readonly Lifetime[]): CurveStep[] {
  const sorted = [...lifetimes].sort((a, b) => a.time - b.time);
  const steps: CurveStep[] = [];
  let survival = 1;
  let greenwood = 0;
  for (let i = 0; i < sorted.length; ) {
    const time = sorted[i]!.time;
    const atRisk = sorted.length - i;
    let deaths = 0;
    for (; i < sorted.length && sorted[i]!.time === time; i++) if (sorted[i]!.died) deaths++;
    survival *= (atRisk - deaths) / atRisk;
    greenwood += deaths === atRisk ? 0 : deaths / (atRisk * (atRisk - deaths));
    steps.push({ time, atRisk, deaths, survival, greenwood });
  }
  return steps;
}

/** Limits of log(−log S), carried back: they stay inside 0 … 1. */
function logLogLimits({ survival, greenwood }: CurveStep, z: number) {
  if (survival <= 0 || survival >= 1) return { low: null, high: null };
  const hazard = -log(survival);
  const spread = exp((z * Math.sqrt(greenwood)) / hazard);
  return { low: exp(-hazard * spread), high: exp(-hazard / spread) };
}
