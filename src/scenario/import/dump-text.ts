import { type InputPosition, UserError } from '../../base/user-error.ts';

/** The largest dump that is looked at: far above any real one, far below what would stall. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Lines longer than this are not from /proc: the longest real one has a few hundred. */
const MAX_LINE = 4096;

const CONTROL_OR_NON_ASCII = /[^\x20-\x7e]/g;

/** One line of a dump; `number` counts from 1. */
export interface DumpLine {
  readonly text: string;
  readonly number: number;
}

/** A text file from /proc or a copy of one: its lines, and how to complain about a place in it. */
export class DumpText {
  readonly file: string;
  readonly #text: string;
  readonly #kind: string;

  /** @param kind what the file should be, as a phrase that follows "expected" */
  constructor(text: string, file: string, kind = 'text from /proc') {
    this.file = file;
    this.#text = text;
    this.#kind = kind;
    if (text.trim() === '') {
      throw new UserError('the file is empty', { at: { file }, expected: kind });
    }
    if (text.length > MAX_CHARACTERS) {
      throw new UserError(`the file has ${text.length} characters`, {
        at: { file },
        expected: `${kind}, at most 64 Mi characters`,
      });
    }
  }

  /**
   * Lines one by one, so that a reader that refuses the first bad line never splits the rest.
   * Carriage returns go; blank lines and shell prompts in pasted text are left out.
   */
  *lines(): Generator<DumpLine> {
    let start = 0;
    let number = 0;
    while (start < this.#text.length) {
      const newline = this.#text.indexOf('\n', start);
      const end = newline === -1 ? this.#text.length : newline;
      number++;
      if (end - start > MAX_LINE) {
        throw this.error({ text: this.#text.slice(start, start + MAX_LINE), number }, 1, {
          found: `a line of ${end - start} characters`,
          expected: this.#kind,
        });
      }
      const text = this.#text.slice(start, end).replace(/\r$/, '');
      if (text.trim() !== '' && !text.startsWith('#')) yield { text, number };
      start = end + 1;
    }
  }

  at(line: DumpLine, column: number): InputPosition {
    return { file: this.file, line: line.number, column };
  }

  error(
    line: DumpLine,
    column: number,
    fault: { readonly found: string; readonly expected: string },
  ): UserError {
    return new UserError(fault.found, { at: this.at(line, column), expected: fault.expected });
  }

  /** A complaint about a whole line that has no place here. */
  unexpected(line: DumpLine, expected: string): UserError {
    const column = line.text.length - line.text.trimStart().length + 1;
    return this.error(line, column, { found: `cannot read '${quoted(line.text)}'`, expected });
  }

  /** A whole number ≥ 0 that stands at `offset` in a line. */
  count(line: DumpLine, offset: number, word: string, what: string): number {
    const value = /^\d{1,15}$/.test(word) ? Number(word) : Number.NaN;
    if (Number.isNaN(value)) {
      throw this.error(line, offset + 1, {
        found: `${what} is '${quoted(word)}'`,
        expected: 'a whole number from 0 to 999999999999999',
      });
    }
    return value;
  }

  /** All whole numbers from `offset` to the end of a line. */
  counts(line: DumpLine, offset: number, what: string): number[] {
    const numbers: number[] = [];
    for (const match of line.text.slice(offset).matchAll(/\S+/g)) {
      numbers.push(this.count(line, offset + match.index, match[0], what));
    }
    return numbers;
  }
}

/** A piece of the user's text that is safe and short enough to print. */
export function quoted(text: string): string {
  const clean = text.trim().replace(CONTROL_OR_NON_ASCII, '?');
  return clean.length > 40 ? `${clean.slice(0, 40)}…` : clean;
}
