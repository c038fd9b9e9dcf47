import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { UserError } from '../base/user-error.ts';
import type { ScenarioFiles } from '../scenario/load.ts';

/** No input of ours is larger; what is, is not even read. */
const MAX_BYTES = 64 * 1024 * 1024;
const AT_MOST = 'at most 64 MiB';
const PIECE_BYTES = 64 * 1024;

/** Files on this machine, each read at most once. */
export class NodeFiles implements ScenarioFiles {
  readonly #texts = new Map<string, string | undefined>();

  read(path: string): string | undefined {
    if (!this.#texts.has(path)) this.#texts.set(path, readText(path));
    return this.#texts.get(path);
  }

  resolve(fromFile: string, written: string): string {
    return isAbsolute(written) ? written : join(dirname(fromFile), written);
  }
}

/** The text of a file; undefined when there is none. */
export function readText(path: string): string | undefined {
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) {
      throw new UserError(`the file has ${size} bytes`, { at: { file: path }, expected: AT_MOST });
    }
    return boundedText(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    if (code === undefined) throw error;
    throw new UserError(`cannot read it (${String(code)})`, { at: { file: path } });
  }
}

/** Reads piece by piece: a pipe or a device does not tell its size, and may have no end. */
function boundedText(path: string): string {
  const file = openSync(path, 'r');
  try {
    const pieces: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const count = readSync(file, piece);
      if (count === 0) return Buffer.concat(pieces).toString('utf8');
      pieces.push(piece.subarray(0, count));
      bytes += count;
      if (bytes > MAX_BYTES) {
        throw new UserError('it does not end', { at: { file: path }, expected: AT_MOST });
      }
    }
  } finally {
    closeSync(file);
  }
}

/** All of a file or nothing of it: written beside its place and moved there. */
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new UserError(`cannot write it (${code})`, { at: { file: path } });
  }
}
