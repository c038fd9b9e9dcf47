import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { csvRows } from '../../experiment/csv-rows.ts';
import { planRuns } from '../../experiment/plan.ts';
import type { Side } from '../../experiment/side-by-side.ts';
import type { StoredRun } from '../../experiment/stored-results.ts';
import type { TimeSeriesReadings } from '../../model/machine-readings.ts';
import type { NamedCourse } from '../../report/plot/course.ts';
import type { Report, ReportSource } from '../../report/report.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { readText } from '../files/node-files.ts';
import { runCommand, sourceOf } from '../pages/page-source.ts';
import { marksOf } from '../pages/run-courses.ts';
import { withGiven } from '../selection/given-options.ts';
import { loadSelection } from '../selection/load-selection.ts';
import { selectScenarios } from '../selection/suites.ts';
import { originOf, type ScenarioOrigin } from './find-run.ts';

// What a page shows beside the numbers, for stored results, without a run: the scenario is loaded
// again, and believed only if it still gives the very runs that are stored; free pages over time
// come from the time series, where --vectors kept them.

/** Adds to each report what its page can have. */
export async function withStoredPages(
  reports: readonly Report[],
  sides: readonly Side[],
): Promise<Report[]> {
  const known = new Map<string, Promise<Known>>();
  const knownOf = (side: Side, scenario: string): Promise<Known> => {
    const key = JSON.stringify([side.stored.folder, scenario]);
    const found = known.get(key) ?? know(side, scenario);
    known.set(key, found);
    return found;
  };
  const pages: Report[] = [];
  for (const report of reports) {
    const places = placesOf(report, sides);
    const found = [];
    for (const place of places) {
      found.push({ ...place, ...(await knownOf(place.side, place.run.spec.scenario)) });
    }
    pages.push(pageOf(report, found, sides.length > 1));
  }
  return pages;
}

/** The first run behind a row that no other equals. */
interface Place {
  readonly row: string;
  readonly side: Side;
  readonly run: StoredRun;
}

/** What is known of a scenario of a results folder. */
interface Known {
  readonly command: string | null;
  readonly loaded: LoadedScenario | null;
  readonly catalogs: Catalogs | null;
  /** Why it is not loaded. */
  readonly because: string | null;
  readonly source: ReportSource | null;
}

/** Of one side the rows are variants; of several they are sides, and the load names the rest. */
function placesOf(report: Report, sides: readonly Side[]): Place[] {
  const rows = report.rows.filter(({ tiedWith }) => tiedWith === null);
  return rows.flatMap(({ variant: row }) => {
    const side = sides.length === 1 ? sides[0]! : sides.find(({ label }) => label === row)!;
    const run = side.stored.runs.find(({ spec }) => {
      const { scenario, variant } = spec;
      const [load, own] =
        sides.length === 1 ? [scenario, variant] : [`${scenario}/${variant}`, row];
      return load === report.name && own === row;
    });
    return run === undefined ? [] : [{ row, side, run }];
  });
}

async function know({ stored }: Side, scenario: string): Promise<Known> {
  const nothing = { command: null, loaded: null, catalogs: null, source: null };
  let origin: ScenarioOrigin | undefined;
  try {
    origin = originOf(stored.folder, scenario);
    const { file, options } = origin;
    const { files } = selectScenarios([file]);
    const { catalogs, loaded } = await loadSelection(files, withGiven(options, {}));
    const one = loaded.find((each) => each.scenario.name === scenario);
    const first = stored.runs.find(({ spec }) => spec.scenario === scenario);
    if (one === undefined || first === undefined || !gives(one, first, catalogs)) {
      const command = runCommand(file, options);
      return { ...nothing, command, because: `${file} does not give these runs any more` };
    }
    const source = sourceOf(one, options, catalogs);
    const command = source.commands[0]!;
    return { command, loaded: one, catalogs, because: null, source };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const command = origin === undefined ? null : runCommand(origin.file, origin.options);
    return { ...nothing, command, because: error.message };
  }
}

/** The same id: the same machine, load, variant and seed. */
function gives({ scenario }: LoadedScenario, run: StoredRun, catalogs: Catalogs): boolean {
  const needed = Math.max(scenario.replications, run.spec.replication + 1);
  for (const { id } of planRuns([{ ...scenario, replications: needed }], catalogs)) {
    if (id === run.id) return true;
  }
  return false;
}

function pageOf(report: Report, found: readonly (Place & Known)[], isSideBySide: boolean): Report {
  const commands = [...new Set(found.flatMap(({ command }) => command ?? []))];
  const why = [...new Set(found.flatMap(({ because }) => because ?? []))];
  const [first] = found;
  const source = isSideBySide ? null : (first?.source ?? null);
  const courses = found.flatMap((place) => courseIn(place) ?? []);
  const missing = [
    ...why.map((reason) =>
      `Its parameters and watermarks are not shown: ${reason}`.replace(/[?.]*$/, '.'),
    ),
    ...(isSideBySide
      ? ['The parameters of each side: gfpsim report FOLDER --format html, one at a time.']
      : []),
    ...(courses.length === found.length ? [] : [coursesText(commands)]),
  ];
  const summaries = source?.summaries ?? {};
  return {
    ...report,
    ...(courses.length === 0 ? {} : { courses }),
    source: {
      rows: isSideBySide ? 'results' : 'proposals',
      ...{ commands, parameters: source?.parameters ?? [], summaries, missing },
    },
  };
}

function coursesText(commands: readonly string[]): string {
  const again = commands[0] ?? 'gfpsim run';
  return (
    'Free pages over time are not stored with these results. ' +
    `${again} draws them with --format html, and keeps them with --vectors=1ms.`
  );
}

/** From the time series of the run; null where none was kept. */
function courseIn({ row, side, run, loaded, catalogs }: Place & Known): NamedCourse | null {
  if (loaded === null || catalogs === null) return null;
  const path = join(side.stored.folder, 'vectors', `${run.id}.csv`);
  const text = readText(path);
  if (text === undefined) return null;
  return {
    variant: row,
    series: seriesIn(text, path),
    marks: marksOf(loaded.scenario, catalogs),
    endNs: run.simulatedNs,
    deathNs: run.metrics['kmemleak_death_ns']?.value ?? null,
  };
}

function seriesIn(text: string, file: string): TimeSeriesReadings {
  const [names = [], ...rows] = csvRows(text);
  const values = new Float64Array(rows.length * names.length);
  rows.forEach((cells, row) => {
    cells.forEach((cell, column) => {
      values[row * names.length + column] = Number(cell);
    });
    if (cells.length === names.length && cells.every((cell) => Number.isFinite(Number(cell))))
      return;
    throw new UserError('not a row of numbers', {
      at: { file, line: row + 2 },
      exitCode: 5,
      hint: 'make the results again',
    });
  });
  return { names, rows: rows.length, values };
}
