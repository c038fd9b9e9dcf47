import { workerData } from 'node:worker_threads';
import type { PlannedRun } from '../experiment/plan.ts';
import { Runner } from '../experiment/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { loadCatalogs } from './load-catalogs.ts';
import { RunStore } from './run-store.ts';
import { chosenVariants } from './user-variants.ts';

/** What a worker is started with: plain data, copied once. */
export interface WorkerInput {
  readonly scenarios: readonly Scenario[];
  readonly samplePeriodNs: number | undefined;
  /** Files with the user's own proposals. */
  readonly variantFiles: readonly string[];
  readonly store: { readonly folder: string; readonly kind: string };
  /** One number, shared: the runs made so far. */
  readonly made: Int32Array;
}

const input = workerData as WorkerInput;
const known = await loadCatalogs();
const { catalog } = await chosenVariants(input.variantFiles, known.variants);
const runner = new Runner(input.scenarios, { ...known, variants: catalog }, input.samplePeriodNs);
const store = new RunStore(input.store.folder, input.store.kind);

/** One task: many runs, each stored as soon as it is made. */
export default function makeRuns(runs: readonly PlannedRun[]): void {
  for (const { id, spec } of runs) {
    store.put(id, runner.run(spec));
    Atomics.add(input.made, 0, 1);
  }
}
