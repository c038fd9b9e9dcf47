import { type InputPosition, UserError } from '../base/user-error.ts';
import type { KernelProfile } from '../kernel/kernel-profile.ts';
import type { Workload } from '../workload/workload.ts';
import type { Catalogs } from './catalogs.ts';
import { isTreeMap } from './load-merge.ts';
import type { Path } from './load-places.ts';
import type { Tree, TreeMap } from './load-yaml.ts';
import type { LoadEntry } from './scenario.ts';

// Values of a scenario that are paths of other files: machine.procfs, and the parameters of loads
// that say so. A scenario that is loaded holds what is in the files, for what runs it, a worker or
// a page, has no files.

/** How files are reached; nothing below the command line opens a file itself. */
export interface TextFiles {
  /** The text of a file, or undefined when there is none; a directory has no text of its own. */
  read(path: string): string | undefined;
  /** A path written in a file, as seen from where that file stands. */
  resolve(fromFile: string, written: string): string;
  /** What to say where a file is not there, besides that. */
  readonly missing?: string;
}

/** Where a path is seen from: what an option says is relative to where the user stands. */
export function pathOf(written: string, at: InputPosition, files: TextFiles): string {
  return at.file.startsWith('--') ? written : files.resolve(at.file, written);
}

export interface InlineContext {
  readonly files: TextFiles;
  readonly kernel: KernelProfile;
  readonly at: (parameter: string) => InputPosition;
}

/** A load whose parameters hold the texts of the files that they name, and those names beside. */
export function withFileTexts(
  entry: LoadEntry,
  workload: Workload,
  { files, kernel, at }: InlineContext,
): LoadEntry {
  const params = { ...entry.params };
  const names: Record<string, string> = {};
  for (const [parameter, { expected, check }] of Object.entries(workload.files ?? {})) {
    const written = params[parameter];
    if (typeof written !== 'string') continue;
    const path = pathOf(written, at(parameter), files);
    const text = files.read(path);
    if (text === undefined) throw noFile(written, expected, { files, at: at(parameter) });
    check(text, path, kernel);
    params[parameter] = text;
    names[parameter] = written;
  }
  return Object.keys(names).length === 0 ? entry : { ...entry, params, files: names };
}

function noFile(
  written: string,
  expected: string,
  { files, at }: { readonly files: TextFiles; readonly at: InputPosition },
): UserError {
  const hint = files.missing === undefined ? {} : { hint: files.missing };
  return new UserError(`no file '${written.slice(0, 80)}'`, { at, expected, ...hint });
}

/** What stands where a scenario names a file, and which other name it is to have there. */
export type Renaming = (written: string, path: Path) => string;

/** The tree of a scenario with other names for the files that it names. */
export function withFileNames(tree: TreeMap, { workloads }: Catalogs, rename: Renaming): TreeMap {
  const { machine, load } = tree;
  const renamed: Record<string, Tree> = { ...tree };
  if (isTreeMap(machine)) {
    renamed['machine'] = renamedIn(machine, ['procfs'], (name) =>
      rename(name, ['machine', 'procfs']),
    );
  }
  if (Array.isArray(load)) {
    const entries: readonly Tree[] = load;
    renamed['load'] = entries.map((entry, index) => {
      const params = isTreeMap(entry) ? entry['params'] : undefined;
      if (!isTreeMap(entry) || !isTreeMap(params)) return entry;
      const known = workloads.all().find(({ name }) => name === entry['workload']);
      const keys = Object.keys(known?.files ?? {});
      const own = (name: string, key: string) => rename(name, ['load', index, 'params', key]);
      return { ...entry, params: renamedIn(params, keys, own) };
    });
  }
  return renamed;
}

function renamedIn(
  map: TreeMap,
  keys: readonly string[],
  rename: (written: string, key: string) => string,
): TreeMap {
  const renamed: Record<string, Tree> = { ...map };
  for (const key of keys) {
    const written = map[key];
    if (typeof written === 'string') renamed[key] = rename(written, key);
  }
  return renamed;
}
