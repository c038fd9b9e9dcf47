import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The built program, as users run it: `npm run build` makes it. */
export const PROGRAM = join(ROOT, 'dist/src/cli/main.js');

export type Outcome = SpawnSyncReturns<string>;

/** Runs the built program as a process of its own. */
export function gfpsim(words: readonly string[], cwd = ROOT, input = ''): Outcome {
  return runProgram(PROGRAM, words, { cwd, input });
}

export interface Surroundings {
  readonly cwd?: string;
  readonly input?: string;
  /** Beside those of this process, without what a CI sets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program of Node's in surroundings of its own. */
export function runProgram(
  program: string,
  words: readonly string[],
  { cwd = ROOT, input = '', env: own = {} }: Surroundings = {},
): Outcome {
  const { CI: _, FORCE_COLOR: __, GITHUB_STEP_SUMMARY: ___, ...env } = process.env;
  return spawnSync(process.execPath, [program, ...words], {
    cwd,
    env: { ...env, LANG: 'de_DE.UTF-8', ...own },
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** An empty folder of this test's own. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'gfpsim-test-'));
}

export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
