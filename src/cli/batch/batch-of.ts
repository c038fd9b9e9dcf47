import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { planRuns } from '../../experiment/plan.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { countOf, flagOf, textOf } from '../arguments.ts';
import { DEFAULT_OUT } from '../batch-options.ts';
import type { Arguments } from '../command.ts';
import type { LoadedSelection } from '../selection/load-selection.ts';
import type { Batch } from './batch.ts';
import { codeHash } from './code-hash.ts';
import { RunStore } from './run-store.ts';

/** A worker takes some time to start: for fewer runs it is not worth it. */
const RUNS_A_WORKER = 8;

/** The batch that the options ask for, over these scenarios. */
export function batchOf(
  selection: LoadedSelection,
  args: Arguments,
  scenarios: readonly Scenario[],
  samplePeriodNs?: number,
): Batch {
  const { catalogs, variantFiles } = selection;
  const plan = planRuns(scenarios, catalogs);
  const kind = [samplePeriodNs ?? '', filesHash(variantFiles)].filter((part) => part !== '');
  const out = textOf(args, 'out') ?? DEFAULT_OUT;
  return {
    ...{ plan, catalogs, samplePeriodNs, variantFiles },
    kind: kind.join('-'),
    store: new RunStore(join(out, '.runs', codeHash()), kind.join('-')),
    jobs: countOf(args, 'jobs', 1) ?? likelyJobs(plan.length),
    fresh: flagOf(args, 'fresh'),
  };
}

function likelyJobs(runs: number): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(runs / RUNS_A_WORKER)));
}

/** Of the user's own proposals: what they do is their whole text. */
function filesHash(files: readonly string[]): string {
  if (files.length === 0) return '';
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
