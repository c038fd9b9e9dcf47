import { UserError } from '../../base/user-error.ts';
import type { PlannedRun } from '../../experiment/plan.ts';
import type { RunResult } from '../../experiment/run-result.ts';
import { formatValue } from '../../report/numbers.ts';
import { drawCourse } from '../../report/plot/course.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import { textOf } from '../arguments.ts';
import { DEFAULT_OUT, OUT_OPTION } from '../batch-options.ts';
import type { Command } from '../command.ts';
import { EXIT_DRIFT, EXIT_MISSING } from '../exit-codes.ts';
import type { FoundRun } from '../stored/find-run.ts';

/** Rows of the time series behind the drawing. */
const COURSE_ROWS = 512;

const command: Command = {
  name: 'replay',
  summary: 'One stored run again, exactly; its events in the form of ftrace on request',
  usage: 'replay <run>',
  example: ['gfpsim replay 0123abcd --events=events.txt', 'the run whose id begins so'],
  formats: ['text', 'json'],
  positionals: { run: { describe: 'Its id, or the beginning of it, from runs.csv' } },
  options: {
    ...OUT_OPTION,
    events: { type: 'string', describe: 'Every event, into a file, or before all else on stdout' },
  },
  async run(args, terminal) {
    const [
      { findRun },
      { loadSelection },
      { selectScenarios },
      { planRuns },
      { Runner },
      { courseOf },
      given,
    ] = await Promise.all([
      import('../stored/find-run.ts'),
      import('../selection/load-selection.ts'),
      import('../selection/suites.ts'),
      import('../../experiment/plan.ts'),
      import('../../experiment/run.ts'),
      import('../pages/run-courses.ts'),
      import('../selection/given-options.ts'),
    ]);
    const found = findRun(textOf(args, 'run') ?? '', textOf(args, 'out') ?? DEFAULT_OUT);
    const { files } = selectScenarios([found.file]);
    const { catalogs, loaded } = await loadSelection(files, given.withGiven(found.options, {}));
    const { spec } = found;
    const scenarios = loaded
      .map(({ scenario }) => scenario)
      .filter(({ name }) => name === spec.scenario)
      .map((one) => ({ ...one, replications: Math.max(one.replications, spec.replication + 1) }));
    const planned = [...planRuns(scenarios, catalogs)].find(({ id }) => id === found.id);
    if (planned === undefined) throw changed(found);
    const runner = new Runner(scenarios, catalogs);
    const events = textOf(args, 'events');
    if (events !== undefined) {
      const { writeEvents } = await import('../batch/event-files.ts');
      writeEvents(events, terminal, (tell) => runner.log(planned.spec, tell));
    }
    const result = runner.run(planned.spec);
    const course = () => {
      const periodNs = Math.max(1, Math.ceil(result.simulatedNs / COURSE_ROWS));
      return courseOf({ scenario: scenarios[0]!, catalogs, spec: planned.spec, periodNs });
    };
    const said = { schemaVersion: 1, id: planned.id, stored: found.fingerprint, ...result };
    return {
      render: (format) =>
        format === 'json'
          ? `${JSON.stringify(said, null, 2)}\n`
          : [text(planned, result, catalogs), '', ...drawCourse(course()), ''].join('\n'),
      ...(result.fingerprint === found.fingerprint
        ? {}
        : { exitCode: EXIT_DRIFT, reason: `other events than the run in ${found.folder}` }),
    };
  },
};

export default command;

function changed({ folder, file, spec }: FoundRun): UserError {
  return new UserError(`'${spec.scenario}' gives no such run any more`, {
    at: { file },
    exitCode: EXIT_MISSING,
    hint: `the scenario, or the model's reading of it, has changed since ${folder} was made`,
  });
}

function text({ id, spec }: PlannedRun, result: RunResult, { metrics }: Catalogs): string {
  const { scenario, variant, replication, seed } = spec;
  const { end, events, simulatedNs, fingerprint } = result;
  const rows = metrics.all().flatMap(({ name, unit }) => {
    const { value, censoredAt } = result.metrics[name]!;
    if (value !== null) return [[name, formatValue(value, unit)] as const];
    if (censoredAt === undefined) return [];
    return [[name, `>${formatValue(censoredAt, unit)}`] as const];
  });
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `${id}: ${scenario} ${variant}, run ${replication} of seed ${seed}`,
    `${end} after ${formatValue(simulatedNs, 'ns')}, ${events} events, fingerprint ${fingerprint}`,
    '',
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
  ].join('\n');
}
