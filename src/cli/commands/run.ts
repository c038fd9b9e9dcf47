import { counted } from '../../base/counted.ts';
import type { Report } from '../../report/report.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { countOf, flagOf, listOf, textOf } from '../arguments.ts';
import type { Batch } from '../batch.ts';
import { BATCH_OPTIONS } from '../batch-options.ts';
import type { Arguments, Command, CommandOutput } from '../command.ts';
import { OVERRIDE_OPTIONS } from '../common-options.ts';
import { EXIT_LIMIT, EXIT_THRESHOLD } from '../exit-codes.ts';
import { FIGURE_FORMATS, PLOT_OPTIONS } from '../figure-folder.ts';
import { type GivenOptions, givenOptions } from '../given-options.ts';
import type { LoadedSelection } from '../load-selection.ts';
import type { PreciseOutcome } from '../precise-batch.ts';
import { REPORT_FORMATS } from '../report-formats.ts';
import { reportOutput } from '../report-output.ts';
import type { Terminal } from '../terminal.ts';

const MOST_RUNS = 1000;

const command: Command = {
  name: 'run',
  summary: 'The main job: scenarios × variants × seeds, compared with the baseline variant',
  usage: 'run [scenario..]',
  example: ['gfpsim run rfc-2018/drain -V quiet-2011,rfc-strict', 'two proposals under one load'],
  formats: REPORT_FORMATS,
  folders: FIGURE_FORMATS,
  positionals: {
    scenario: {
      describe: 'Files, folders or bundled names; the suite rfc-2018',
      array: true,
      words: ['<scenarios>', '<files>'],
    },
  },
  options: {
    ...OVERRIDE_OPTIONS,
    ...BATCH_OPTIONS,
    ...PLOT_OPTIONS,
    vectors: { type: 'string', describe: 'Time series of every run: a row every 100ms, or so' },
    name: { type: 'string', describe: 'Name of the results folder' },
    precision: { type: 'string', describe: 'Runs until key metrics are known to 5%, or so' },
    'max-reps': { type: 'string', describe: 'With --precision: no more runs a variant (1000)' },
    strict: { type: 'boolean', describe: 'A limit that was reached is exit 6' },
  },
  async run(args, terminal) {
    const [{ selectScenarios }, { loadSelection }, batches, results, report] = await Promise.all([
      import('../suites.ts'),
      import('../load-selection.ts'),
      import('../batch-of.ts'),
      import('../batch-results.ts'),
      import('../run-report.ts'),
    ]);
    const { files, name } = selectScenarios(listOf(args, 'scenario'));
    const selection = await loadSelection(files, args);
    const period = textOf(args, 'vectors');
    const samplePeriodNs = period === undefined ? undefined : report.samplePeriod(period);
    const folder = report.resultsFolder(textOf(args, 'out'), textOf(args, 'name'), name);
    const scenarios = selection.loaded.map(({ scenario }) => scenario);
    const made = await makeRuns(scenarios, args, {
      terminal,
      batchOf: (some) => batches.batchOf(selection, args, some, samplePeriodNs),
    });
    const { batch } = made;
    const origins = selection.loaded.map(({ scenario, file }) => [scenario.name, file] as const);
    const options = givenOptions(args);
    const place = { folder, files: Object.fromEntries(origins), options };
    const { reports, broken } = results.writeBatch(batch, place, terminal);
    terminal.note(`${counted(batch.plan.length, 'run')}, results in ${folder}`);
    for (const line of broken) terminal.note(line);
    for (const line of made.unreached) terminal.warn('W021', line);
    const pages = await pagesOf(reports, selection, options);
    if (terminal.verbose) {
      const { courseLines } = await import('../run-courses.ts');
      for (const line of courseLines(pages())) terminal.note(line);
    }
    return {
      ...(await reportOutput(reports, pages, args)),
      ...verdictOf(broken, flagOf(args, 'strict') ? limitsReached(made, reports) : []),
    };
  },
};

export default command;

interface Making {
  readonly terminal: Terminal;
  batchOf(scenarios: readonly Scenario[]): Batch;
}

/** The reports with what only a page shows; its runs are made once more, and once. */
async function pagesOf(
  reports: readonly Report[],
  selection: LoadedSelection,
  options: GivenOptions,
): Promise<() => readonly Report[]> {
  const { withPages } = await import('../run-courses.ts');
  let pages: readonly Report[] | undefined;
  return () => (pages ??= withPages(reports, selection, options));
}

/** As many runs as the scenarios say, or as the precision takes. */
async function makeRuns(
  scenarios: readonly Scenario[],
  args: Arguments,
  { terminal, batchOf }: Making,
): Promise<PreciseOutcome> {
  const written = textOf(args, 'precision');
  if (written === undefined) {
    const batch = batchOf(scenarios);
    await (await import('../make-batch.ts')).makeBatch(batch, terminal);
    return { batch, unreached: [] };
  }
  const { makePrecise, precisionOf } = await import('../precise-batch.ts');
  const gamma = precisionOf(written);
  const most = countOf(args, 'max-reps', 2) ?? MOST_RUNS;
  return makePrecise({ scenarios, gamma, most, batchOf }, terminal);
}

/** What --strict does not let pass: values not known well enough, runs cut off by the horizon. */
function limitsReached({ unreached }: PreciseOutcome, reports: readonly Report[]): string[] {
  const cut = reports.flatMap(({ name, rows }) =>
    rows
      .filter(({ ends }) => (ends['horizon'] ?? 0) > 0)
      .map(
        ({ variant, ends }) => `${name}: ${counted(ends['horizon']!, 'run')} of ${variant} cut off`,
      ),
  );
  return [...unreached, ...cut];
}

function notMet(n: number): string {
  return `${counted(n, 'expectation')} ${n === 1 ? 'is' : 'are'} not met`;
}

function verdictOf(
  broken: readonly string[],
  limits: readonly string[],
): Pick<CommandOutput, 'exitCode' | 'reason'> {
  if (broken.length > 0) {
    return { exitCode: EXIT_THRESHOLD, reason: notMet(broken.length) };
  }
  if (limits.length === 0) return {};
  return {
    exitCode: EXIT_LIMIT,
    reason: `${counted(limits.length, 'limit')} reached: ${limits[0]}`,
  };
}
