import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { csvRows } from '../../experiment/csv-rows.ts';
import { RUN_COLUMNS } from '../../experiment/results-layout.ts';
import type { RunSpec } from '../../experiment/run-result.ts';
import { EXIT_MISSING } from '../exit-codes.ts';
import { readText, statOf } from '../files/node-files.ts';
import type { GivenOptions } from '../selection/given-options.ts';
import { BASELINES } from './stored-folder.ts';

/** The scenario's file, and the options laid over it. */
export interface ScenarioOrigin {
  readonly file: string;
  readonly options: GivenOptions;
}

/** A run as some results have it, and what they were made of. */
export interface FoundRun extends ScenarioOrigin {
  readonly folder: string;
  readonly id: string;
  readonly spec: RunSpec;
  readonly fingerprint: string;
}

const PREFIX_LEAST = 6;

/** Looks through all results for a run by the beginning of its id. */
export function findRun(written: string, out: string): FoundRun {
  if (!/^[0-9a-f]{6,32}$/.test(written)) {
    throw new UserError(`'${written.slice(0, 40)}' is no run id`, {
      expected: `${PREFIX_LEAST} to 32 hex digits, from the first column of runs.csv`,
    });
  }
  const found = foldersOf(out).flatMap((folder) => runsIn(folder, written));
  const ids = new Set(found.map(({ id }) => id));
  if (ids.size > 1) {
    throw new UserError(`${ids.size} runs begin with '${written}'`, {
      expected: 'more of its digits',
      hint: [...ids].slice(0, 4).join(', '),
    });
  }
  if (found[0] !== undefined) return found[0];
  throw new UserError(`no results hold a run '${written}'`, {
    at: { file: out },
    exitCode: EXIT_MISSING,
  });
}

function foldersOf(out: string): string[] {
  return [out, join(out, BASELINES)].flatMap((base) => {
    if (statOf(base)?.isDirectory() !== true) return [];
    return readdirSync(base)
      .sort()
      .map((name) => join(base, name));
  });
}

function runsIn(folder: string, prefix: string): FoundRun[] {
  const text = readText(join(folder, 'runs.csv'));
  if (text === undefined || !text.includes(prefix)) return [];
  const [header = [], ...rows] = csvRows(text);
  if (header.join() !== RUN_COLUMNS.join()) return [];
  return rows
    .filter(([id]) => id?.startsWith(prefix))
    .map(([id = '', scenario = '', variant = '', replication, seed = '', , , , fingerprint]) => {
      const spec = { scenario, variant, replication: Number(replication), seed };
      const origin = originOf(folder, scenario);
      return { folder, id, spec, fingerprint: fingerprint ?? '', ...origin };
    });
}

interface Manifest {
  readonly options?: GivenOptions;
  readonly scenarios?: readonly { readonly name: string; readonly file: string }[];
}

/** As the manifest of a results folder says. */
export function originOf(folder: string, scenario: string): ScenarioOrigin {
  const path = join(folder, 'manifest.json');
  const { options = {}, scenarios = [] } = manifestOf(path);
  const file = scenarios.find(({ name }) => name === scenario)?.file;
  if (file !== undefined) return { file, options };
  throw new UserError(`it does not say of which file '${scenario}' is`, {
    at: { file: path },
    exitCode: EXIT_MISSING,
  });
}

function manifestOf(path: string): Manifest {
  try {
    return JSON.parse(readText(path) ?? '{}') as Manifest;
  } catch {
    throw new UserError('not JSON', { at: { file: path }, exitCode: EXIT_MISSING });
  }
}
