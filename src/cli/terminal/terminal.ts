import type { WarningId } from '../../experiment/run-warnings.ts';
import { writeAll } from '../files/write-all.ts';
import { type Colors, type ColorWish, colorsFor, decideColor, painted } from './color.ts';

export interface TerminalOptions {
  readonly color: ColorWish;
  readonly progress: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/**
 * stdout carries data, stderr talk. A reader that has gone away (EPIPE) ends the program
 * silently, as it does for other filters. Progress is one line, rewritten, on a terminal only.
 */
export class Terminal {
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: ColorWish;
  readonly #dataColors: Colors;
  readonly #talkColors: Colors;
  readonly #progress: boolean;
  #progressShown = false;

  constructor(options: TerminalOptions) {
    this.quiet = options.quiet;
    this.verbose = options.verbose && !options.quiet;
    this.color = options.color;
    this.#dataColors = colorsFor(decideColor(options.color, process.stdout, process.env));
    this.#talkColors = colorsFor(decideColor(options.color, process.stderr, process.env));
    const { CI, TERM } = process.env;
    const lively = process.stderr.isTTY === true && TERM !== 'dumb' && CI === undefined;
    this.#progress = options.progress && !options.quiet && lively;
  }

  /** Data. Written whole before it returns, so that the exit code is never ahead of it. */
  data(text: string): void {
    this.clearProgress();
    writeAll(1, text.endsWith('\n') || text === '' ? text : `${text}\n`);
  }

  /** The same as a text for people: verdicts coloured where somebody looks. */
  text(text: string): void {
    this.data(painted(text, this.#dataColors));
  }

  /** A line of talk; -q silences it. */
  note(line: string): void {
    if (this.quiet) return;
    this.clearProgress();
    writeAll(2, `${line}\n`);
  }

  /** A warning has a number, under which `explain` says what to do. */
  warn(id: WarningId, text: string): void {
    const head = this.#talkColors.yellow(`warning ${id}:`);
    this.note(`${head} ${text}; see gfpsim explain ${id}`);
  }

  detail(line: string): void {
    if (this.verbose) this.note(this.#talkColors.dim(line));
  }

  /** The line that says why the exit code is not 0: the last one, and never silenced. */
  last(line: string): void {
    this.clearProgress();
    const painted = line.replace(/^gfpsim: exit \d+:/, (head) => this.#talkColors.red(head));
    writeAll(2, `${painted}\n`);
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
