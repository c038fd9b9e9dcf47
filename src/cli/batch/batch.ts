import { UserError } from '../../base/user-error.ts';
import type { PlannedRun, RunPlan } from '../../experiment/plan.ts';
import { Runner } from '../../experiment/run.ts';
import { encodeRun, isWholeRun } from '../../experiment/run-file.ts';
import type { RunResult } from '../../experiment/run-result.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { BatchProgress } from './batch-progress.ts';
import type { RunStore } from './run-store.ts';

/** Runs to make, and how. */
export interface Batch {
  readonly plan: RunPlan;
  readonly catalogs: Catalogs;
  readonly store: RunStore;
  readonly kind: string;
  readonly jobs: number;
  /** Make all runs again, whatever is stored. */
  readonly fresh: boolean;
  readonly samplePeriodNs: number | undefined;
  readonly variantFiles: readonly string[];
}

/** A batch whose runs are all made. */
export interface MadeBatch {
  readonly batch: Batch;
  /** What is not known as well as was asked for, a line a scenario. */
  readonly unreached: readonly string[];
}

/** What a signal left undone, and that nothing is lost. */
export function resumeText({ done }: BatchProgress, { plan }: Batch): string {
  return `interrupted after ${done} of ${plan.length} runs; the same command goes on from there`;
}

/** Makes and stores one run; a bug says in which it is. */
export function makeRun(runner: Runner, store: RunStore, { id, spec }: PlannedRun): void {
  try {
    store.put(id, runner.run(spec));
  } catch (error) {
    if (error instanceof Error && !(error instanceof UserError)) {
      const { scenario, variant, replication } = spec;
      error.message += ` (run ${id}: ${scenario} ${variant} #${replication})`;
    }
    throw error;
  }
}

export function runnerOf({ plan, catalogs, samplePeriodNs }: Batch): Runner {
  return new Runner(plan.scenarios, catalogs, samplePeriodNs);
}

/** Reads one scenario's runs back, in the plan's order; a damaged one is told and made again. */
export function* resultsOf(
  batch: Batch,
  scenario: number,
  terminal: Terminal,
): Generator<[index: number, result: RunResult]> {
  const { start, end } = batch.plan.rangeOf(scenario);
  for (let index = start; index < end; index++) {
    const planned = batch.plan.at(index);
    const result = batch.store.get(planned) ?? makeAgain(batch, planned, terminal);
    yield [index - start, result];
  }
}

/** All runs of a batch as they are stored; a damaged one is told and made again. */
export function* textsOf(batch: Batch, terminal: Terminal): Generator<string> {
  for (const planned of batch.plan) {
    const text = batch.store.text(planned.id);
    if (text !== undefined && isWholeRun(text)) yield text;
    else yield encodeRun(planned.id, makeAgain(batch, planned, terminal));
  }
}

function makeAgain(batch: Batch, planned: PlannedRun, terminal: Terminal): RunResult {
  const { id, spec } = planned;
  const name = `${spec.scenario} ${spec.variant} #${spec.replication}`;
  terminal.warn('W020', `the stored run ${id} (${name}) is damaged and is made again`);
  makeRun(runnerOf(batch), batch.store, planned);
  return batch.store.get(planned)!;
}
