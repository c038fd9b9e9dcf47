import type { SurvivalStep } from './kaplan-meier.ts';

/** When half of the runs have died; null where the curve (or its limit) never falls so far. */
export interface MedianSurvival {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** R's tolerance for "exactly one half": the square root of the double's epsilon. */
const TOLERANCE = 1 / 67_108_864;

/**
 * The median survival time as R prints it: the first time at which the curve is at or below one
 * half, or the middle of the stretch on which it is exactly one half. Its limits are the same
 * reading of the curve's limits.
 */
export function medianSurvival(steps: readonly SurvivalStep[]): MedianSurvival {
  return {
    value: halfTime(steps, (step) => step.survival),
    low: halfTime(steps, (step) => step.low),
    high: halfTime(steps, (step) => step.high),
  };
}

function halfTime(
  steps: readonly SurvivalStep[],
  curve: (step: SurvivalStep) => number | null,
): number | null {
  const isLow = (step: SurvivalStep) => (curve(step) ?? 1) < 0.5 + TOLERANCE;
  const first = steps.findIndex(isLow);
  if (first < 0) return null;
  const { time } = steps[first]!;
  const height = curve(steps[first]!)!;
  if (Math.abs(height - 0.5) >= TOLERANCE) return time;
  const next = steps.slice(first).find((step) => (curve(step) ?? 1) < height);
  return next === undefined ? time : (time + next.time) / 2;
}
