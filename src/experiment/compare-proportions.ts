import {
  type Arm,
  type Difference,
  LEVEL,
  type Method,
  type ProportionSummary,
} from './compare-types.ts';
import type { Estimate } from './run-result.ts';
import { exactMcNemar } from './stats/exact-mcnemar.ts';
import { newcombePaired } from './stats/newcombe-paired.ts';
import { wilson } from './stats/wilson.ts';

/** Flags: shares with Wilson's interval, differences of paired shares with Newcombe's. */
export const compareProportions: Method = { summarise, difference };

function summarise(arm: Arm): ProportionSummary | null {
  const flags = [...arm.values.values()].filter(({ value }) => value !== null);
  if (flags.length === 0) return null;
  const hits = flags.filter(({ value }) => value === 1).length;
  const estimate = wilson(hits, flags.length, LEVEL);
  return { kind: 'proportion', hits, estimate: arm.deterministic ? exactly(estimate) : estimate };
}

function difference(variant: Arm, baseline: Arm): Difference | null {
  const pairs = { both: 0, first: 0, second: 0, neither: 0 };
  for (const [replication, { value }] of variant.values) {
    const partner = baseline.values.get(replication)?.value ?? null;
    if (value === null || partner === null) continue;
    if (value === 1) pairs[partner === 1 ? 'both' : 'first']++;
    else pairs[partner === 1 ? 'second' : 'neither']++;
  }
  if (pairs.both + pairs.first + pairs.second + pairs.neither === 0) return null;
  const estimate = newcombePaired(pairs, LEVEL);
  if (variant.deterministic && baseline.deterministic) {
    return { estimate: exactly(estimate), method: 'exact' };
  }
  const mcnemar = exactMcNemar(pairs.first, pairs.second);
  return { estimate, method: 'newcombe', mcnemar };
}

/** Runs that leave nothing to chance are one observation, not a sample: no interval. */
function exactly({ value, n }: Estimate): Estimate {
  return { value, low: value, high: value, n, exact: true };
}
