import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { PlannedRun } from '../experiment/plan.ts';
import { type Batch, missingRuns, resumeText } from './batch.ts';
import type { BatchProgress } from './batch-progress.ts';
import type { WorkerInput } from './batch-worker.ts';
import { Signals } from './signals.ts';

/** No task is longer than this, so that the last ones end together. */
const TASK_RUNS_MAX = 64;
const TASKS_A_WORKER = 4;
const TICK_MS = 100;

/**
 * Makes runs on worker threads, many a task. A worker stores each run itself, so that no result
 * crosses a thread and nothing depends on who made what, or when. Tasks are handed out only as
 * they are taken: what waits does not grow with the plan.
 */
export async function makeInPool(batch: Batch, progress: BatchProgress): Promise<void> {
  const made = new Int32Array(new SharedArrayBuffer(4));
  const pool = poolFor(batch, made);
  const count = () => {
    progress.made = Atomics.load(made, 0);
  };
  const signals = new Signals(() => void pool.destroy());
  const ticker = setInterval(() => {
    count();
    progress.show();
  }, TICK_MS);
  try {
    await handOut(batch, progress, { pool, signals });
  } catch (error) {
    // Threads that a signal ended reject their tasks: that is no fault of theirs.
    if (!signals.stopped) throw error;
  } finally {
    clearInterval(ticker);
    signals.stop();
    count();
    await pool.destroy();
  }
  signals.throwIfAny(resumeText(progress, batch));
}

function poolFor(batch: Batch, made: Int32Array): Piscina<readonly PlannedRun[], void> {
  const { plan, samplePeriodNs, variantFiles, store, kind, jobs } = batch;
  const input: WorkerInput = {
    ...{ scenarios: plan.scenarios, samplePeriodNs, variantFiles, made },
    store: { folder: store.folder, kind },
  };
  const file = new URL(`./batch-worker${extname(import.meta.url)}`, import.meta.url);
  return new Piscina({
    filename: fileURLToPath(file),
    minThreads: jobs,
    maxThreads: jobs,
    workerData: input,
  });
}

interface Workforce {
  readonly pool: Piscina<readonly PlannedRun[], void>;
  readonly signals: Signals;
}

async function handOut(
  batch: Batch,
  progress: BatchProgress,
  { pool, signals }: Workforce,
): Promise<void> {
  const atWork = new Set<Promise<void>>();
  const give = async (task: readonly PlannedRun[]) => {
    const work = pool.run(task).finally(() => atWork.delete(work));
    atWork.add(work);
    if (atWork.size >= 2 * batch.jobs) await Promise.race(atWork);
  };
  let task: PlannedRun[] = [];
  let planned = 0;
  for (const run of missingRuns(batch, progress)) {
    if (signals.stopped) return;
    task.push(run);
    planned++;
    const left = batch.plan.length - progress.stored - planned;
    if (task.length < taskSize(left, batch.jobs)) continue;
    await give(task);
    task = [];
  }
  if (task.length > 0) await give(task);
  await Promise.all(atWork);
}

/** Large tasks first, small ones last: little talk, and all workers are done at about one time. */
function taskSize(left: number, jobs: number): number {
  return Math.min(TASK_RUNS_MAX, Math.max(1, Math.ceil(left / (jobs * TASKS_A_WORKER))));
}
