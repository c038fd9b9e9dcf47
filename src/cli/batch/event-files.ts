import { join } from 'node:path';
import { Runner } from '../../experiment/run.ts';
import { writePiecewise } from '../files/node-files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Batch } from './batch.ts';

/** Calls `tell` with each line of what it logs. */
export type Log = (tell: (line: string) => void) => void;

/** A long run has more events than memory has room: they are written as they come. */
const PIECE_LINES = 4096;
/** Where a batch's events go when no file is named. */
const FOLDER = 'events';

/** Into a file, or on stdout, before all else there. */
export function writeEvents(file: string, terminal: Terminal, log: Log): void {
  if (file === '' || file === '-') inPieces(log, (piece) => terminal.data(piece));
  else writePiecewise(file, (write) => inPieces(log, write));
}

/**
 * Makes each run of a batch once more with every event told. Without a file each has one of its
 * own, ID.txt below the results; in one file each begins with a comment that names it.
 */
export function writeBatchEvents(
  { plan, catalogs }: Batch,
  { file, folder }: { readonly file: string; readonly folder: string },
  terminal: Terminal,
): void {
  const runner = new Runner(plan.scenarios, catalogs);
  if (file === '') {
    // Variants that run alike share a run.
    const written = new Set<string>();
    for (const { id, spec } of plan) {
      if (written.has(id)) continue;
      written.add(id);
      writeEvents(join(folder, FOLDER, `${id}.txt`), terminal, (tell) => runner.log(spec, tell));
    }
    return;
  }
  writeEvents(file, terminal, (tell) => {
    for (const { id, spec } of plan) {
      const { scenario, variant, replication, seed } = spec;
      tell(`# ${id}: ${scenario} ${variant}, run ${replication} of seed ${seed}`);
      runner.log(spec, tell);
    }
  });
}

function inPieces(log: Log, write: (piece: string) => void): void {
  let lines: string[] = [];
  const flush = () => {
    write(lines.map((line) => `${line}\n`).join(''));
    lines = [];
  };
  log((line) => {
    lines.push(line);
    if (lines.length === PIECE_LINES) flush();
  });
  flush();
}
