import { UserError } from '../base/user-error.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ExpectSection } from '../scenario/schema-claims.ts';
import { compareRuns, type MetricDeclaration } from './compare.ts';
import { type Comparison, LEVEL } from './compare-types.ts';
import { brokenExpectations } from './expectations.ts';
import type { Estimate, RunResult } from './run-result.ts';
import { kaplanMeier, type Lifetime } from './stats/kaplan-meier.ts';
import { survivalAt } from './stats/survival-at.ts';
import { wilson } from './stats/wilson.ts';

/**
 * holds, fails: the whole interval lies inside the limits, or outside; unclear: some of each.
 * measured: a number that the answer needs and of which nothing is claimed.
 */
export type Outcome = 'holds' | 'fails' | 'unclear' | 'measured';

/** A claim of a scenario, held against its runs: plain data. */
export interface Claim {
  readonly metric: string | null;
  readonly variant: string;
  readonly of: NonNullable<ExpectSection['of']> | 'identity';
  readonly unit: MetricDeclaration['unit'];
  readonly at?: number;
  readonly min?: number;
  readonly max?: number;
  readonly theory?: number;
  readonly sameAs?: string;
  readonly why: string;
  /** Of every run: the mean over the runs, for the reader. Null: there is no such value. */
  readonly measured: Estimate | null;
  readonly outcome: Outcome;
}

/** Equal to the last digit that a sum of doubles can be trusted with. */
const CLOSE = 1e-9;

/** Every claim of the scenario, in its order. */
export function judgeClaims(
  scenario: Scenario,
  results: readonly RunResult[],
  metrics: readonly MetricDeclaration[],
): Claim[] {
  const own = results.filter(({ spec }) => spec.scenario === scenario.name);
  return scenario.expect.map((demand) => judge(demand, { scenario, results: own, metrics }));
}

interface Evidence {
  readonly scenario: Scenario;
  readonly results: readonly RunResult[];
  readonly metrics: readonly MetricDeclaration[];
}

function judge(demand: ExpectSection, evidence: Evidence): Claim {
  const { variant, why, min, max, theory, at } = demand;
  const limits = {
    ...(at === undefined ? {} : { at }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(theory === undefined ? {} : { theory }),
  };
  const other = demand['same-as'];
  if (other !== undefined) return judgeIdentity(demand, other, evidence);
  const metric = evidence.metrics.find(({ name }) => name === demand.metric);
  if (metric === undefined) throw new UserError(`unknown metric '${demand.metric}'`);
  const of = demand.of ?? 'runs';
  const measured = estimateOf(demand, metric, evidence);
  const isWhole = of === 'difference' || of === 'survival' || metric.unit !== 'flag';
  return {
    ...{ metric: metric.name, variant, of, why, measured, ...limits },
    unit: isWhole && of !== 'survival' ? metric.unit : 'ratio',
    outcome: of === 'runs' ? everyRun(demand, evidence) : outcomeOf(measured, demand),
  };
}

function judgeIdentity(demand: ExpectSection, sameAs: string, evidence: Evidence): Claim {
  const { variant, why } = demand;
  const prints = (name: string) =>
    evidence.results
      .filter(({ spec }) => spec.variant === name)
      .map(({ fingerprint, spec }) => `${spec.replication} ${fingerprint}`)
      .sort();
  const [ours, theirs] = [prints(variant), prints(sameAs)];
  const equal = ours.filter((print) => theirs.includes(print)).length;
  const share = ours.length === 0 ? 0 : equal / ours.length;
  return {
    ...{ metric: null, variant, of: 'identity', unit: 'ratio', sameAs, why },
    measured: { value: share, low: share, high: share, n: ours.length, exact: true },
    outcome: share === 1 ? 'holds' : 'fails',
  };
}

function everyRun(demand: ExpectSection, { scenario, results }: Evidence): Outcome {
  const only = { ...scenario, expect: [demand] };
  return brokenExpectations(only, results).length === 0 ? 'holds' : 'fails';
}

function outcomeOf(measured: Estimate | null, { min, max, theory }: ExpectSection): Outcome {
  if (min === undefined && max === undefined && theory === undefined) return 'measured';
  if (measured === null) return 'fails';
  const { low, high } = measured;
  if (theory !== undefined) {
    const slack = CLOSE * Math.max(1, Math.abs(theory));
    return theory >= low - slack && theory <= high + slack ? 'holds' : 'fails';
  }
  const [from, to] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
  if (low >= from && high <= to) return 'holds';
  return high < from || low > to ? 'fails' : 'unclear';
}

function estimateOf(
  demand: ExpectSection,
  metric: MetricDeclaration,
  { scenario, results }: Evidence,
): Estimate | null {
  const { variant, of } = demand;
  if (of === 'survival') {
    const own = results.filter(({ spec }) => spec.variant === variant);
    return aliveAt(own, metric.name, demand.at ?? 0);
  }
  const comparisons = compareRuns(results, [metric], scenario.variants[0]!);
  const found = comparisons.find((each) => each.variant === variant);
  if (found === undefined) return null;
  return of === 'difference' ? (found.difference?.estimate ?? null) : meanOf(found);
}

function meanOf({ summary }: Comparison): Estimate | null {
  if (summary === null) return null;
  return summary.kind === 'survival' ? summary.restrictedMean : summary.estimate;
}

/** The share of runs whose event came later than `time`, or not at all. */
function aliveAt(results: readonly RunResult[], metric: string, time: number): Estimate | null {
  const lives = results.flatMap(({ metrics }): Lifetime[] => {
    const { value = null, censoredAt } = metrics[metric] ?? {};
    if (value !== null) return [{ time: value, died: true }];
    return censoredAt === undefined ? [] : [{ time: censoredAt, died: false }];
  });
  if (lives.length === 0) return null;
  const n = lives.length;
  const { survival, low, high } = survivalAt(kaplanMeier(lives, LEVEL), time);
  if (low !== null && high !== null) return { value: survival, low, high, n };
  // Nobody or everybody died so far: the limits of a share.
  const { low: least, high: most } = wilson(Math.round(survival * n), n, LEVEL);
  return { value: survival, low: least, high: most, n };
}
