import { appendFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Comparison } from '../experiment/compare-types.ts';
import type { OverallRow } from '../experiment/overall-survival.ts';
import type { PlannedRun, RunPlan } from '../experiment/plan.ts';
import {
  csv,
  type Environment,
  METRIC_COLUMNS,
  manifestText,
  metricRows,
  RUN_COLUMNS,
  runRow,
  type ScenarioHead,
  summaryText,
  vectorCsv,
} from '../experiment/results-layout.ts';
import type { RunResult } from '../experiment/run-result.ts';
import { inFolder, locateWrite, temporaryFor } from './node-files.ts';

/**
 * Writes a results folder scenario by scenario, beside the files that are there; `finish` puts
 * all in their places. Until then, whatever happens, the folder is as it was.
 */
export class ResultsWriter {
  readonly #folder: string;
  readonly #units: Readonly<Record<string, string>>;
  readonly #written = new Set<string>();
  #scenarios = 0;

  constructor(folder: string, units: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#units = units;
    this.#append('runs.csv', csv([RUN_COLUMNS]));
    this.#append('metrics.csv', csv([METRIC_COLUMNS]));
    this.#append('summary.json', summaryText.open);
  }

  run(planned: PlannedRun, result: RunResult): void {
    this.#append('runs.csv', csv([runRow(planned, result)]));
    this.#append('metrics.csv', csv(metricRows(result, this.#units)));
    if (result.series !== undefined) {
      this.#append(`vectors/${planned.id}.csv`, vectorCsv(result.series));
    }
  }

  scenario(head: ScenarioHead, comparisons: readonly Comparison[]): void {
    const text = summaryText.scenario(head, comparisons, this.#scenarios === 0);
    this.#append('summary.json', text);
    this.#scenarios++;
  }

  /** A file that is no part of all results. */
  beside(name: string, text: string): void {
    this.#append(name, text);
  }

  finish(plan: RunPlan, overall: readonly OverallRow[], environment: Environment): void {
    this.#append('summary.json', summaryText.close(overall));
    this.#append('manifest.json', manifestText(plan, environment));
    for (const name of this.#written) {
      const path = join(this.#folder, name);
      locateWrite(path, () => renameSync(temporaryFor(path), path));
    }
    this.#written.clear();
  }

  /** Takes back what has not found its place. */
  discard(): void {
    for (const name of this.#written) {
      rmSync(temporaryFor(join(this.#folder, name)), { force: true });
    }
    this.#written.clear();
  }

  #append(name: string, text: string): void {
    const path = join(this.#folder, name);
    const temporary = temporaryFor(path);
    if (!this.#written.has(name)) {
      inFolder(path);
      rmSync(temporary, { force: true });
      this.#written.add(name);
    }
    locateWrite(path, () => appendFileSync(temporary, text));
  }
}
