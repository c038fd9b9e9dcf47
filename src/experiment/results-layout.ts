import { stringify } from 'csv-stringify/sync';
import type { Comparison } from './compare-types.ts';
import type { OverallRow } from './overall-survival.ts';
import type { PlannedRun, RunPlan } from './plan.ts';
import type { RunResult } from './run-result.ts';
import type { RunWarning } from './run-warnings.ts';

/**
 * What a results folder holds:
 *
 *   runs.csv       a row a run: how it ended, its fingerprint
 *   metrics.csv    long format: a row a run and metric
 *   summary.json   estimates, paired differences and verdicts
 *   vectors/ID.csv the time series of a run, where it was asked for
 *   manifest.json  versions, scenario files, seeds; all that may differ between machines
 *
 * All but the last are the same bytes for the same input wherever they are made. They are made
 * piece by piece, a scenario after the other, so that none has to be held whole.
 */
export const RESULTS_SCHEMA_VERSION = 1;

export const RUN_COLUMNS = [
  ...['id', 'scenario', 'variant', 'replication', 'seed', 'end', 'events', 'simulated_ns'],
  'fingerprint',
] as const;
export const METRIC_COLUMNS = [
  ...['scenario', 'variant', 'replication', 'metric', 'value', 'unit', 'censored_at'],
] as const;

/** What summary.json says of one scenario, but for how its variants compare. */
export interface ScenarioHead {
  readonly name: string;
  readonly question: string;
  readonly kernel: string;
  readonly load: string;
  readonly baseline: string;
  readonly variants: readonly string[];
  /** Variants that are bounds, not proposals. */
  readonly bounds: readonly string[];
  /** The metrics that the scenario wants shown first, if it says so. */
  readonly metrics?: readonly string[];
  readonly warnings: readonly RunWarning[];
  readonly replications: number;
  readonly seed: string;
}

/** What only this machine knows of the run. */
export interface Environment {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly files: Readonly<Record<string, string>>;
  /** What was laid over them, by option: so that a run can be made again. */
  readonly options: Readonly<Record<string, readonly string[]>>;
}

export function csv(rows: readonly (readonly (string | number)[])[]): string {
  return stringify(rows.map((row) => [...row]));
}

export function runRow({ id, spec }: PlannedRun, result: RunResult): (string | number)[] {
  const { scenario, variant, replication, seed } = spec;
  const { end, events, simulatedNs, fingerprint } = result;
  return [id, scenario, variant, replication, seed, end, events, simulatedNs, fingerprint];
}

export function metricRows(
  { spec, metrics }: RunResult,
  units: Readonly<Record<string, string>>,
): (string | number)[][] {
  const { scenario, variant, replication } = spec;
  return Object.entries(metrics).map(([metric, { value, censoredAt }]) => {
    const [shown, censored] = [value ?? '', censoredAt ?? ''];
    return [scenario, variant, replication, metric, shown, units[metric] ?? '', censored];
  });
}

/** A time series as a file of its own. */
export function vectorCsv({ names, rows, values }: NonNullable<RunResult['series']>): string {
  const cells = Array.from({ length: rows }, (_, row) => [
    ...values.subarray(row * names.length, (row + 1) * names.length),
  ]);
  return csv([[...names], ...cells]);
}

/** summary.json in pieces: its opening, a scenario each, its end. */
export const summaryText = {
  open: `{\n  "schemaVersion": ${RESULTS_SCHEMA_VERSION},\n  "scenarios": [`,

  scenario(head: ScenarioHead, comparisons: readonly Comparison[], isFirst: boolean): string {
    const text = JSON.stringify({ ...head, comparisons }, null, 2);
    return `${isFirst ? '' : ','}\n    ${text.replaceAll('\n', '\n    ')}`;
  },

  close(overall: readonly OverallRow[]): string {
    const text = JSON.stringify(overall, null, 2).replaceAll('\n', '\n  ');
    return `\n  ],\n  "overall": ${text}\n}\n`;
  },
};

export function manifestText(plan: RunPlan, environment: Environment): string {
  const manifest = {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    gfpsim: environment.version,
    environment: { node: environment.node, platform: environment.platform },
    options: environment.options,
    scenarios: plan.scenarios.map(({ name, seed, replications, variants }, place) => ({
      name,
      file: environment.files[name],
      // Of the scenario as it was resolved: equal ones give equal runs.
      hash: plan.hashOf(place),
      seed,
      replications,
      runs: variants.length * replications,
    })),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
