import { stringify } from 'csv-stringify/sync';
import type { Comparison } from './compare-types.ts';
import type { RunPlan } from './plan.ts';
import type { RunResult } from './run-result.ts';

/**
 * What a results folder holds:
 *
 *   runs.csv       a row a run: how it ended, its fingerprint
 *   metrics.csv    long format: a row a run and metric
 *   summary.json   estimates, paired differences and verdicts
 *   vectors/ID.csv the time series of a run, where it was asked for
 *   manifest.json  versions, scenario files, seeds; all that may differ between machines
 *
 * All but the last are the same bytes for the same input wherever they are made.
 */
export interface ResultsInput {
  readonly plan: RunPlan;
  /** In the plan's order. */
  readonly results: readonly RunResult[];
  /** By scenario. */
  readonly comparisons: ReadonlyMap<string, readonly Comparison[]>;
  readonly units: Readonly<Record<string, string>>;
}

/** What only this machine knows of the run. */
export interface Environment {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly files: Readonly<Record<string, string>>;
}

export const RESULTS_SCHEMA_VERSION = 1;

/** File names and their texts. */
export function resultsFiles(input: ResultsInput, environment: Environment): Map<string, string> {
  return new Map([
    ['runs.csv', runsCsv(input)],
    ['metrics.csv', metricsCsv(input)],
    ['summary.json', json(summary(input))],
    ...vectors(input),
    ['manifest.json', json(manifest(input, environment))],
  ]);
}

function vectors({ plan, results }: ResultsInput): [string, string][] {
  return results.flatMap(({ series }, index): [string, string][] => {
    if (series === undefined) return [];
    const { names, rows, values } = series;
    const cells = Array.from({ length: rows }, (_, row) => [
      ...values.subarray(row * names.length, (row + 1) * names.length),
    ]);
    return [[`vectors/${plan.runs[index]!.id}.csv`, csv(names, cells)]];
  });
}

function runsCsv({ plan, results }: ResultsInput): string {
  const header = ['id', 'scenario', 'variant', 'replication', 'seed', 'end'];
  const rows = results.map(({ spec, end, events, simulatedNs, fingerprint }, index) => {
    const { scenario, variant, replication, seed } = spec;
    const { id } = plan.runs[index]!;
    return [id, scenario, variant, replication, seed, end, events, simulatedNs, fingerprint];
  });
  return csv([...header, 'events', 'simulated_ns', 'fingerprint'], rows);
}

function metricsCsv({ results, units }: ResultsInput): string {
  const header = ['scenario', 'variant', 'replication', 'metric', 'value', 'unit', 'censored_at'];
  const rows = results.flatMap(({ spec, metrics }) => {
    const { scenario, variant, replication } = spec;
    return Object.entries(metrics).map(([metric, { value, censoredAt }]) => {
      const [shown, censored] = [value ?? '', censoredAt ?? ''];
      return [scenario, variant, replication, metric, shown, units[metric] ?? '', censored];
    });
  });
  return csv(header, rows);
}

function summary({ plan, comparisons }: ResultsInput): unknown {
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    scenarios: plan.scenarios.map((scenario) => ({
      name: scenario.name,
      question: scenario.question,
      kernel: scenario.kernel,
      baseline: scenario.variants[0],
      variants: scenario.variants,
      replications: scenario.replications,
      seed: scenario.seed,
      comparisons: comparisons.get(scenario.name) ?? [],
    })),
  };
}

function manifest({ plan }: ResultsInput, environment: Environment): unknown {
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    gfpsim: environment.version,
    environment: { node: environment.node, platform: environment.platform },
    scenarios: plan.scenarios.map(({ name, seed, replications }) => ({
      name,
      file: environment.files[name],
      seed,
      replications,
      runs: plan.runs.filter(({ spec }) => spec.scenario === name).length,
    })),
  };
}

function csv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return stringify([[...header], ...rows.map((row) => [...row])]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
