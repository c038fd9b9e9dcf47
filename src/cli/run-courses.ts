import { Runner } from '../experiment/run.ts';
import type { RunSpec } from '../experiment/run-result.ts';
import type { Course } from '../report/plot/course.ts';
import type { Report } from '../report/report.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';

const SAMPLE_PERIOD_NS = 1_000_000;

/** One run once more, its course noted every so often against the marks of its machine. */
export function courseOf({ scenario, catalogs, spec, periodNs }: CourseSpec): Course {
  const { series, simulatedNs, metrics } = new Runner([scenario], catalogs, periodNs).run(spec);
  const { zones } = resolveScenario(scenario, catalogs).config;
  const sum = (mark: 'min' | 'low' | 'high') =>
    zones.reduce((pages, { watermarks }) => pages + watermarks[mark], 0);
  const marks = { min: sum('min'), low: sum('low'), high: sum('high') };
  const deathNs = metrics['kmemleak_death_ns']?.value ?? null;
  return { series: series!, marks, endNs: simulatedNs, deathNs };
}

export interface CourseSpec {
  readonly scenario: Scenario;
  readonly catalogs: Catalogs;
  readonly spec: RunSpec;
  readonly periodNs: number;
}

/** With the course of the first run of each variant that no other equals. */
export function withCourses(
  reports: readonly Report[],
  scenarios: readonly Scenario[],
  catalogs: Catalogs,
): Report[] {
  return reports.map((report) => {
    const scenario = scenarios.find(({ name }) => name === report.name);
    if (scenario === undefined) return report;
    const { name, seed } = scenario;
    const alone = report.rows.filter(({ tiedWith }) => tiedWith === null);
    const courses = alone.map(({ variant }) => {
      const spec = { scenario: name, variant, replication: 0, seed };
      return { variant, ...courseOf({ scenario, catalogs, spec, periodNs: SAMPLE_PERIOD_NS }) };
    });
    return { ...report, courses };
  });
}
