import { armOf } from './arms.ts';
import { contrastOf, isIdentical, type MetricDeclaration, methodOf } from './compare.ts';
import { type Arm, LEVEL } from './compare-types.ts';
import { type Contrast, differenceOf } from './contrast.ts';
import type { Estimate, RunResult } from './run-result.ts';
import { centreOf, statisticOver } from './statistic-over.ts';
import { holm } from './stats/holm.ts';
import { tost } from './stats/tost.ts';
import type { AbsoluteLimit, ChangeLimit, Threshold } from './threshold.ts';

/** One variant of one scenario, now and as the baseline has it. */
export interface GateCase {
  readonly scenario: string;
  readonly variant: string;
  readonly now: readonly RunResult[];
  readonly before: readonly RunResult[];
}

/**
 * failed: beyond the limit, interval and all. unclear: the value is beyond it, the interval is
 * not. within: shown to be inside the limit, not merely not shown to be outside.
 */
export type GateVerdict = 'passed' | 'failed' | 'unclear' | 'within' | 'no data';

export interface Gate {
  readonly scenario: string;
  readonly variant: string;
  readonly metric: string;
  readonly unit: MetricDeclaration['unit'];
  readonly threshold: string;
  readonly verdict: GateVerdict;
  /** The difference from the baseline, or the number that an absolute limit is about. */
  readonly estimate: Estimate | null;
  /** Change limits: the baseline's mean. */
  readonly before: number | null;
  /** p of the limit, adjusted by Holm for all gates of the check; absent where exact. */
  readonly p?: number;
}

interface OpenGate extends Omit<Gate, 'p'> {
  /** Two-sided p of the limit where chance plays and the value is on the bad side of it. */
  readonly raw?: number;
}

/**
 * Judges all thresholds over all cases as one family. A gate fails only where the interval lies
 * beyond the limit at the level that Holm leaves to it: so that of all checks of unchanged code no
 * more than one in twenty has a false alarm, however many gates it has.
 */
export function judgeGates(cases: readonly (readonly [GateCase, readonly Threshold[]])[]): Gate[] {
  const open = cases.flatMap(([each, thresholds]) =>
    thresholds
      .filter(({ variant }) => variant === undefined || variant === each.variant)
      .map((threshold) => openGate(each, threshold)),
  );
  const sampled = open.filter(({ raw }) => raw !== undefined);
  const adjusted = holm(sampled.map(({ raw }) => raw!));
  const ps = new Map(sampled.map((gate, i) => [gate, adjusted[i]!]));
  return open.map((gate) => {
    const { raw: _, ...rest } = gate;
    const p = ps.get(gate);
    if (p === undefined) return rest;
    const failed = gate.verdict === 'unclear' && p <= 1 - LEVEL;
    return { ...rest, p, ...(failed ? { verdict: 'failed' as const } : {}) };
  });
}

function openGate(each: GateCase, threshold: Threshold): OpenGate {
  const { scenario, variant, now } = each;
  const { metric, text, limit } = threshold;
  const common = {
    ...{ scenario, variant, threshold: text },
    ...{ metric: metric.name, unit: metric.unit },
  };
  const arm = armOf(variant, now, metric.name);
  if (limit.kind === 'absolute')
    return { ...common, before: null, ...absoluteGate(metric, arm, limit) };
  const base = armOf(variant, each.before, metric.name);
  return { ...common, ...changeGate(metric, { arm, base, limit }) };
}

interface ChangeCase {
  readonly arm: Arm;
  readonly base: Arm;
  readonly limit: ChangeLimit;
}

type Judged = Pick<OpenGate, 'verdict' | 'estimate' | 'before' | 'raw'>;

function changeGate(metric: MetricDeclaration, { arm, base, limit }: ChangeCase): Judged {
  const before = methodOf(metric).summarise(base);
  const centre = before === null ? null : centreOf(before).value;
  const found = contrastOf(metric, arm, base);
  if (found === null || centre === null) {
    return { verdict: 'no data', estimate: null, before: centre };
  }
  const common = { estimate: differenceOf(found, LEVEL).estimate, before: centre };
  if (isIdentical(arm, base)) return { ...common, verdict: 'passed' };
  if (limit.direction === 'either') {
    const allowed = limit.relative ? limit.amount * Math.abs(centre) : limit.amount;
    return { ...common, ...judgeEither(found, allowed) };
  }
  const sign = limit.direction === 'up' ? 1 : -1;
  if (!limit.relative) return { ...common, ...judge(found, sign * limit.amount, sign) };
  const scaled = contrastOf(metric, arm, base, 1 + sign * limit.amount)!;
  return { ...common, ...judge(scaled, 0, sign) };
}

/** Is the value beyond what is allowed, on the bad side, and how surely? */
function judge(found: Contrast, allowed: number, sign: number): Pick<Judged, 'verdict' | 'raw'> {
  const beyond = sign * (found.value - allowed) > 0;
  if (found.exact) return { verdict: beyond ? 'failed' : 'passed' };
  const p = found.pOf(allowed);
  if (beyond) return { verdict: 'unclear', raw: p };
  return { verdict: p / 2 <= 1 - LEVEL ? 'within' : 'passed', raw: 1 };
}

/** Both sides are bad; inside both limits is shown by two one-sided tests. */
function judgeEither(found: Contrast, allowed: number): Pick<Judged, 'verdict' | 'raw'> {
  const sign = found.value < 0 ? -1 : 1;
  const nearer = judge(found, sign * allowed, sign);
  if (nearer.verdict !== 'within' || found.differences === null) return nearer;
  const shown = tost(found.differences, -allowed, allowed) <= 1 - LEVEL;
  return { ...nearer, verdict: shown ? 'within' : 'passed' };
}

function absoluteGate(
  metric: MetricDeclaration,
  arm: Arm,
  limit: AbsoluteLimit,
): Pick<Judged, 'verdict' | 'estimate' | 'raw'> {
  const found = statisticOver(metric, arm, limit.statistic);
  if (found === null) return { verdict: 'no data', estimate: null };
  const { estimate } = differenceOf(found, LEVEL);
  if (found.value === limit.value && limit.operator.endsWith('=')) {
    return { verdict: 'passed', estimate };
  }
  const sign = limit.operator.startsWith('<') ? 1 : -1;
  const strict = found.value === limit.value && found.exact;
  return { estimate, ...(strict ? { verdict: 'failed' } : judge(found, limit.value, sign)) };
}
