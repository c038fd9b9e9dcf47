import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { UserError } from '../../base/user-error.ts';
import type { PlannedRun, RunPlan } from '../../experiment/plan.ts';
import { type Batch, makeRun, resumeText, runnerOf } from './batch.ts';
import type { BatchProgress } from './batch-progress.ts';
import type { WorkerFault, WorkerInput } from './batch-worker.ts';
import { workerBundleName } from './code-hash.ts';
import { Signals } from './signals.ts';

/** No task is longer than this, so that the last ones end together. */
const TASK_RUNS_MAX = 64;
const TASKS_A_WORKER = 4;
const TICK_MS = 100;

/**
 * Makes runs on this thread and on worker threads, many a task. A thread stores each run itself,
 * so that no result crosses a thread and nothing depends on who made what, or when. Tasks are
 * handed out only as they are taken: what waits does not grow with the plan.
 *
 * This thread works, too, because another one is dear: it loads the program and warms the compiler
 * up once more, about a second of CPU time, whatever it does afterwards.
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
  const work = new Work(batch, progress, signals);
  try {
    await Promise.all([handOut(work, pool, batch.jobs - 1), workHere(work, batch, made)]);
  } catch (error) {
    // Threads that a signal ended reject their tasks: that is no fault of theirs.
    if (!signals.stopped) throw error;
  } finally {
    work.end();
    clearInterval(ticker);
    signals.stop();
    count();
    await pool.destroy();
  }
  signals.throwIfAny(resumeText(progress, batch));
}

type Pool = Piscina<readonly PlannedRun[], WorkerFault | null>;

function poolFor(batch: Batch, made: Int32Array): Pool {
  const { plan, samplePeriodNs, variantFiles, store, kind, jobs } = batch;
  const input: WorkerInput = {
    ...{ scenarios: plan.scenarios, samplePeriodNs, variantFiles, made },
    store: { folder: store.folder, kind },
  };
  return new Piscina({
    filename: fileURLToPath(workerFile()),
    minThreads: jobs - 1,
    maxThreads: jobs - 1,
    workerData: input,
  });
}

/** One file with all in it, if it is of just this code; a thread loads it many times faster. */
function workerFile(): URL {
  const bundle = new URL(`../../../${workerBundleName()}`, import.meta.url);
  if (existsSync(bundle)) return bundle;
  return new URL(`./batch-worker${extname(import.meta.url)}`, import.meta.url);
}

/**
 * The runs that are still to be made, taken piece by piece by whoever is free: by this thread from
 * the front, by workers from the back. So each of two threads meets half of the variants, and does
 * not warm up for the other half.
 */
class Work {
  readonly #batch: Batch;
  readonly #progress: BatchProgress;
  readonly #signals: Signals;
  /** The same plan, which remembers where it was at the back. */
  readonly #backward: RunPlan;
  #front = 0;
  #back: number;
  #ended = false;

  constructor(batch: Batch, progress: BatchProgress, signals: Signals) {
    const { plan } = batch;
    this.#batch = batch;
    this.#progress = progress;
    this.#signals = signals;
    this.#backward = plan.part(plan.shard);
    this.#back = plan.length;
  }

  /** Large tasks first, small ones last: little talk, and all are done at about one time. */
  task(): PlannedRun[] {
    const task: PlannedRun[] = [];
    for (;;) {
      const left = this.#back - this.#front;
      const size = Math.min(TASK_RUNS_MAX, Math.ceil(left / (this.#batch.jobs * TASKS_A_WORKER)));
      const next = this.#take(() => this.#backward.at(--this.#back));
      if (next === null) return task;
      task.push(next);
      if (task.length >= size) return task;
    }
  }

  /** A single run for this thread, which has other things to do in between. */
  run(): PlannedRun | null {
    return this.#take(() => this.#batch.plan.at(this.#front++));
  }

  /** One of those at work has failed: the others need not go on. */
  end(): void {
    this.#ended = true;
  }

  #take(next: () => PlannedRun): PlannedRun | null {
    const { store, fresh } = this.#batch;
    while (this.#front < this.#back && !this.#ended && !this.#signals.stopped) {
      const run = next();
      if (fresh || !store.has(run.id)) return run;
      this.#progress.stored++;
    }
    return null;
  }
}

/** Each worker has a task at hand, and one waiting for it. */
async function handOut(work: Work, pool: Pool, workers: number): Promise<void> {
  const atWork = new Set<Promise<void>>();
  for (let task = work.task(); task.length > 0; task = work.task()) {
    const done = pool
      .run(task)
      .then(refuseFault)
      .finally(() => atWork.delete(done));
    atWork.add(done);
    if (atWork.size >= 2 * workers) await Promise.race(atWork);
  }
  await Promise.all(atWork);
}

function refuseFault(fault: WorkerFault | null): void {
  if (fault !== null) throw new UserError(fault.message, { exitCode: fault.exitCode });
}

async function workHere(work: Work, batch: Batch, made: Int32Array): Promise<void> {
  const runner = runnerOf(batch);
  for (let run = work.run(); run !== null; run = work.run()) {
    makeRun(runner, batch.store, run);
    Atomics.add(made, 0, 1);
    await nextTurn();
  }
}
