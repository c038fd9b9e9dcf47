import { join } from 'node:path';
import { counted } from '../../base/counted.ts';
import { UserError } from '../../base/user-error.ts';
import { parseThreshold, refuseStrangers } from '../../experiment/threshold.ts';
import { hang } from '../../report/table.ts';
import { listOf, textOf } from '../arguments.ts';
import { batchOf } from '../batch/batch-of.ts';
import { writeBatch } from '../batch/batch-results.ts';
import { makeBatch } from '../batch/make-batch.ts';
import { DEFAULT_OUT } from '../batch-options.ts';
import { type Arguments, type CommandOutput, reportOutput } from '../command.ts';
import { EXIT_THRESHOLD } from '../exit-codes.ts';
import { givenOptions, withGiven } from '../selection/given-options.ts';
import { loadSelection } from '../selection/load-selection.ts';
import { selectScenarios } from '../selection/suites.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { baselineTexts, requestOf } from './baseline-batch.ts';
import {
  baselineFolder,
  baselineNames,
  DAMAGED,
  hasBaseline,
  loadBaseline,
  loadRequest,
  readRequest,
  refuseInCi,
  removeBaseline,
} from './baseline-files.ts';

interface Request {
  readonly name: string;
  /** Scenarios, as they are named. */
  readonly words: readonly string[];
  readonly args: Arguments;
  readonly terminal: Terminal;
}

type Action = (request: Request) => Promise<CommandOutput>;

export type BaselineAction = 'save' | 'list' | 'show' | 'update' | 'rm';

export const ACTIONS: Readonly<Record<BaselineAction, Action>> = {
  save,
  list,
  show,
  update,
  rm: remove,
};

async function save(request: Request): Promise<CommandOutput> {
  const { name, words, args } = request;
  refuseInCi('save');
  if (hasBaseline(outOf(args), name)) {
    const hint = `gfpsim baseline update ${name} makes it again`;
    throw new UserError(`there is a baseline '${name}' already`, { hint });
  }
  return make(request, words.length === 0 ? [name] : words, args);
}

/** Makes the same runs once more, with the program as it is now. */
async function update(request: Request): Promise<CommandOutput> {
  const { name, words, args } = request;
  refuseInCi('update');
  const kept = loadRequest(outOf(args), name);
  const thresholds = listOf(args, 'threshold');
  const asked = {
    ...withGiven(kept.options, args),
    threshold: thresholds.length > 0 ? thresholds : kept.thresholds,
  };
  return make(request, words.length === 0 ? kept.scenarios : words, asked);
}

/** A run that fails, or does not meet its scenario's demands, changes no baseline. */
async function make(
  { name, terminal }: Request,
  words: readonly string[],
  args: Arguments,
): Promise<CommandOutput> {
  const folder = baselineFolder(outOf(args), name);
  const selection = await loadSelection(selectScenarios(words).files, args);
  const metrics = selection.catalogs.metrics.all();
  const thresholds = listOf(args, 'threshold').map((text) => parseThreshold(text, metrics));
  const scenarios = selection.loaded.map(({ scenario }) => scenario);
  refuseStrangers(thresholds, [...new Set(scenarios.flatMap(({ variants }) => variants))]);
  const batch = batchOf(selection, args, scenarios);
  await makeBatch(batch, terminal);
  const origins = selection.loaded.map(({ scenario, file }) => [scenario.name, file] as const);
  const files = baselineTexts(requestOf(words, args, selection), batch, terminal);
  const place = {
    folder,
    files: Object.fromEntries(origins),
    options: givenOptions(args),
    beside: files,
    demanding: true,
  };
  const { broken } = writeBatch(batch, place, terminal);
  for (const line of broken) terminal.note(line);
  if (broken.length > 0) {
    const said = counted(broken.length, 'expectation');
    const reason = `${said} not met: the baseline is as it was`;
    return { render: () => '', exitCode: EXIT_THRESHOLD, reason };
  }
  const said = { schemaVersion: 1, name, folder, runs: batch.plan.length };
  return reportOutput(said, () => isBaseline(batch.plan.length, folder));
}

function isBaseline(runs: number, folder: string): string {
  return `${counted(runs, 'run')} ${runs === 1 ? 'is' : 'are'} the baseline ${folder}`;
}

/** Those that are damaged, too, so that somebody sees them. */
async function list({ args }: Request): Promise<CommandOutput> {
  const out = outOf(args);
  const rows = baselineNames(out).map((name) => {
    const request = readRequest(out, name);
    const { scenarios, thresholds } = request ?? { scenarios: [], thresholds: [] };
    const said = { name, folder: baselineFolder(out, name), scenarios, thresholds };
    return request === null ? { ...said, damaged: DAMAGED } : said;
  });
  return reportOutput(rows, () =>
    rows
      .map((row) => {
        const about = 'damaged' in row ? `damaged: ${row.damaged}` : row.scenarios.join(' ');
        return `${row.name}  ${about}`;
      })
      .join('\n'),
  );
}

async function show({ name, args }: Request): Promise<CommandOutput> {
  const { request, stored, folder } = loadBaseline(outOf(args), name);
  const loads = stored.heads.map((head) => ({
    ...{ name: head.name, question: head.question, seed: head.seed },
    variants: head.variants,
    runs: stored.runs.filter(({ spec }) => spec.scenario === head.name).length,
  }));
  const { scenarios, options, thresholds } = request;
  const said = { schemaVersion: 1, name, folder, scenarios, options, thresholds, loads };
  return reportOutput(said, () =>
    [
      `${name}: ${join(folder, 'summary.json')}`,
      ...hang('made of ', `${scenarios.join(' ')}${optionsText(options)}`),
      ...thresholds.map((text) => `demands ${text}`),
      ...loads.flatMap((load) =>
        hang(`${load.name}: `, `${counted(load.runs, 'run')} of ${load.variants.join(', ')}`),
      ),
    ].join('\n'),
  );
}

function optionsText(options: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(options)
    .flatMap(([name, values]) => values.map((value) => ` --${name} '${value}'`))
    .join('');
}

async function remove({ name, args }: Request): Promise<CommandOutput> {
  refuseInCi('rm');
  removeBaseline(outOf(args), name);
  const said = { schemaVersion: 1, name, removed: true };
  return reportOutput(said, () => `baseline ${name} is gone`);
}

function outOf(args: Arguments): string {
  return textOf(args, 'out') ?? DEFAULT_OUT;
}
