import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PlannedRun } from '../../experiment/plan.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Batch, makeRun, resumeText, runnerOf } from './batch.ts';
import { BatchProgress } from './batch-progress.ts';
import { Signals } from './signals.ts';

/** Makes the runs that are not stored yet; all are when it returns. A signal ends it early. */
export async function makeBatch(batch: Batch, terminal: Terminal): Promise<BatchProgress> {
  const { plan, store, jobs } = batch;
  store.sweep(Date.now());
  const progress = new BatchProgress(plan.length, terminal);
  try {
    if (jobs === 1) await makeHere(batch, progress);
    else await (await import('./batch-pool.ts')).makeInPool(batch, progress);
  } finally {
    terminal.clearProgress();
  }
  return progress;
}

/** The runs that are not there, found one after another. */
function* missingRuns(
  { plan, store, fresh }: Batch,
  progress: BatchProgress,
): Generator<PlannedRun> {
  for (const run of plan) {
    if (fresh || !store.has(run.id)) yield run;
    else progress.stored++;
  }
}

async function makeHere(batch: Batch, progress: BatchProgress): Promise<void> {
  const runner = runnerOf(batch);
  const signals = new Signals();
  try {
    for (const planned of missingRuns(batch, progress)) {
      makeRun(runner, batch.store, planned);
      progress.made++;
      progress.show();
      await nextTurn();
      signals.throwIfAny(resumeText(progress, batch));
    }
  } finally {
    signals.stop();
  }
}
