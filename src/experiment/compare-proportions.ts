import { type Arm, LEVEL, type Pairing, type ProportionSummary } from './compare-types.ts';
import { type Contrast, exactContrast, type Method } from './contrast.ts';
import type { Estimate } from './run-result.ts';
import { exactMcNemar } from './stats/exact-mcnemar.ts';
import { intervalP } from './stats/interval-p.ts';
import { newcombePaired } from './stats/newcombe-paired.ts';
import { wilson } from './stats/wilson.ts';

/**
 * Flags: shares with Wilson's interval, differences of paired shares with Newcombe's. A share has
 * no meaningful percentage of itself, so that the baseline is never scaled.
 */
export const compareProportions: Method = { summarise, contrast };

function summarise(arm: Arm): ProportionSummary | null {
  const flags = [...arm.values.values()].filter(({ value }) => value !== null);
  if (flags.length === 0) return null;
  const hits = flags.filter(({ value }) => value === 1).length;
  const estimate = wilson(hits, flags.length, LEVEL);
  return { kind: 'proportion', hits, estimate: arm.deterministic ? exactly(estimate) : estimate };
}

function contrast({ variant, baseline }: Pairing): Contrast | null {
  const pairs = { both: 0, first: 0, second: 0, neither: 0 };
  for (const [replication, { value }] of variant.values) {
    const partner = baseline.values.get(replication)?.value ?? null;
    if (value === null || partner === null) continue;
    if (value === 1) pairs[partner === 1 ? 'both' : 'first']++;
    else pairs[partner === 1 ? 'second' : 'neither']++;
  }
  if (pairs.both + pairs.first + pairs.second + pairs.neither === 0) return null;
  const { value, n } = newcombePaired(pairs, LEVEL);
  if (variant.deterministic && baseline.deterministic) return exactContrast(value, n);
  const intervalAt = (level: number) => newcombePaired(pairs, level);
  return {
    ...{ value, n, method: 'newcombe', exact: false, differences: null, intervalAt },
    pOf: (other) => intervalP(intervalAt, other),
    detail: { mcnemar: exactMcNemar(pairs.first, pairs.second) },
  };
}

/** Runs that leave nothing to chance are one observation, not a sample: no interval. */
function exactly({ value, n }: Estimate): Estimate {
  return { value, low: value, high: value, n, exact: true };
}
