import {
  type Arm,
  type CurvePoint,
  LEVEL,
  type Pairing,
  type SurvivalSummary,
} from './compare-types.ts';
import { type Contrast, type Method, studentContrast } from './contrast.ts';
import type { Estimate, MetricValue } from './run-result.ts';
import { commonHorizon } from './stats/common-horizon.ts';
import { kaplanMeier, type Lifetime, type SurvivalStep } from './stats/kaplan-meier.ts';
import { logRank } from './stats/log-rank.ts';
import { medianSurvival } from './stats/median-survival.ts';
import { normalQuantile } from './stats/normal-quantile.ts';
import { restrictedLifetimes } from './stats/restricted-lifetimes.ts';
import { restrictedMean } from './stats/restricted-mean.ts';
import { survivalAt } from './stats/survival-at.ts';
import { zeroEventsBound } from './stats/zero-events-bound.ts';

/**
 * Times to an event: Kaplan–Meier, and differences of the restricted mean, run by run. The
 * survivors count as what they are, alive so far; a mean over the dead alone would call the
 * variant best that kills late and often.
 */
export const compareSurvival: Method = { summarise, contrast };

function summarise(arm: Arm): SurvivalSummary | null {
  const lives = [...arm.values.values()].flatMap(lifetimeOf);
  if (lives.length === 0) return null;
  const steps = kaplanMeier(lives, LEVEL);
  const horizon = steps.at(-1)!.time;
  const died = lives.filter((life) => life.died).length;
  const exact = arm.deterministic;
  return {
    kind: 'survival',
    n: lives.length,
    died,
    median: medianOf(steps, exact),
    horizon,
    survived: survived(steps, died, exact),
    restrictedMean: restricted(steps, horizon, exact),
    curve: [0, 0.25, 0.5, 0.75, 1].map((share) => curvePoint(steps, horizon * share)),
    steps: steps.map(({ time, survival, low, high }) => ({ time, survival, low, high })),
  };
}

function contrast({ variant, baseline, scale }: Pairing): Contrast | null {
  const { ours, theirs } = pairedLifetimes(variant, baseline);
  if (ours.length === 0) return null;
  const horizon = commonHorizon(ours, theirs);
  const others = restrictedLifetimes(theirs, horizon);
  const lived = restrictedLifetimes(ours, horizon).map((time, i) => time - scale * others[i]!);
  if (variant.deterministic && baseline.deterministic) {
    return studentContrast(lived, 'restricted-mean', { horizon });
  }
  const { chiSquare, p } = logRank([{ first: ours, second: theirs }]);
  return studentContrast(lived, 'restricted-mean', { horizon, logRank: { chiSquare, p } });
}

/** The lifetimes of both sides, of the runs that both have. */
export function pairedLifetimes(variant: Arm, baseline: Arm) {
  const ours: Lifetime[] = [];
  const theirs: Lifetime[] = [];
  for (const [replication, value] of variant.values) {
    const partner = baseline.values.get(replication);
    const [own] = lifetimeOf(value);
    const [other] = partner === undefined ? [] : lifetimeOf(partner);
    if (own === undefined || other === undefined) continue;
    ours.push(own);
    theirs.push(other);
  }
  return { ours, theirs };
}

/** None where the run says neither when it happened nor how far it came. */
function lifetimeOf({ value, censoredAt }: MetricValue): Lifetime[] {
  if (value !== null) return [{ time: value, died: true }];
  return censoredAt === undefined ? [] : [{ time: censoredAt, died: false }];
}

function medianOf(steps: readonly SurvivalStep[], exact: boolean): SurvivalSummary['median'] {
  const { value, low, high } = medianSurvival(steps);
  if (value === null) return null;
  return exact ? { value, low: value, high: value } : { value, low, high };
}

function survived(steps: readonly SurvivalStep[], died: number, exact: boolean): Estimate {
  const { survival: value, low, high } = steps.at(-1)!;
  const n = steps[0]!.atRisk;
  if (exact) return { value, low: value, high: value, n, exact };
  const bound = zeroEventsBound(n, LEVEL);
  if (died === 0) return { value, low: 1 - bound, high: 1, n };
  return { value, low: low ?? 0, high: high ?? bound, n };
}

function restricted(steps: readonly SurvivalStep[], horizon: number, exact: boolean): Estimate {
  const { mean: value, variance } = restrictedMean(steps, horizon);
  const n = steps[0]!.atRisk;
  if (exact) return { value, low: value, high: value, n, exact };
  const half = normalQuantile(0.5 + LEVEL / 2) * Math.sqrt(variance);
  return { value, low: Math.max(0, value - half), high: Math.min(horizon, value + half), n };
}

function curvePoint(steps: readonly SurvivalStep[], time: number): CurvePoint {
  const { survival, atRisk } = survivalAt(steps, time);
  return { time, survival, atRisk };
}
