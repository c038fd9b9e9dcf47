/** Where in the user's input a mistake stands; line and column count from 1. */
export interface InputPosition {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface UserErrorDetail {
  /** Where it stands, for mistakes in a file. */
  readonly at?: InputPosition;
  /** What would have been right, as a phrase that follows "expected". */
  readonly expected?: string;
  /** The nearest right name, or the next step. */
  readonly hint?: string;
  /** One of the documented exit codes; 2 unless told. */
  readonly exitCode?: number;
}

/**
 * The input is wrong: the only error shown without a stack, as one message.
 * Reads `file:line:column: message (expected …; hint)`.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly detail: UserErrorDetail;

  constructor(message: string, detail: UserErrorDetail = {}) {
    super(describe(message, detail));
    this.detail = detail;
  }

  get exitCode(): number {
    return this.detail.exitCode ?? 2;
  }
}

function describe(message: string, detail: UserErrorDetail): string {
  const where = detail.at === undefined ? '' : `${formatPosition(detail.at)}: `;
  const expected = detail.expected === undefined ? '' : `; expected ${detail.expected}`;
  const hint = detail.hint === undefined ? '' : `; ${detail.hint}`;
  return `${where}${message}${expected}${hint}`;
}

function formatPosition(at: InputPosition): string {
  if (at.line === undefined) return at.file;
  return at.column === undefined ? `${at.file}:${at.line}` : `${at.file}:${at.line}:${at.column}`;
}
