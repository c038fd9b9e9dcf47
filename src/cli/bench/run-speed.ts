import { Runner } from '../../experiment/run.ts';
import type { RunResult } from '../../experiment/run-result.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import { loadScenario } from '../../scenario/load.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { fastestNs } from './cpu-time.ts';

/** What a run does, and the CPU time that it takes. */
export interface RunSpeed {
  /** CPU time of the fastest run, ns. */
  readonly ns: number;
  /** Requests of the callers, and those for their metadata. */
  readonly requests: number;
  readonly metadata: number;
  readonly events: number;
  readonly fingerprint: string;
}

/** Whole runs, from the resolved numbers to the metrics; the first of `times` + 1 is not timed. */
export function runSpeed(runOnce: () => RunResult, times: number): RunSpeed {
  let result = runOnce();
  const ns = fastestNs(times, () => {
    result = runOnce();
  });
  return {
    ns,
    requests: result.metrics['host_attempts']!.value!,
    metadata: result.metrics['metadata_attempts']!.value!,
    events: result.events,
    fingerprint: result.fingerprint,
  };
}

/** Makes the first run of a scenario's first proposal, again and again. */
export function firstRunOf(scenario: Scenario, catalogs: Catalogs): () => RunResult {
  const runner = new Runner([scenario], catalogs);
  const { name, seed, variants } = scenario;
  return () => runner.run({ scenario: name, variant: variants[0]!, replication: 0, seed });
}

/** A scenario that is no file. */
export function scenarioOf(text: string, catalogs: Catalogs): Scenario {
  const files = { read: () => text, resolve: (_from: string, written: string) => written };
  return loadScenario('bench.yaml', { files, catalogs }).scenario;
}
