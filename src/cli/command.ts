import type { Options } from 'yargs';
import type { Named } from '../base/catalog.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Options and positionals as yargs has parsed them; each command knows its own. */
export type Arguments = Readonly<Record<string, unknown>>;

/** What a command has to say: data for stdout in every format it has, and how it went. */
export interface CommandOutput {
  /** Called once for each format that was asked for. */
  render(format: string): string;
  /** Called for the formats that fill a folder. */
  files?(format: string): Promise<ReadonlyMap<string, string | Uint8Array>>;
  readonly exitCode?: number;
  /** Why, when the exit code is not 0. */
  readonly reason?: string;
}

/**
 * Words that may stand for a value, for completion: as they are, or a `<source>` of value-words.ts
 * that finds them when they are asked for.
 */
export type ValueWords = readonly string[];

export interface CommandOption extends Options {
  readonly words?: ValueWords;
}

export type OptionTable = Readonly<Record<string, CommandOption>>;

export interface Positional {
  readonly describe: string;
  readonly array?: boolean;
  readonly words?: ValueWords;
}

/** A subcommand: one file in commands/, its default export. */
export interface Command extends Named {
  /** What yargs matches: the name and its positionals. */
  readonly usage: string;
  /** A command line that works as it stands, and what it shows. */
  readonly example: readonly [line: string, shows: string];
  /** Formats it can write, the default first; checked before it runs. */
  readonly formats: readonly [string, ...string[]];
  /** Formats that fill a folder: for --export alone. */
  readonly folders?: readonly string[];
  /** The option that names a file for what else goes to stdout; its ending tells the format. */
  readonly fileOption?: string;
  readonly positionals: Readonly<Record<string, Positional>>;
  readonly options: OptionTable;
  /** Heavy modules are imported in here, so that --help stays quick. */
  run(args: Arguments, terminal: Terminal): Promise<CommandOutput>;
}

/** The output of commands with one report: plain data and its text. */
export function reportOutput(data: unknown, text: () => string): CommandOutput {
  return {
    render: (format) => (format === 'json' ? `${JSON.stringify(data, null, 2)}\n` : text()),
  };
}
