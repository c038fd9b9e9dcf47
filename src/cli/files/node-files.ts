import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { ScenarioFiles } from '../../scenario/load.ts';
import { PACKAGE_ROOT } from '../version.ts';
import { temporaryFor } from './temporaries.ts';
import { writeAll } from './write-all.ts';
import { makeFolder, writePlace } from './write-place.ts';

/** No input of ours is larger; what is, is not even read. */
const MAX_BYTES = 64 * 1024 * 1024;
const AT_MOST = 'at most 64 MiB';
const PIECE_BYTES = 64 * 1024;

/** Files on this machine, each read at most once. */
export class NodeFiles implements ScenarioFiles {
  readonly #texts = new Map<string, string | undefined>();

  /** Since the last `forgetReads`. */
  readonly #reads = new Set<string>();

  read(path: string): string | undefined {
    this.#reads.add(path);
    if (!this.#texts.has(path)) this.#texts.set(path, readText(path));
    return this.#texts.get(path);
  }

  forgetReads(): void {
    this.#reads.clear();
  }

  /** What was read but for the scenarios themselves, by path. */
  copiesRead(): string[] {
    const paths = [...this.#reads].filter((path) => !/\.(ya?ml|json)$/.test(path)).sort();
    return paths.flatMap((path) => this.#texts.get(path) ?? []);
  }

  /** Relative to the file that says so; else a bundled one, such as machines/qemu-128M-4.17. */
  resolve(fromFile: string, written: string): string {
    if (isAbsolute(written)) return written;
    const near = join(dirname(fromFile), written);
    const bundled = join(PACKAGE_ROOT, 'scenarios', written);
    return existsSync(near) || !existsSync(bundled) ? near : bundled;
  }
}

/** What is at a path; undefined where nothing is or can be, such as below a file. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    if (code === undefined) throw error;
    throw new UserError(`cannot look at it (${String(code)})`, { at: { file: path } });
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
      if (count === 0) return decoded(Buffer.concat(pieces), path);
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

/** UTF-8; what Windows' tools write by default is told apart from noise. */
function decoded(bytes: Buffer, path: string): string {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const isLittle = first >= 0x20 && second === 0 && third >= 0x20 && fourth === 0;
  const isBig = first === 0 && second >= 0x20 && third === 0 && fourth >= 0x20;
  if (!isMarked && !isLittle && !isBig) return bytes.toString('utf8');
  throw new UserError('the file is UTF-16', { at: { file: path }, expected: 'UTF-8' });
}

/**
 * All of a file or nothing of it: written beside its place and moved there. Links stay, and lead to
 * what is written; a pipe or a device takes it as it comes.
 */
export function writeAtomically(path: string, text: string | Uint8Array): void {
  const place = writePlace(path);
  if (place.kind === 'stream') {
    locateWrite(path, () => pourInto(place.to, (write) => write(text)));
    return;
  }
  inFolder(place.path);
  moveIntoPlace(place.path, place.path, text);
}

/** The same for what is larger than memory has room: `fill` writes it piece by piece. */
export function writePiecewise(path: string, fill: (write: Write) => void, beside = path): void {
  const place = writePlace(path);
  locateWrite(path, () => {
    if (place.kind === 'stream') {
      pourInto(place.to, fill);
      return;
    }
    inFolder(place.path);
    const temporary = temporaryFor(beside);
    try {
      fillOpened(openSync(temporary, 'w'), fill);
      renameSync(temporary, place.path);
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}

type Write = (piece: string | Uint8Array) => void;

/** Into what is open already, or what is there: it is not made. */
function pourInto(to: string | number, fill: (write: Write) => void): void {
  if (typeof to === 'number') fill((piece) => writeAll(to, piece));
  // Opened once: whoever reads from a pipe would take a pause for its end.
  else fillOpened(openSync(to, constants.O_WRONLY), fill);
}

function fillOpened(opened: number, fill: (write: Write) => void): void {
  try {
    fill((piece) => writeFileSync(opened, piece));
  } finally {
    closeSync(opened);
  }
}

/**
 * Writes beside `beside`, on the same file system, and moves the whole to `path`. Nothing is
 * synced: a kill loses no page the kernel has, and after a power cut the hash tells.
 */
export function moveIntoPlace(path: string, beside: string, text: string | Uint8Array): void {
  const temporary = temporaryFor(beside);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeFault(error, path);
  }
}

/** The folder that a file will stand in. */
export function inFolder(path: string): void {
  makeFolder(dirname(path));
}

/** Runs a write; a failure is told with the file it was for. */
export function locateWrite(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw writeFault(error, path);
  }
}

function writeFault(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (error instanceof UserError || code === undefined) return error;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  return new UserError(isFull ? 'the disk is full' : `cannot write it (${code})`, {
    at: { file: path },
    ...(isFull ? { hint: 'all that was there before is untouched' } : {}),
  });
}
