import { workerData } from 'node:worker_threads';
import { UserError } from '../../base/user-error.ts';
import type { PlannedRun } from '../../experiment/plan.ts';
import { Runner } from '../../experiment/run.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { loadCatalogs } from '../load-catalogs.ts';
import { chosenVariants } from '../selection/user-variants.ts';
import { makeRun } from './batch.ts';
import { RunStore } from './run-store.ts';

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

/** A user's mistake, or a full disk: the class of an error does not cross a thread. */
export interface WorkerFault {
  readonly message: string;
  readonly exitCode: number;
}

/** One task: many runs, each stored as soon as it is made. */
export default function makeRuns(runs: readonly PlannedRun[]): WorkerFault | null {
  try {
    for (const planned of runs) {
      makeRun(runner, store, planned);
      Atomics.add(input.made, 0, 1);
    }
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: error.message, exitCode: error.exitCode };
  }
}
