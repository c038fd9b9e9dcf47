import {
  BASELINE_SCHEMA_VERSION,
  type BaselineRequest,
  requestText,
  scenarioHash,
  traceText,
} from '../../experiment/baseline.ts';
import { Runner } from '../../experiment/run.ts';
import { tracePeriod } from '../../experiment/trace-run.ts';
import { listOf } from '../arguments.ts';
import { type Batch, resultsOf } from '../batch/batch.ts';
import type { Arguments } from '../command.ts';
import { givenOptions } from '../selection/given-options.ts';
import type { LoadedSelection } from '../selection/load-selection.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { REQUEST_FILE, TRACE_FILE } from './baseline-files.ts';

export function requestOf(
  scenarios: readonly string[],
  args: Arguments,
  { loaded, copies }: LoadedSelection,
): BaselineRequest {
  const hashes = loaded.map(({ scenario }) => {
    return [scenario.name, scenarioHash(scenario, copies.get(scenario.name) ?? [])] as const;
  });
  return {
    schemaVersion: BASELINE_SCHEMA_VERSION,
    scenarios: [...scenarios],
    options: givenOptions(args),
    thresholds: listOf(args, 'threshold'),
    hashes: Object.fromEntries(hashes),
  };
}

/** The files that make results a baseline: what was asked, and the course of each run. */
export function baselineTexts(
  request: BaselineRequest,
  batch: Batch,
  terminal: Terminal,
): ReadonlyMap<string, string> {
  const runner = new Runner(batch.plan.scenarios, batch.catalogs);
  const traces = batch.plan.scenarios.flatMap((_, index) =>
    [...resultsOf(batch, index, terminal)].map(([, { spec, simulatedNs }]) =>
      runner.trace(spec, tracePeriod(simulatedNs)),
    ),
  );
  return new Map([
    [REQUEST_FILE, requestText(request)],
    [TRACE_FILE, traceText(traces)],
  ]);
}
