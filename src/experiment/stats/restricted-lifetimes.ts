import { type CurveStep, type Lifetime, survivalCurve } from './kaplan-meier.ts';

/**
 * One number a run, whose mean is the restricted mean survival time: so survival can be compared
 * pair by pair. That is min(lifetime, horizon) where each run was watched until it died or until
 * the horizon; otherwise the jackknife's pseudo-values (Andersen, Hansen and Klein 2004), which
 * agree with it in that case and else spread what the censored runs leave open. O(n²) then.
 */
export function restrictedLifetimes(lifetimes: readonly Lifetime[], horizon: number): number[] {
  const watched = lifetimes.every((life) => life.died || life.time >= horizon);
  if (watched) return lifetimes.map((life) => Math.min(life.time, horizon));
  const n = lifetimes.length;
  const steps = survivalCurve(lifetimes).filter((step) => step.time <= horizon);
  const all = n * areaWithout(NOBODY, steps, horizon);
  return lifetimes.map((life) => all - (n - 1) * areaWithout(life, steps, horizon));
}

/** Leaves before the first step: takes nothing from any count. */
const NOBODY: Lifetime = { time: Number.NEGATIVE_INFINITY, died: false };

/** The area under the curve of all runs but one, without sorting them again. */
function areaWithout(left: Lifetime, steps: readonly CurveStep[], horizon: number): number {
  let survival = 1;
  let area = 0;
  let before = 0;
  for (const step of steps) {
    area += survival * (step.time - before);
    before = step.time;
    const atRisk = step.atRisk - (left.time >= step.time ? 1 : 0);
    const deaths = step.deaths - (left.died && left.time === step.time ? 1 : 0);
    if (atRisk > 0) survival *= (atRisk - deaths) / atRisk;
  }
  return area + survival * (horizon - before);
}
