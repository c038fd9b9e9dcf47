import { fstatSync, lstatSync, mkdirSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../../base/user-error.ts';

/**
 * What a path that is to be written stands for. `file`: where its links lead, which is or will be
 * a regular file and may be replaced by another. `stream`: a pipe or a device, or whatever is this
 * process's own stdout or stderr, by its descriptor: it is written into, and stays what it is.
 */
export type WritePlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stream'; readonly to: string | number };

/** As many links in a row as Linux follows. */
const MOST_LINKS = 40;
const OWN_STREAMS = [1, 2];

export function writePlace(path: string): WritePlace {
  const there = statHere(path);
  // A shell has opened it, perhaps to append: another file in its place would not get what
  // follows, and what was in it would be lost. A socket cannot be opened once more.
  const own = there && OWN_STREAMS.find((descriptor) => isOpenAs(descriptor, there));
  if (own !== undefined) return { kind: 'stream', to: own };
  if (there !== undefined && !there.isFile()) return { kind: 'stream', to: path };
  return { kind: 'file', path: linkTarget(path) };
}

/** Makes a folder and those that it stands in. Node's own way never ends in /proc. */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  try {
    mkdirSync(path);
  } catch (error) {
    const code = codeOf(error);
    const parent = dirname(path);
    // The first of those that are missing is the one to tell of.
    if ((code === 'ENOENT' || code === 'ENOTDIR') && statHere(parent) === undefined) {
      makeFolder(parent);
      makeFolder(path);
      return;
    }
    // Others may have made it meanwhile.
    if (code === 'EEXIST' && isFolder(path)) return;
    throw folderFault(error, code === 'ENOTDIR' ? parent : path);
  }
}

function folderFault(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const isTaken = code === 'EEXIST' || code === 'ENOTDIR';
  return new UserError(
    `cannot make this folder (${isTaken ? 'something else is in its place' : code})`,
    { at: { file: path } },
  );
}

function isFolder(path: string): boolean {
  return statHere(path)?.isDirectory() === true;
}

/** Links may lead to what is not there yet. */
function linkTarget(path: string): string {
  let target = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    if (lstatHere(target)?.isSymbolicLink() !== true) return target;
    target = resolve(dirname(target), readlinkSync(target));
  }
  throw new UserError('its links lead in a circle (ELOOP)', { at: { file: path } });
}

function isOpenAs(descriptor: number, { dev, ino }: Stats): boolean {
  try {
    const open = fstatSync(descriptor);
    return open.dev === dev && open.ino === ino;
  } catch {
    // It is closed.
    return false;
  }
}

/** Undefined where nothing is, or nothing can be told: whoever writes there will tell it. */
function statHere(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function lstatHere(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
