import { judgeClaims } from '../../experiment/claims.ts';
import { OverallSurvival } from '../../experiment/overall-survival.ts';
import { csv, type ScenarioHead } from '../../experiment/results-layout.ts';
import type { RunResult } from '../../experiment/run-result.ts';
import { RunTable } from '../../experiment/run-table.ts';
import { STEADY_COLUMNS, SteadyState } from '../../experiment/steady-state.ts';
import {
  type Answer,
  answerOf,
  answersJson,
  answersPage,
  withAnswer,
} from '../../report/answers.ts';
import { type Report, withOverall } from '../../report/report.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { VERSION } from '../version.ts';
import { type Batch, resultsOf } from './batch.ts';
import { ResultsWriter } from './results-writer.ts';
import { brokenClaims, brokenDemands, headOf, reportOf } from './run-report.ts';

export interface BatchResults {
  readonly reports: readonly Report[];
  /** Demands of the scenarios that some run did not meet, a line each. */
  readonly broken: readonly string[];
}

export interface ResultsPlace {
  readonly folder: string;
  /** Scenario files by the scenario's name. */
  readonly files: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** More files to put there, by name. */
  readonly beside?: ReadonlyMap<string, string>;
  /** Nothing is written where a demand is not met. */
  readonly demanding?: boolean;
}

/** Compares the runs of a batch and writes its results, one scenario after another. */
export function writeBatch(batch: Batch, place: ResultsPlace, terminal: Terminal): BatchResults {
  const { plan, catalogs } = batch;
  const metrics = catalogs.metrics.all();
  const units = Object.fromEntries(metrics.map(({ name, unit }) => [name, unit]));
  const writer = new ResultsWriter(place.folder, units);
  const overall = new OverallSurvival(metrics);
  const steady = new SteadyState();
  const reports: Report[] = [];
  const answers: Answer[] = [];
  const broken: string[] = [];
  try {
    for (const [index, scenario] of plan.scenarios.entries()) {
      const { head, results } = writeScenario(batch, index, { writer, steady, terminal });
      const report = reportOf(head, results, metrics);
      writer.scenario(
        head,
        report.rows.flatMap((row) => row.results),
      );
      overall.add(results, head.baseline);
      const answer = answerOf(scenario, judgeClaims(scenario, results, metrics));
      reports.push(withAnswer(report, answer));
      answers.push(answer);
      broken.push(...brokenDemands(scenario, results), ...brokenClaims(answer));
    }
    if (broken.length > 0 && place.demanding === true) return { reports, broken };
    writeSteady(steady, writer, terminal);
    writeAnswers(answers, writer);
    for (const [name, text] of place.beside ?? []) writer.beside(name, text);
    reports.splice(0, reports.length, ...withOverall(reports, overall.rows()));
    writer.finish(plan, overall.rows(), {
      version: VERSION,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      files: place.files,
      options: place.options,
    });
  } finally {
    writer.discard();
  }
  return { reports, broken };
}

/** Only where some scenario has an answer. */
function writeAnswers(answers: readonly Answer[], writer: ResultsWriter): void {
  const given = answers.filter(({ answer }) => answer !== null);
  if (given.length === 0) return;
  writer.beside('answers.json', answersJson(given));
  writer.beside('answers.md', answersPage(given));
}

/** Only where time series were asked for. */
function writeSteady(steady: SteadyState, writer: ResultsWriter, terminal: Terminal): void {
  const rows = steady.rows();
  if (rows.length === 0) return;
  writer.beside('steady.csv', csv([[...STEADY_COLUMNS], ...rows]));
  if (steady.warning !== null) terminal.warn('W022', steady.warning);
}

interface WriteStep {
  readonly writer: ResultsWriter;
  readonly steady: SteadyState;
  readonly terminal: Terminal;
}

function writeScenario(
  batch: Batch,
  index: number,
  { writer, steady, terminal }: WriteStep,
): { head: ScenarioHead; results: RunResult[] } {
  const scenario: Scenario = batch.plan.scenarios[index]!;
  const { start } = batch.plan.rangeOf(index);
  const results: RunResult[] = [];
  const table = new RunTable();
  for (const [i, result] of resultsOf(batch, index, terminal)) {
    writer.run(batch.plan.at(start + i), result);
    steady.add(result);
    // A time series is in its file by now, and not kept.
    results.push(table.add(result));
  }
  return { head: headOf(scenario, batch.catalogs), results };
}
