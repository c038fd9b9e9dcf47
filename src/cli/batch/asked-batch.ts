import { basename } from 'node:path';
import type { Scenario } from '../../scenario/scenario.ts';
import { textOf } from '../arguments.ts';
import type { Arguments } from '../command.ts';
import { type LoadedSelection, loadSelection } from '../selection/load-selection.ts';
import { selectScenarios } from '../selection/suites.ts';
import type { Batch } from './batch.ts';
import { batchOf } from './batch-of.ts';
import { resultsFolder, samplePeriod } from './run-report.ts';

/** What the words and options of `run` ask for. */
export interface AskedBatch {
  /** The scenarios as they were named. */
  readonly words: readonly string[];
  readonly selection: LoadedSelection;
  readonly scenarios: readonly Scenario[];
  /** Where the results go, and what they are called. */
  readonly folder: string;
  readonly name: string;
  batchOf(scenarios: readonly Scenario[]): Batch;
}

export async function askedBatch(words: readonly string[], args: Arguments): Promise<AskedBatch> {
  const { files, name } = selectScenarios(words);
  const selection = await loadSelection(files, args);
  const period = textOf(args, 'vectors');
  const samplePeriodNs = period === undefined ? undefined : samplePeriod(period);
  const folder = resultsFolder(textOf(args, 'out'), textOf(args, 'name'), name);
  return {
    ...{ words, selection, folder, name: basename(folder) },
    scenarios: selection.loaded.map(({ scenario }) => scenario),
    batchOf: (some) => batchOf(selection, args, some, samplePeriodNs),
  };
}
