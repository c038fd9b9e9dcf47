import { join } from 'node:path';
import { suggestion } from '../base/suggest.ts';
import { UserError } from '../base/user-error.ts';
import { listOf, textOf } from './arguments.ts';
import type { Arguments, Command, CommandOutput } from './command.ts';
import { checkFigureFolder } from './figure-folder.ts';
import { writeAtomically } from './node-files.ts';
import type { Terminal } from './terminal.ts';

/** Where a command's data goes: one format on stdout, others into files. */
export interface Destinations {
  readonly stdout: string;
  readonly exports: readonly { readonly format: string; readonly file: string }[];
  /** Formats whose `file` is a folder. */
  readonly folders: readonly string[];
}

/** Checked before the command runs: a slip must not cost a simulation. */
export function destinationsOf(args: Arguments, command: Command): Destinations {
  const stdout = textOf(args, 'format') ?? command.formats[0];
  checkFormat(stdout, command);
  const exports = listOf(args, 'export').map((text) => {
    const equals = text.indexOf('=');
    const [format, file] = [text.slice(0, Math.max(0, equals)), text.slice(equals + 1)];
    if (equals < 0 || file === '') {
      throw new UserError(`--export '${text.slice(0, 40)}' names no file`, {
        expected: 'FORMAT=FILE, such as csv=report.csv',
      });
    }
    if (isFolderFormat(format, command)) checkFigureFolder(format, file);
    else checkFormat(format, command);
    return { format, file };
  });
  return { stdout, exports, folders: command.folders ?? [] };
}

export async function writeOutput(
  output: CommandOutput,
  to: Destinations,
  terminal: Terminal,
): Promise<void> {
  for (const { format, file } of to.exports) {
    if (to.folders.includes(format)) {
      await fillFolder(output, { format, folder: file }, terminal);
      continue;
    }
    if (file === '-') continue;
    writeAtomically(file, output.render(format));
    terminal.detail(`wrote ${file}`);
  }
  const onStdout = to.exports.filter(({ file }) => file === '-').map(({ format }) => format);
  for (const format of onStdout.length > 0 ? onStdout : [to.stdout]) {
    if (format === 'text') terminal.text(output.render(format));
    else terminal.data(output.render(format));
  }
}

async function fillFolder(
  output: CommandOutput,
  { format, folder }: { readonly format: string; readonly folder: string },
  terminal: Terminal,
): Promise<void> {
  const files = (await output.files?.(format)) ?? new Map<string, string>();
  for (const [name, content] of files) writeAtomically(join(folder, name), content);
  terminal.note(`${files.size} files in ${folder}`);
}

function isFolderFormat(format: string, { folders = [] }: Command): boolean {
  return folders.includes(format);
}

function checkFormat(format: string, command: Command): void {
  if (command.formats.includes(format)) return;
  if (isFolderFormat(format, command)) {
    throw new UserError(`'${format}' is a file for each plot, and stdout is one`, {
      expected: `--export ${format}=FOLDER`,
    });
  }
  throw new UserError(`'${command.name}' cannot write the format '${format.slice(0, 40)}'`, {
    hint: suggestion(format, [...command.formats, ...(command.folders ?? [])]),
  });
}
