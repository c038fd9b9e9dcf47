import { writeSync } from 'node:fs';
import pc from 'picocolors';
import { UserError } from '../base/user-error.ts';
import type { WarningId } from '../experiment/run-warnings.ts';

export interface TerminalOptions {
  readonly color: boolean | undefined;
  readonly progress: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

type Colors = ReturnType<typeof pc.createColors>;

/**
 * stdout carries data, stderr talk. A reader that has gone away (EPIPE) ends the program
 * silently, as it does for other filters. Progress is one line, rewritten, on a terminal only.
 */
export class Terminal {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly colors: Colors;
  readonly #progress: boolean;
  #progressShown = false;

  constructor(options: TerminalOptions) {
    this.quiet = options.quiet;
    this.verbose = options.verbose && !options.quiet;
    this.colors = pc.createColors(options.color ?? wantsColor());
    const { CI, TERM } = process.env;
    const lively = process.stderr.isTTY === true && TERM !== 'dumb' && CI === undefined;
    this.#progress = options.progress && !options.quiet && lively;
  }

  /** Data. Written whole before it returns, so that the exit code is never ahead of it. */
  data(text: string): void {
    this.clearProgress();
    writeAll(1, text.endsWith('\n') || text === '' ? text : `${text}\n`);
  }

  /** A line of talk; -q silences it. */
  note(line: string): void {
    if (this.quiet) return;
    this.clearProgress();
    writeAll(2, `${line}\n`);
  }

  /** A warning has a number, under which `explain` says what to do. */
  warn(id: WarningId, text: string): void {
    this.note(`warning ${id}: ${text}; see gfpsim explain ${id}`);
  }

  detail(line: string): void {
    if (this.verbose) this.note(this.colors.dim(line));
  }

  /** The line that says why the exit code is not 0: the last one, and never silenced. */
  last(line: string): void {
    this.clearProgress();
    writeAll(2, `${line}\n`);
  }

  progress(line: string): void {
    if (!this.#progress) return;
    writeAll(2, `\r\u001b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    this.#progressShown = true;
  }

  clearProgress(): void {
    if (!this.#progressShown) return;
    writeAll(2, '\r\u001b[K');
    this.#progressShown = false;
  }
}

/** Our own rule: picocolors' own one colours pipes whenever CI is set. */
function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true;
  return process.stdout.isTTY === true && TERM !== 'dumb';
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A pipe that nobody reads any more; a full one is tried again.
      if (code === 'EPIPE') process.exit(0);
      if (code === 'ENOSPC') throw new UserError('the disk is full', { at: { file: 'stdout' } });
      if (code !== 'EAGAIN') throw error;
    }
  }
}
