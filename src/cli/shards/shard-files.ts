import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import type { PlannedRun } from '../../experiment/plan.ts';
import { decodeShardHead, encodeShardHead, type ShardHead } from '../../experiment/shard-file.ts';
import { EXIT_MISSING } from '../exit-codes.ts';
import { writePiecewise } from '../files/node-files.ts';
import { makeFolder } from '../files/write-place.ts';

const PIECE_BYTES = 256 * 1024;
/** No stored run is longer: what is has no line breaks, and is none. */
const PAIR_LENGTH_MAX = 64 * 1024 * 1024;

/** A shard as it lies there: its head, and its runs one by one. */
export interface ShardFile {
  readonly file: string;
  readonly head: ShardHead;
}

export function shardPath(out: string, { name, shard }: Pick<ShardHead, 'name' | 'shard'>): string {
  return join(out, `${name}.${shard.index}-of-${shard.count}.shard`);
}

/** Writes a shard, run by run, beside its place, and moves the whole there. */
export function writeShard(out: string, head: ShardHead, runs: Iterable<string>): string {
  const path = shardPath(out, head);
  const scratch = join(out, '.runs', 'tmp');
  makeFolder(scratch);
  const fill = (write: (piece: string) => void) => {
    for (const piece of inPieces(encodeShardHead(head), runs)) write(piece);
  };
  writePiecewise(path, fill, join(scratch, `${head.name}.shard`));
  return path;
}

export function openShard(file: string): ShardFile {
  const texts = pairsIn(file);
  const head = decodeShardHead(texts.next().value ?? '');
  texts.return(undefined);
  if (head !== null) return { file, head };
  throw new UserError('no shard of a batch, or its beginning is damaged', {
    at: { file },
    exitCode: EXIT_MISSING,
    expected: 'a file that gfpsim run --shard has written',
  });
}

/** The runs of a shard as they are stored, each with the one that is planned there. */
export function* runsOf(
  { file, head }: ShardFile,
  planned: Iterable<PlannedRun>,
): Generator<[PlannedRun, string]> {
  const texts = pairsIn(file);
  texts.next();
  let count = 0;
  for (const run of planned) {
    const { value: text } = texts.next();
    if (text === undefined) break;
    yield [run, text];
    count++;
  }
  if (count === head.runs && texts.next().done === true) return;
  throw new UserError(`it holds ${count === head.runs ? 'more than' : `${count} of`} its runs`, {
    at: { file },
    exitCode: EXIT_MISSING,
    expected: `${head.runs}, as its head says`,
  });
}

function* inPieces(head: string, runs: Iterable<string>): Generator<string> {
  let piece = head;
  for (const run of runs) {
    piece += run;
    if (piece.length < PIECE_BYTES) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** Two lines at a time, read as they are needed: a shard may be larger than memory has room. */
function* pairsIn(file: string): Generator<string, undefined> {
  const opened = reading(file, () => openSync(file, 'r'));
  try {
    const decoder = new TextDecoder();
    const piece = Buffer.alloc(PIECE_BYTES);
    let text = '';
    for (;;) {
      const end = text.indexOf('\n', text.indexOf('\n') + 1);
      if (end > 0) {
        yield text.slice(0, end + 1);
        text = text.slice(end + 1);
        continue;
      }
      const count = reading(file, () => readSync(opened, piece));
      if (count === 0 || text.length > PAIR_LENGTH_MAX) break;
      text += decoder.decode(piece.subarray(0, count), { stream: true });
    }
    if (text !== '') yield text;
  } finally {
    closeSync(opened);
  }
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    throw new UserError(code === 'ENOENT' ? 'no such shard' : `cannot read it (${code})`, {
      at: { file },
      exitCode: EXIT_MISSING,
    });
  }
}
