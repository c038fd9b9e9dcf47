import { armOf, groupByVariant } from './arms.ts';
import type { MetricDeclaration } from './compare.ts';
import { pairedLifetimes } from './compare-survival.ts';
import type { RunResult } from './run-result.ts';
import { addSums, type LogRankSums, logRankOf, NO_DEATHS, stratumSums } from './stats/log-rank.ts';

/** One variant against the baseline by one time to an event, over all loads together. */
export interface OverallRow {
  readonly metric: string;
  readonly variant: string;
  readonly baseline: string;
  /** In how many loads runs were left to chance: each is a stratum. */
  readonly loads: number;
  readonly observed: number;
  readonly expected: number;
  readonly chiSquare: number;
  readonly p: number;
}

interface Entry {
  readonly metric: string;
  readonly variant: string;
  readonly baseline: string;
  loads: number;
  sums: LogRankSums;
}

/**
 * The log-rank test of whole lifetimes, stratified by load: a load in which everybody dies early
 * says as much as one in which few die, and neither is mixed with the other. Fed load by load;
 * only sums are kept.
 */
export class OverallSurvival {
  readonly #metrics: readonly MetricDeclaration[];
  readonly #entries = new Map<string, Entry>();

  constructor(metrics: readonly MetricDeclaration[]) {
    this.#metrics = metrics.filter(({ survival }) => survival !== undefined);
  }

  add(results: readonly RunResult[], baseline: string): void {
    const [base, ...others] = groupByVariant(results, baseline);
    for (const { name: metric } of this.#metrics) {
      const theirs = armOf(baseline, base![1], metric);
      for (const [variant, runs] of others) {
        const ours = armOf(variant, runs, metric);
        if (ours.deterministic && theirs.deterministic) continue;
        const { ours: first, theirs: second } = pairedLifetimes(ours, theirs);
        if (first.length === 0) continue;
        const entry = this.#entryOf({ metric, variant, baseline });
        entry.loads++;
        entry.sums = addSums(entry.sums, stratumSums({ first, second }));
      }
    }
  }

  /** Those of two loads and more: one load's test stands with its comparison. */
  rows(): OverallRow[] {
    return [...this.#entries.values()]
      .filter(({ loads }) => loads > 1)
      .map(({ sums, ...names }) => ({ ...names, ...logRankOf(sums) }));
  }

  #entryOf(names: Pick<Entry, 'metric' | 'variant' | 'baseline'>): Entry {
    const key = JSON.stringify(names);
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = { ...names, loads: 0, sums: NO_DEATHS };
    this.#entries.set(key, entry);
    return entry;
  }
}
