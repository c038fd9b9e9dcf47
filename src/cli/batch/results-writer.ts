import { appendFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Comparison } from '../../experiment/compare-types.ts';
import type { OverallRow } from '../../experiment/overall-survival.ts';
import type { PlannedRun, RunPlan } from '../../experiment/plan.ts';
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
} from '../../experiment/results-layout.ts';
import type { RunResult } from '../../experiment/run-result.ts';
import { inFolder, locateWrite } from '../files/node-files.ts';
import { sweepTemporaries, temporaryFor } from '../files/temporaries.ts';
import { makeFolder } from '../files/write-place.ts';

/**
 * Writes a results folder scenario by scenario, beside it and on the same disk; `finish` puts all
 * in their places. Until then, whatever happens, the folder is as it was.
 */
export class ResultsWriter {
  readonly #folder: string;
  readonly #scratch: string;
  readonly #units: Readonly<Record<string, string>>;
  readonly #written = new Set<string>();
  #scenarios = 0;

  constructor(folder: string, units: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#scratch = join(dirname(folder), '.runs', 'tmp');
    this.#units = units;
    sweepTemporaries(this.#scratch, Date.now());
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
      inFolder(path);
      locateWrite(path, () => renameSync(this.#temporary(name), path));
    }
    this.#written.clear();
  }

  /** Takes back what has not found its place. */
  discard(): void {
    for (const name of this.#written) rmSync(this.#temporary(name), { force: true });
    this.#written.clear();
    removeIfEmpty(this.#scratch);
    removeIfEmpty(dirname(this.#scratch));
  }

  #append(name: string, text: string): void {
    const temporary = this.#temporary(name);
    locateWrite(join(this.#folder, name), () => {
      if (!this.#written.has(name)) {
        makeFolder(this.#scratch);
        rmSync(temporary, { force: true });
        this.#written.add(name);
      }
      appendFileSync(temporary, text);
    });
  }

  #temporary(name: string): string {
    return temporaryFor(join(this.#scratch, name.replaceAll('/', '-')));
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Others keep something there, or it is gone already.
  }
}
