import { chiSquareTail } from './chi-square-tail.ts';
import type { Lifetime } from './kaplan-meier.ts';

/** Two groups that met the same conditions, such as two variants under one scenario. */
export interface Stratum {
  readonly first: readonly Lifetime[];
  readonly second: readonly Lifetime[];
}

export interface LogRank {
  /** Deaths in the first group, and as many as equal hazards would have given it. */
  readonly observed: number;
  readonly expected: number;
  readonly chiSquare: number;
  /** Two-sided; 1 where nothing can be said: no death while both groups were at risk. */
  readonly p: number;
}

/**
 * The log-rank test of two groups, stratified: at each death the dead are compared with the share
 * of the first group among those at risk, within a stratum only, and the strata are added up
 * (Mantel 1966, hypergeometric variance; R's survdiff with strata()). O(n log n).
 */
export function logRank(strata: readonly Stratum[]): LogRank {
  return logRankOf(strata.map(stratumSums).reduce(addSums, NO_DEATHS));
}

/** What the strata leave behind: enough to add more later. */
export interface LogRankSums {
  readonly observed: number;
  readonly expected: number;
  readonly variance: number;
}

export const NO_DEATHS: LogRankSums = { observed: 0, expected: 0, variance: 0 };

export function addSums(one: LogRankSums, two: LogRankSums): LogRankSums {
  return {
    observed: one.observed + two.observed,
    expected: one.expected + two.expected,
    variance: one.variance + two.variance,
  };
}

export function logRankOf({ observed, expected, variance }: LogRankSums): LogRank {
  if (variance === 0) return { observed, expected, chiSquare: 0, p: 1 };
  const excess = observed - expected;
  const chiSquare = (excess * excess) / variance;
  return { observed, expected, chiSquare, p: chiSquareTail(chiSquare, 1) };
}

/** Deaths of the first group in one stratum, seen and expected, with their variance. */
export function stratumSums({ first, second }: Stratum): LogRankSums {
  const lives = [
    ...first.map((life) => ({ ...life, isFirst: true })),
    ...second.map((life) => ({ ...life, isFirst: false })),
  ].sort((a, b) => a.time - b.time);
  let atRisk = lives.length;
  let firstAtRisk = first.length;
  const sums = { observed: 0, expected: 0, variance: 0 };
  for (let i = 0; i < lives.length; ) {
    const { time } = lives[i]!;
    let [deaths, firstDeaths, left, firstLeft] = [0, 0, 0, 0];
    for (; i < lives.length && lives[i]!.time === time; i++) {
      const { died, isFirst } = lives[i]!;
      left++;
      if (isFirst) firstLeft++;
      if (died) deaths++;
      if (died && isFirst) firstDeaths++;
    }
    const share = firstAtRisk / atRisk;
    sums.observed += firstDeaths;
    sums.expected += deaths * share;
    if (atRisk > 1) {
      sums.variance += (deaths * share * (1 - share) * (atRisk - deaths)) / (atRisk - 1);
    }
    atRisk -= left;
    firstAtRisk -= firstLeft;
  }
  return sums;
}
