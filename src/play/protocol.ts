import type { RunResult } from '../experiment/run-result.ts';
import type { Moment } from '../model/machine-readings.ts';
import type { NamedCourse } from '../report/plot/course.ts';
import type { Report } from '../report/report.ts';
import type { Scenario } from '../scenario/scenario.ts';

// What the page and the worker say to each other. A new question ends the old one: the page
// starts another worker, so that an answer never belongs to a question before the last.

/** Texts that the page was made with, besides those of the bundle. */
export type OwnFiles = Readonly<Record<string, string>>;

/** What `gfpsim play` wrote into the page: where to begin, and with which files. */
export interface Own {
  readonly scenario: string;
  readonly files: OwnFiles;
}

/** Of a page that was made without a scenario. */
export const STANDING: Own = { scenario: 'rfc-2018/drain', files: {} };

export interface Question {
  /** The state, as it stands in an address after '#'. */
  readonly link: string;
  /** null: the standing one. */
  readonly own: Own | null;
}

/** As much of a scenario as its runs are shown with. */
export type Outline = Pick<Scenario, 'question' | 'variants' | 'replications'>;

/** The first run of one variant, over its time. */
export interface DrawnRun {
  readonly result: RunResult;
  readonly course: NamedCourse;
  /** When kmemleak disabled itself, and how full the zones were; null: it lived. */
  readonly death: Moment | null;
  readonly last: Moment;
}

export type Answer =
  | { readonly kind: 'scenario'; readonly outline: Outline }
  /** A first run under way, as far as it is. */
  | { readonly kind: 'course'; readonly course: NamedCourse }
  | { readonly kind: 'run'; readonly run: DrawnRun }
  /** After so many runs of each variant. */
  | { readonly kind: 'report'; readonly report: Report; readonly done: number }
  | { readonly kind: 'progress'; readonly made: number; readonly of: number }
  | { readonly kind: 'fault'; readonly message: string };
