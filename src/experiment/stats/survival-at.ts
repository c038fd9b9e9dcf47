import type { SurvivalStep } from './kaplan-meier.ts';

/** The share alive at a time, with its limits and the runs still watched just before it. */
export interface SurvivalAt {
  readonly time: number;
  readonly survival: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly atRisk: number;
}

/** Reads a survival curve at one time: the step at or before it; everybody is alive before all. */
export function survivalAt(steps: readonly SurvivalStep[], time: number): SurvivalAt {
  const now = steps.findLast((step) => step.time <= time);
  const next = steps.find((step) => step.time >= time);
  const atRisk = next?.atRisk ?? 0;
  if (now === undefined) return { time, survival: 1, low: null, high: null, atRisk };
  return { time, survival: now.survival, low: now.low, high: now.high, atRisk };
}
