import type { MetricDeclaration } from '../experiment/compare.ts';
import type { Comparison } from '../experiment/compare-types.ts';

/** Whether kmemleak lives, what it costs callers, what it costs memory: most telling first. */
const STANDING: readonly string[] = [
  'kmemleak_alive',
  'kmemleak_death_alloc',
  'metadata_failures',
  'host_failures',
  'first_host_failure_alloc',
  'injection_coverage',
  'reserve_depth',
  'stall_ns_p99',
  'loop_rounds_max',
  'livelock',
];
/** These two are the question; they are shown even where all variants agree. */
const ALWAYS = 2;
const MOST = 6;

/**
 * The metrics to show at once. What the scenario asks for is taken as it stands; the standing
 * list is thinned to those in which at least one variant is not the same as the baseline.
 */
export function keyMetrics(
  asked: readonly string[] | undefined,
  present: readonly MetricDeclaration[],
  comparisons: readonly Comparison[],
): string[] {
  const has = (name: string) => present.some((metric) => metric.name === name);
  if (asked !== undefined) return [...new Set(asked)].filter(has);
  const differs = new Set(
    comparisons
      .filter(({ verdict }) => verdict !== 'same' && verdict !== 'baseline')
      .map(({ metric }) => metric),
  );
  return STANDING.filter((name, i) => has(name) && (i < ALWAYS || differs.has(name))).slice(
    0,
    MOST,
  );
}
