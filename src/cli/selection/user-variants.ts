import { spawnSync } from 'node:child_process';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Catalog } from '../../base/catalog.ts';
import { type InputPosition, UserError } from '../../base/user-error.ts';
import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import { checkVariant, checkVariantMasks } from '../../model/kmemleak/check-variant.ts';
import type { KmemleakVariant } from '../../model/kmemleak/variant.ts';
import { locate } from '../../scenario/load-places.ts';
import { statOf } from '../files/node-files.ts';

/** What `--variant` and scenarios name: the catalog's proposals, and files with the user's own. */
export interface ChosenVariants {
  /** The catalog, and the user's own. */
  readonly catalog: Catalog<KmemleakVariant>;
  /** In the order in which they were named. */
  readonly names: readonly string[];
  /** The user's own, by file. */
  readonly own: ReadonlyMap<string, KmemleakVariant>;
  /** The names of those that scenarios name, by the path that they come to. */
  readonly byPath: ReadonlyMap<string, string>;
}

/** A file with a proposal, and the place in a scenario that names it. */
export interface NamedFile {
  readonly path: string;
  readonly at: InputPosition;
}

/** Loads the files among the names, and those that scenarios name. */
export async function chosenVariants(
  words: readonly string[],
  variants: Catalog<KmemleakVariant>,
  inScenarios: readonly NamedFile[] = [],
): Promise<ChosenVariants> {
  let catalog = variants;
  const own = new Map<string, KmemleakVariant>();
  const load = async (path: string, at: InputPosition) => {
    const known = [...own].find(([other]) => resolve(other) === resolve(path))?.[1];
    if (known !== undefined) return known;
    const variant = await loadVariantFile(path, at);
    if (catalog.has(variant.name)) {
      throw new UserError(`there is a variant '${variant.name}' already`, {
        at: { file: path },
        expected: 'a name of its own',
      });
    }
    catalog = catalog.with(variant);
    own.set(path, variant);
    return variant;
  };
  const names: string[] = [];
  for (const word of words) {
    names.push(isVariantFile(word) ? (await load(word, { file: word })).name : word);
  }
  const byPath = new Map<string, string>();
  for (const { path, at } of inScenarios) byPath.set(path, (await load(path, at)).name);
  return { catalog, names, own, byPath };
}

/** The user's own variants must suit each kernel on which they shall run. */
export function checkOwnMasks({ own }: ChosenVariants, kernel: KernelProfile): void {
  for (const [file, variant] of own) {
    locate({ file }, () => checkVariantMasks(variant, kernel));
  }
}

/** No variant has a slash or an extension in its name. */
export function isVariantFile(word: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/.test(word);
}

/** `named`: who asks for it, be it a scenario. */
async function loadVariantFile(file: string, named: InputPosition): Promise<KmemleakVariant> {
  const at = { file };
  if (statOf(file)?.isFile() !== true) {
    const which = named.file === file ? '' : ` '${file}'`;
    throw new UserError(`no such variant file${which}`, { at: named });
  }
  const module = await importFile(file);
  if (module.default === undefined) {
    throw new UserError('the module has no default export', {
      at,
      expected: 'export default { name, summary, source, attempts, injection, onFailure }',
    });
  }
  return locate(at, () => checkVariant(module.default));
}

async function importFile(file: string): Promise<{ readonly default?: unknown }> {
  const url = pathToFileURL(resolve(file)).href;
  talkOnStderr();
  try {
    return (await import(url)) as { readonly default?: unknown };
  } catch (error) {
    throw new UserError(`cannot be loaded: ${saidOf(error)}`, {
      at: placeOf(error, file),
      expected: 'an ES module that this Node can load (.js or .mjs)',
    });
  }
}

/** stdout is for data: what a user's file says, now or when it is asked, is talk. */
function talkOnStderr(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr);
}

function saidOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!.slice(0, 200);
}

/** A mistake of syntax tells its line only to whoever checks the file from outside. */
function placeOf(error: unknown, file: string): InputPosition {
  if (!(error instanceof SyntaxError)) return { file };
  const words = ['--experimental-default-type=module', '--check', resolve(file)];
  const { stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 10_000 });
  const [head = ''] = stderr.split('\n');
  const line = /:(\d+)$/.exec(head.trim())?.[1];
  return line === undefined || !head.includes(basename(file))
    ? { file }
    : { file, line: Number(line) };
}
