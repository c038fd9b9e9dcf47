import { appendFileSync } from 'node:fs';
import type { Catalog } from '../../base/catalog.ts';
import type { MetricDeclaration } from '../../experiment/compare.ts';
import { parseThreshold, refuseStrangers, type Threshold } from '../../experiment/threshold.ts';
import type { Format } from '../../report/format.ts';
import type { Report } from '../../report/report.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { locateWrite } from '../files/node-files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Baseline } from './baseline-files.ts';

/** The thresholds of a check, and what they are judged by. */
export interface CheckDemands {
  /** What the command line says. */
  readonly given: readonly string[];
  readonly baseline: Baseline;
  readonly metrics: readonly MetricDeclaration[];
  /** Of the runs that will be made. */
  readonly variants: readonly string[];
}

/**
 * All that are written, the baseline's own first. A check may be of fewer variants than its
 * baseline, whose demands on the others are told to be left out.
 */
export function writtenThresholds(
  { given, baseline, metrics, variants }: CheckDemands,
  terminal: Terminal,
): Threshold[] {
  const parse = (texts: readonly string[]) => texts.map((text) => parseThreshold(text, metrics));
  const own = parse(baseline.request.thresholds);
  const asked = parse(given);
  refuseStrangers(asked, variants);
  const stored = baseline.stored.runs.map(({ spec }) => spec.variant);
  refuseStrangers(own, [...new Set([...variants, ...stored])]);
  for (const { text, variant } of own) {
    if (variant === undefined || variants.includes(variant)) continue;
    terminal.note(`not judged: ${text}: these runs have no ${variant}`);
  }
  return [...own, ...asked];
}

/**
 * For each scenario those that are written; without any, no metric that it asks for may become
 * worse, however little.
 */
export function thresholdsFor(
  written: readonly Threshold[],
  metrics: readonly MetricDeclaration[],
): (scenario: Scenario) => readonly Threshold[] {
  if (written.length > 0) return () => written;
  const all = metrics
    .filter(({ better }) => better !== 'neither')
    .map(({ name }) => parseThreshold(`${name}:0`, metrics));
  return (scenario) => {
    const asked = scenario.metrics;
    if (asked === undefined) return all;
    return all.filter(({ metric }) => asked.includes(metric.name));
  };
}

/** What somebody wrote and nothing could judge must not pass for a success, in any format. */
export function tellUnjudged(
  reports: readonly Report[],
  written: readonly Threshold[],
  terminal: Terminal,
): void {
  const texts = new Set(written.map(({ text }) => text));
  for (const { name, gates } of reports) {
    for (const { threshold, variant, verdict } of gates) {
      if (verdict !== 'no data' || !texts.has(threshold)) continue;
      terminal.note(`not judged: ${threshold}: ${name} ${variant} has no data`);
    }
  }
}

/** Where GitHub shows a page for a step, this one's is put there. */
export function writeJobSummary(formats: Catalog<Format>, reports: readonly Report[]): void {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file === undefined || file === '') return;
  const page = formats.get('job-summary').renderAll(reports);
  locateWrite(file, () => appendFileSync(file, page));
}
