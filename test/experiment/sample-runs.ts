import type { MetricDeclaration } from '../../src/experiment/compare.ts';
import type { MetricValue, RunResult } from '../../src/experiment/run-result.ts';

export const FAILURES: MetricDeclaration = {
  name: 'host_failures',
  summary: 'requests of the tracked callers that were refused',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
};

export const ALIVE: MetricDeclaration = {
  name: 'kmemleak_alive',
  summary: 'kmemleak still tracks when the run ends',
  unit: 'flag',
  better: 'higher',
  kind: 'exact',
};

export const DEATH: MetricDeclaration = {
  name: 'kmemleak_death_alloc',
  summary: 'tracked allocation at which kmemleak disabled itself',
  unit: 'index',
  better: 'higher',
  kind: 'exact',
  survival: { censoredAt: (readings) => readings.last.index },
};

export interface RunPart {
  readonly variant: string;
  readonly replication: number;
  readonly metrics: Readonly<Record<string, number | null | MetricValue>>;
  /** Runs left to chance differ in their fingerprints; 'same' makes a deterministic load. */
  readonly fingerprint?: string;
  readonly end?: string;
}

export function run(part: RunPart): RunResult {
  const { variant, replication } = part;
  const metrics = Object.entries(part.metrics).map(([name, value]) => {
    return [name, typeof value === 'object' && value !== null ? value : { value }];
  });
  return {
    spec: { scenario: 'sample', variant, replication, seed: '1' },
    metrics: Object.fromEntries(metrics) as Record<string, MetricValue>,
    events: 1,
    simulatedNs: 1,
    fingerprint: part.fingerprint ?? `${variant}-${replication}`,
    end: part.end ?? 'finished',
  };
}

/** One run a value, in order of replication. */
export function runs(
  variant: string,
  metric: string,
  values: readonly (number | null | MetricValue)[],
): RunResult[] {
  return values.map((value, replication) =>
    run({ variant, replication, metrics: { [metric]: value } }),
  );
}

/** A run in which the event had not happened when it ended at `censoredAt`. */
export function alive(censoredAt: number): MetricValue {
  return { value: null, censoredAt };
}
