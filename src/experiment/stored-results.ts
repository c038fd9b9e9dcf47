import { UserError } from '../base/user-error.ts';
import { csvRows } from './csv-rows.ts';
import { METRIC_COLUMNS, RUN_COLUMNS, type ScenarioHead } from './results-layout.ts';
import { HEADS_SCHEMA } from './results-schema.ts';
import type { MetricValue, RunResult } from './run-result.ts';

/** The texts of a results folder's files. */
export interface ResultsTexts {
  readonly folder: string;
  readonly runs: string;
  readonly metrics: string;
  readonly summary: string;
}

/** A run as it was kept, with the id it had. */
export interface StoredRun extends RunResult {
  readonly id: string;
}

/** What a results folder says: enough to compare and report without running anything. */
export interface StoredResults {
  readonly folder: string;
  readonly heads: readonly ScenarioHead[];
  readonly runs: readonly StoredRun[];
}

const INCOMPATIBLE = 5;

export function readResults({ folder, runs, metrics, summary }: ResultsTexts): StoredResults {
  const at = (file: string, line?: number) => {
    return { file: `${folder}/${file}`, ...(line === undefined ? {} : { line }) };
  };
  const heads = headsOf(summary, at('summary.json'));
  const values = new Map<string, Record<string, MetricValue>>();
  rowsOf(metrics, METRIC_COLUMNS, at('metrics.csv')).forEach((row, i) => {
    const [scenario, variant, replication, metric, value, , censored] = row as Cells;
    const key = keyOf(scenario, variant, replication);
    const own = values.get(key) ?? {};
    own[metric] = measured([value, censored], at('metrics.csv', i + 2));
    values.set(key, own);
  });
  const stored = rowsOf(runs, RUN_COLUMNS, at('runs.csv')).map((row, i): StoredRun => {
    const [id, scenario, variant, replication, seed, end, events, ns, fingerprint] = row as Cells;
    const own = values.get(keyOf(scenario, variant, replication));
    if (own === undefined) throw broken('a run without metrics', at('runs.csv', i + 2));
    return {
      ...{ id, end, fingerprint, metrics: own },
      spec: { scenario, variant, seed, replication: Number(replication) },
      ...{ events: Number(events), simulatedNs: Number(ns) },
    };
  });
  return { folder, heads, runs: stored };
}

type Cells = [string, string, string, string, string, string, string, string, string];

function headsOf(summary: string, at: { file: string }): ScenarioHead[] {
  const parsed = HEADS_SCHEMA.safeParse(jsonOf(summary, at));
  if (parsed.success) {
    return parsed.data.scenarios.map(({ metrics, ...head }) => {
      return metrics === undefined ? head : { ...head, metrics };
    });
  }
  const [issue] = parsed.error.issues;
  throw broken(`not results of this version: ${issue?.path.join('.')}: ${issue?.message}`, at);
}

function jsonOf(text: string, at: { file: string }): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken('not JSON', at);
  }
}

function rowsOf(text: string, columns: readonly string[], at: { file: string }): string[][] {
  const [header = [], ...rows] = csvRows(text);
  if (header.join() !== columns.join()) throw broken('not a table of this version', at);
  const odd = rows.findIndex((row) => row.length !== columns.length);
  if (odd < 0) return rows;
  throw broken(`a row of ${rows[odd]!.length} cells`, { ...at, line: odd + 2 });
}

function measured(cells: [value: string, censored: string], at: { file: string }): MetricValue {
  const [value, censored] = cells.map((cell) => (cell === '' ? null : Number(cell)));
  if (Number.isNaN(value) || Number.isNaN(censored)) throw broken('not a number', at);
  if (censored === null || censored === undefined) return { value: value ?? null };
  return { value: value ?? null, censoredAt: censored };
}

function keyOf(scenario: string, variant: string, replication: string): string {
  return JSON.stringify([scenario, variant, replication]);
}

function broken(message: string, at: { file: string; line?: number }): UserError {
  return new UserError(message, { at, exitCode: INCOMPATIBLE, hint: 'make the results again' });
}
