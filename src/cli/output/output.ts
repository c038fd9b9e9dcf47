import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { listOf, textOf } from '../arguments.ts';
import type { Arguments, Command, CommandOutput } from '../command.ts';
import { writeAtomically } from '../files/node-files.ts';
import { writePlace } from '../files/write-place.ts';
import { checkFigureFolder, GALLERY, removeFormerPlots } from '../pages/figure-folder.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** A format, and the file that it goes to. */
export interface Export {
  readonly format: string;
  readonly file: string;
}

/** Where a command's data goes: one format on stdout or into a file, others into files. */
export interface Destinations {
  readonly format: string;
  /** What the command's own option for that names; null: stdout. */
  readonly file: string | null;
  readonly exports: readonly Export[];
  /** Formats whose `file` is a folder. */
  readonly folders: readonly string[];
}

/** Checked before the command runs: a slip must not cost a simulation. */
export function destinationsOf(args: Arguments, command: Command): Destinations {
  const file = fileOf(args, command);
  const named = file === null ? undefined : formatOfName(file, command);
  const format = textOf(args, 'format') ?? named ?? command.formats[0];
  checkFormat(format, command, file ?? 'stdout');
  const exports = listOf(args, 'export').map((text) => {
    const equals = text.indexOf('=');
    const [format, file] = [text.slice(0, Math.max(0, equals)), text.slice(equals + 1)];
    if (equals < 0 || file === '') {
      throw new UserError(`--export '${text.slice(0, 40)}' names no file`, {
        expected: 'FORMAT=FILE, such as csv=report.csv',
      });
    }
    if (isFolderFormat(format, command)) checkFigureFolder(format, file);
    else checkFormat(format, command, file);
    return { format, file };
  });
  const folders = command.folders ?? [];
  refuseSharedPlaces([...(file === null ? [] : [{ format, file }]), ...exports], folders);
  return { format, file, exports, folders };
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
  if (to.file !== null) {
    writeAtomically(to.file, output.render(to.format));
    terminal.note(`wrote ${to.file}`);
  }
  const onStdout = to.exports.filter(({ file }) => file === '-').map(({ format }) => format);
  const otherwise = to.file === null ? [to.format] : [];
  for (const format of onStdout.length > 0 ? onStdout : otherwise) {
    if (format === 'text') terminal.text(output.render(format));
    else terminal.data(output.render(format));
  }
}

function fileOf(args: Arguments, { fileOption }: Command): string | null {
  const file = fileOption === undefined ? undefined : textOf(args, fileOption);
  if (file === '') throw new UserError(`--${fileOption} names no file`);
  return file === undefined || file === '-' ? null : file;
}

/** Formats by the endings of files that are mostly of them. */
const ENDINGS: ReadonlyMap<string, string> = new Map([
  ...['csv', 'html', 'json', 'ndjson', 'ktap', 'svg', 'png'].map((own) => [own, own] as const),
  ...([
    ['htm', 'html'],
    ['md', 'markdown'],
    ['txt', 'text'],
    ['xml', 'junit'],
  ] as const),
]);

/** The format that a name's ending tells; undefined where it tells none of the command's. */
function formatOfName(file: string, { formats, folders = [] }: Command): string | undefined {
  const format = ENDINGS.get(extname(file).slice(1).toLowerCase());
  return [...formats, ...folders].find((known) => known === format);
}

/** The one would write over the other. */
function refuseSharedPlaces(exports: readonly Export[], folders: readonly string[]): void {
  const taken = new Set<string>();
  for (const { format, file } of exports) {
    // In a folder of plots, their page is what two of them would share.
    const place = placeOf(folders.includes(format) ? join(file, GALLERY) : file);
    if (place === null) continue;
    if (taken.has(place)) {
      throw new UserError('two formats would go there', {
        at: { file },
        expected: 'a file of its own for each',
      });
    }
    taken.add(place);
  }
}

/** One name for each place; null: stdout, a pipe or a device, which take all that comes. */
function placeOf(file: string): string | null {
  const place = file === '-' ? null : writePlace(file);
  if (place?.kind !== 'file') return null;
  const folder = resolve(dirname(place.path));
  const found = existsSync(folder) ? realpathSync(folder) : folder;
  return join(found, basename(place.path));
}

async function fillFolder(
  output: CommandOutput,
  { format, folder }: { readonly format: string; readonly folder: string },
  terminal: Terminal,
): Promise<void> {
  const files = (await output.files?.(format)) ?? new Map<string, string>();
  removeFormerPlots(folder, new Set(files.keys()));
  for (const [name, content] of files) writeAtomically(join(folder, name), content);
  terminal.note(`${files.size} files in ${folder}`);
}

function isFolderFormat(format: string, { folders = [] }: Command): boolean {
  return folders.includes(format);
}

/** `to`: the one file that it would go to. */
function checkFormat(format: string, command: Command, to: string): void {
  if (command.formats.includes(format)) return;
  if (isFolderFormat(format, command)) {
    throw new UserError(`'${format}' is a file for each plot, and ${to} is one`, {
      expected: `--export ${format}=FOLDER`,
    });
  }
  throw new UserError(`'${command.name}' cannot write the format '${format.slice(0, 40)}'`, {
    hint: suggestion(format, [...command.formats, ...(command.folders ?? [])]),
  });
}
