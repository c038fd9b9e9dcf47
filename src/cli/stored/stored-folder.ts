import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import type { Side } from '../../experiment/side-by-side.ts';
import { readResults, type StoredResults } from '../../experiment/stored-results.ts';
import { ANSWERS_SCHEMA_VERSION, type Answer } from '../../report/answers.ts';
import { DEFAULT_OUT } from '../batch-options.ts';
import { EXIT_MISSING } from '../exit-codes.ts';
import { readText, statOf } from '../files/node-files.ts';

export const BASELINES = 'baselines';
const ANSWERS = 'answers.json';

/** `[LABEL=]WHERE`: a results folder, or the name of results or of a baseline. */
export function loadSide(written: string, out = DEFAULT_OUT): Side {
  const equals = written.indexOf('=');
  const where = written.slice(equals + 1);
  const label = equals > 0 ? written.slice(0, equals) : basename(where);
  if (where === '' || equals === 0) {
    throw new UserError(`'${written.slice(0, 40)}' names no results`, {
      expected: 'LABEL=FOLDER or FOLDER',
    });
  }
  return { label, stored: loadStored(folderOf(where, out)) };
}

export function loadStored(folder: string): StoredResults {
  const text = (name: string) => {
    const found = readText(join(folder, name));
    if (found !== undefined) return found;
    throw new UserError('no such results file', {
      at: { file: join(folder, name) },
      exitCode: EXIT_MISSING,
    });
  };
  const [runs, metrics, summary] = ['runs.csv', 'metrics.csv', 'summary.json'].map(text) as [
    string,
    string,
    string,
  ];
  return readResults({ folder, runs, metrics, summary });
}

/** Answers to scenarios' questions, from a file of them; none where there is no such file. */
export function answersIn(file: string): readonly Answer[] {
  const text = readText(file);
  if (text === undefined) return [];
  const answers = answersOf(text);
  if (answers !== null) return answers;
  throw new UserError('no answers of this version', { at: { file }, exitCode: EXIT_MISSING });
}

export function answersBeside(folder: string): readonly Answer[] {
  return answersIn(join(folder, ANSWERS));
}

/** The answers that stand for results whose runs are not kept; undefined where these are. */
export function answersFile(where: string, out = DEFAULT_OUT): string | undefined {
  if (basename(where) === ANSWERS && isFile(where)) return where;
  const places = [where, join(out, where)];
  if (places.some((place) => isFile(join(place, 'runs.csv')))) return undefined;
  return places.map((place) => join(place, ANSWERS)).find(isFile);
}

function answersOf(text: string): readonly Answer[] | null {
  try {
    const { schemaVersion, answers } = JSON.parse(text) as Partial<StoredAnswers>;
    return schemaVersion === ANSWERS_SCHEMA_VERSION ? (answers ?? null) : null;
  } catch {
    return null;
  }
}

interface StoredAnswers {
  readonly schemaVersion: number;
  readonly answers: readonly Answer[];
}

function folderOf(where: string, out: string): string {
  const places = [where, join(out, where), join(out, BASELINES, where)];
  const found = places.find((place) => isFile(join(place, 'runs.csv')));
  if (found !== undefined) return found;
  throw new UserError('no such results', {
    at: { file: where },
    exitCode: EXIT_MISSING,
    hint: suggestion(where, resultsIn(out)),
  });
}

/** Names of the results and baselines in a folder. */
export function resultsIn(out: string): string[] {
  return [out, join(out, BASELINES)].flatMap((folder) => {
    if (statOf(folder)?.isDirectory() !== true) return [];
    return readdirSync(folder).filter((name) => isFile(join(folder, name, 'runs.csv')));
  });
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() === true;
}
