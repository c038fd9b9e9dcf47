import type { IdleProcess } from '../machine-config.ts';
import type { OperationSource } from '../operation.ts';
import { NONE } from '../page-source.ts';
import type { FileSpec } from '../reclaim/file-pages.ts';
import type { ProcessSpec } from '../reclaim/processes.ts';

/** All processes and files of a run, and which of them each task uses. */
export interface UserPlan {
  readonly processes: readonly ProcessSpec[];
  readonly files: readonly FileSpec[];
  /** Index into both by task; NONE: it has none. */
  readonly tasks: readonly { readonly process: number; readonly file: number }[];
}

/** Nobody but the kernel. */
export const NO_USERS: UserPlan = { processes: [], files: [], tasks: [] };

/**
 * Numbers processes and files: idle processes first, as they were there before the load.
 *
 * Models: nothing of the kernel's. `mostPages`: what RAM and swap can hold together.
 */
export function planUsers(
  sources: readonly OperationSource[],
  idle: readonly IdleProcess[],
  mostPages: number,
): UserPlan {
  const processes: ProcessSpec[] = idle.map(({ name, residentPages, oomScoreAdj, parent }) => ({
    name,
    pages: residentPages,
    oomScoreAdj,
    parent: parent === undefined ? NONE : idle.findIndex((other) => other.name === parent),
  }));
  const files: { name: string; pages: number }[] = [];
  const tasks = sources.map(({ process, file }) => ({
    process: process === undefined ? NONE : processes.push(specOf(process, mostPages)) - 1,
    file: file === undefined ? NONE : fileIndex(file, files),
  }));
  return { processes, files, tasks };
}

function specOf(own: NonNullable<OperationSource['process']>, mostPages: number): ProcessSpec {
  const { name, pages, oomScoreAdj } = own;
  return { name, pages: Math.min(pages, mostPages), oomScoreAdj, parent: NONE };
}

/** One name is one file, as large as anybody says. */
function fileIndex(file: FileSpec, files: { name: string; pages: number }[]): number {
  const known = files.findIndex(({ name }) => name === file.name);
  if (known === NONE) return files.push({ ...file }) - 1;
  files[known]!.pages = Math.max(files[known]!.pages, file.pages);
  return known;
}
