import type { RunResult } from '../experiment/run-result.ts';
import type { Moment } from '../model/machine-readings.ts';
import type { NamedCourse } from '../report/plot/course.ts';
import type { Report } from '../report/report.ts';
import type { PlayState } from './play-state.ts';

// What the page and the worker say to each other. A new question ends the old one: the page
// starts another worker, so that an answer never belongs to a question before the last.

/** Texts that the page was made with, besides those of the bundle. */
export type OwnFiles = Readonly<Record<string, string>>;

export interface Question {
  readonly state: PlayState;
  readonly ownFiles: OwnFiles;
}

/** The first run of one variant, over its time. */
export interface DrawnRun {
  readonly result: RunResult;
  readonly course: NamedCourse;
  /** When kmemleak disabled itself, and how full the zones were; null: it lived. */
  readonly death: Moment | null;
  readonly last: Moment;
}

export type Answer =
  | { readonly kind: 'run'; readonly run: DrawnRun }
  /** After so many runs of each variant. */
  | { readonly kind: 'report'; readonly report: Report; readonly done: number }
  | { readonly kind: 'progress'; readonly made: number; readonly of: number }
  | { readonly kind: 'fault'; readonly message: string };
