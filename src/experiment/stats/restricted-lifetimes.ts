import { type Lifetime, survivalCurve } from './kaplan-meier.ts';
import { restrictedMean } from './restricted-mean.ts';

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
  if (n === 1) return [areaUnderCurve(lifetimes, horizon)];
  const all = n * areaUnderCurve(lifetimes, horizon);
  return lifetimes.map((_, left) => {
    const others = lifetimes.filter((_, i) => i !== left);
    return all - (n - 1) * areaUnderCurve(others, horizon);
  });
}

function areaUnderCurve(lifetimes: readonly Lifetime[], horizon: number): number {
  return restrictedMean(survivalCurve(lifetimes), horizon).mean;
}
