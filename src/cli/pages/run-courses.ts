import { Runner } from '../../experiment/run.ts';
import type { RunSpec } from '../../experiment/run-result.ts';
import { type Course, drawCourse } from '../../report/plot/course.ts';
import type { Report } from '../../report/report.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import { resolveScenario } from '../../scenario/resolve.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { GivenOptions } from '../selection/given-options.ts';
import type { LoadedSelection } from '../selection/load-selection.ts';
import { sourceOf } from './page-source.ts';

const SAMPLE_PERIOD_NS = 1_000_000;

/** One run once more, its course noted every so often against the marks of its machine. */
export function courseOf({ scenario, catalogs, spec, periodNs }: CourseSpec): Course {
  const { series, simulatedNs, metrics } = new Runner([scenario], catalogs, periodNs).run(spec);
  const marks = marksOf(scenario, catalogs);
  const deathNs = metrics['kmemleak_death_ns']?.value ?? null;
  return { series: series!, marks, endNs: simulatedNs, deathNs };
}

/** The marks of a scenario's machine, all zones together. */
export function marksOf(scenario: Scenario, catalogs: Catalogs): Course['marks'] {
  const { zones } = resolveScenario(scenario, catalogs).config;
  const sum = (mark: 'min' | 'low' | 'high') =>
    zones.reduce((pages, { watermarks }) => pages + watermarks[mark], 0);
  return { min: sum('min'), low: sum('low'), high: sum('high') };
}

/** All courses of a report, for the terminal: 80 columns hold them. */
export function courseLines(pages: readonly Report[]): string[] {
  return pages.flatMap(({ name, courses = [] }) =>
    courses.flatMap((course) => ['', `${name}: ${course.variant}, run 0`, ...drawCourse(course)]),
  );
}

export interface CourseSpec {
  readonly scenario: Scenario;
  readonly catalogs: Catalogs;
  readonly spec: RunSpec;
  readonly periodNs: number;
}

/** With the course of the first run of each variant that no other equals, and their source. */
export function withPages(
  reports: readonly Report[],
  { catalogs, loaded }: LoadedSelection,
  options: GivenOptions,
): Report[] {
  return reports.map((report) => {
    const one = loaded.find(({ scenario }) => scenario.name === report.name);
    if (one === undefined) return report;
    const { scenario } = one;
    const { name, seed } = scenario;
    const alone = report.rows.filter(({ tiedWith }) => tiedWith === null);
    const courses = alone.map(({ variant }) => {
      const spec = { scenario: name, variant, replication: 0, seed };
      return { variant, ...courseOf({ scenario, catalogs, spec, periodNs: SAMPLE_PERIOD_NS }) };
    });
    return { ...report, courses, source: sourceOf(one, options, catalogs) };
  });
}
