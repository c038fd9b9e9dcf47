import { appendFileSync } from 'node:fs';
import type { Catalog } from '../base/catalog.ts';
import type { MetricDeclaration } from '../experiment/compare.ts';
import { parseThreshold, type Threshold } from '../experiment/threshold.ts';
import type { Format } from '../report/format.ts';
import type { Report } from '../report/report.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { locateWrite } from './node-files.ts';

/**
 * The thresholds of a check: those that were given, for every scenario; without any, no metric
 * that a scenario asks for may become worse, however little.
 */
export function thresholdsFor(
  written: readonly string[],
  metrics: readonly MetricDeclaration[],
): (scenario: Scenario) => readonly Threshold[] {
  const given = written.map((text) => parseThreshold(text, metrics));
  if (given.length > 0) return () => given;
  const all = metrics
    .filter(({ better }) => better !== 'neither')
    .map(({ name }) => parseThreshold(`${name}:0`, metrics));
  return (scenario) => {
    const asked = scenario.metrics;
    if (asked === undefined) return all;
    return all.filter(({ metric }) => asked.includes(metric.name));
  };
}

/** Where GitHub shows a page for a step, this one's is put there. */
export function writeJobSummary(formats: Catalog<Format>, reports: readonly Report[]): void {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file === undefined || file === '') return;
  const page = formats.get('job-summary').renderAll(reports);
  locateWrite(file, () => appendFileSync(file, page));
}
