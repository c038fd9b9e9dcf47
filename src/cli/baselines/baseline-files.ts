import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { type BaselineRequest, parseRequest, parseTraces } from '../../experiment/baseline.ts';
import type { StoredResults } from '../../experiment/stored-results.ts';
import type { RunTrace } from '../../experiment/trace-run.ts';
import { EXIT_MISSING } from '../exit-codes.ts';
import { readText, statOf } from '../files/node-files.ts';
import { BASELINES, loadStored } from '../stored/stored-folder.ts';

export const REQUEST_FILE = 'baseline.json';
export const TRACE_FILE = 'trace.ndjson';

export const DAMAGED = 'not a baseline of this version';

/** Committed results to which others are held. */
export interface Baseline {
  readonly name: string;
  readonly folder: string;
  readonly request: BaselineRequest;
  readonly stored: StoredResults;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

export function baselineFolder(out: string, name: string): string {
  if (NAME.test(name)) return join(out, BASELINES, name);
  throw new UserError(`'${name.slice(0, 40)}' cannot name a baseline`, {
    expected: 'letters, digits, dots, dashes, underscores',
  });
}

export function hasBaseline(out: string, name: string): boolean {
  const file = join(baselineFolder(out, name), REQUEST_FILE);
  return statOf(file) !== undefined;
}

export function baselineNames(out: string): string[] {
  const folder = join(out, BASELINES);
  if (statOf(folder)?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name) && hasBaseline(out, name))
    .sort();
}

/** What was asked when it was made; the runs are read only where they are needed. */
export function loadRequest(out: string, name: string): BaselineRequest {
  const request = readRequest(out, name);
  if (request !== null) return request;
  throw new UserError(DAMAGED, {
    at: { file: join(baselineFolder(out, name), REQUEST_FILE) },
    exitCode: EXIT_MISSING,
    hint: `gfpsim baseline rm ${name}, then baseline save, makes it again`,
  });
}

/** The same; null where nobody can tell any more. */
export function readRequest(out: string, name: string): BaselineRequest | null {
  const file = join(baselineFolder(out, name), REQUEST_FILE);
  const text = readText(file);
  if (text !== undefined) return parseRequest(text);
  const known = baselineNames(out);
  throw new UserError(`no baseline '${name}'`, {
    at: { file },
    exitCode: EXIT_MISSING,
    hint: known.length === 0 ? 'gfpsim baseline save makes one' : suggestion(name, known),
  });
}

export function loadBaseline(out: string, name: string): Baseline {
  const request = loadRequest(out, name);
  const folder = baselineFolder(out, name);
  return { name, folder, request, stored: loadStored(folder) };
}

/** The courses of its runs: only read when one of them was left. */
export function loadTraces({ folder }: Baseline): RunTrace[] {
  const file = join(folder, TRACE_FILE);
  return parseTraces(readText(file) ?? '', file);
}

/** Also one that is damaged: how else would it go? */
export function removeBaseline(out: string, name: string): void {
  readRequest(out, name);
  rmSync(baselineFolder(out, name), { recursive: true });
}

/** Continuous integration reads baselines; people change them. */
export function refuseInCi(action: string): void {
  if (process.env['CI'] === undefined || process.env['CI'] === '') return;
  throw new UserError(`baseline ${action} writes no baseline while CI is set`, {
    hint: 'make it at your desk and commit it',
  });
}
