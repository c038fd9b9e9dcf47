import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedRun } from '../../experiment/plan.ts';
import { decodeRun, encodeRun } from '../../experiment/run-file.ts';
import type { RunResult } from '../../experiment/run-result.ts';
import { moveIntoPlace, readText, statOf } from '../files/node-files.ts';
import { sweepTemporaries } from '../files/temporaries.ts';
import { makeFolder } from '../files/write-place.ts';

// results/.runs/CODE/        a folder for each state of the program that made runs
//   ab/abcd….json            a run under its id, whole or not there at all
//   ab/abcd….100000000.json  the same with a time series, a row every so many ns
//   tmp/                     runs that are just being written

/** Runs that are made and kept: what a batch need not make again. */
export class RunStore {
  readonly folder: string;
  readonly #suffix: string;
  readonly #folders = new Set<string>();

  /** `kind` tells apart runs of one id that keep more or less of what happened. */
  constructor(folder: string, kind: string) {
    this.folder = folder;
    this.#suffix = kind === '' ? '.json' : `.${kind}.json`;
  }

  has(id: string): boolean {
    return statOf(this.#path(id)) !== undefined;
  }

  /** The run; undefined where it is not there, null where it is not what was written. */
  get({ id, spec }: PlannedRun): RunResult | null | undefined {
    const text = this.text(id);
    return text === undefined ? undefined : decodeRun(text, id, spec);
  }

  put(id: string, result: RunResult): void {
    this.putText(id, encodeRun(id, result));
  }

  /** As it lies there, whole or not; undefined where it is not there. */
  text(id: string): string | undefined {
    return readText(this.#path(id));
  }

  putText(id: string, text: string): void {
    const folder = join(this.folder, id.slice(0, 2));
    if (!this.#folders.has(folder)) {
      for (const each of [folder, join(this.folder, 'tmp')]) makeFolder(each);
      this.#folders.add(folder);
    }
    const beside = join(this.folder, 'tmp', `${id}${this.#suffix}`);
    moveIntoPlace(this.#path(id), beside, text);
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  /** What killed processes left half written. */
  sweep(nowMs: number): void {
    sweepTemporaries(join(this.folder, 'tmp'), nowMs);
  }

  #path(id: string): string {
    return join(this.folder, id.slice(0, 2), `${id}${this.#suffix}`);
  }
}
