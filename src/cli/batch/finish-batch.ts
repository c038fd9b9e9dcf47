import { counted } from '../../base/counted.ts';
import type { Report } from '../../report/report.ts';
import { flagOf, textOf } from '../arguments.ts';
import type { Arguments, CommandOutput } from '../command.ts';
import { EXIT_LIMIT, EXIT_THRESHOLD } from '../exit-codes.ts';
import { reportOutput } from '../output/report-output.ts';
import { type GivenOptions, givenOptions } from '../selection/given-options.ts';
import type { LoadedSelection } from '../selection/load-selection.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { AskedBatch } from './asked-batch.ts';
import type { MadeBatch } from './batch.ts';
import { writeBatch } from './batch-results.ts';

/** Compares the runs of a batch, writes its results and says what came of it. */
export async function finishBatch(
  { selection, folder }: AskedBatch,
  made: MadeBatch,
  args: Arguments,
  terminal: Terminal,
): Promise<CommandOutput> {
  const { batch } = made;
  const origins = selection.loaded.map(({ scenario, file }) => [scenario.name, file] as const);
  const options = givenOptions(args);
  const place = { folder, files: Object.fromEntries(origins), options };
  const { reports, broken } = writeBatch(batch, place, terminal);
  terminal.note(`${counted(batch.plan.length, 'run')}, results in ${folder}`);
  for (const line of broken) terminal.note(line);
  for (const line of made.unreached) terminal.warn('W021', line);
  const events = textOf(args, 'events');
  if (events !== undefined) {
    const { writeBatchEvents } = await import('./event-files.ts');
    writeBatchEvents(batch, { file: events, folder }, terminal);
  }
  const pages = await pagesOf(reports, selection, options);
  if (terminal.verbose) {
    const { courseLines } = await import('../pages/run-courses.ts');
    for (const line of courseLines(pages())) terminal.note(line);
  }
  return {
    ...(await reportOutput(reports, pages, args)),
    ...verdictOf(broken, flagOf(args, 'strict') ? limitsReached(made, reports) : []),
  };
}

/** The reports with what only a page shows; its runs are made once more, and once. */
async function pagesOf(
  reports: readonly Report[],
  selection: LoadedSelection,
  options: GivenOptions,
): Promise<() => readonly Report[]> {
  const { withPages } = await import('../pages/run-courses.ts');
  let pages: readonly Report[] | undefined;
  return () => (pages ??= withPages(reports, selection, options));
}

/** What --strict does not let pass: values not known well enough, runs cut off by the horizon. */
function limitsReached({ unreached }: MadeBatch, reports: readonly Report[]): string[] {
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
