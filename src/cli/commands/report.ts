import type { Report } from '../../report/report.ts';
import { listOf } from '../arguments.ts';
import type { Arguments, Command } from '../command.ts';
import { REPORT_FORMATS } from '../output/report-formats.ts';
import { FIGURE_FORMATS, PLOT_OPTIONS } from '../pages/figure-folder.ts';
import type { Terminal } from '../terminal/terminal.ts';

const command: Command = {
  name: 'report',
  summary: 'The report of stored results, in any format; nothing is run',
  usage: 'report <results..>',
  example: ['gfpsim report rfc-2018 --format markdown', 'stored results as a page'],
  formats: REPORT_FORMATS,
  folders: FIGURE_FORMATS,
  fileOption: 'out',
  positionals: {
    results: {
      describe: '[LABEL=]FOLDER, or the name of results; several: side by side',
      array: true,
      words: ['<results>', '<folders>'],
    },
  },
  options: {
    ...PLOT_OPTIONS,
    out: {
      alias: 'o',
      type: 'string',
      words: ['<files>'],
      describe: 'File to write, in the format of its ending; - is stdout (stdout)',
    },
  },
  async run(args, terminal) {
    const [stored, { answerReport }, { reportOutput }] = await Promise.all([
      import('../stored/stored-folder.ts'),
      import('../../report/answers.ts'),
      import('../output/report-output.ts'),
    ]);
    const written = listOf(args, 'results');
    const answered = written.length === 1 ? stored.answersFile(written[0]!) : undefined;
    const reports =
      answered === undefined
        ? await reportsOf(written, args, terminal)
        : stored.answersIn(answered).map(answerReport);
    return reportOutput(reports, () => reports, args);
  },
};

export default command;

/** Of stored runs, with all that a page shows where a page is asked for. */
async function reportsOf(
  written: readonly string[],
  args: Arguments,
  terminal: Terminal,
): Promise<readonly Report[]> {
  const [stored, { loadMetrics }, { sideBySide }, runs, answers, pages, { wantsPages }] =
    await Promise.all([
      import('../stored/stored-folder.ts'),
      import('../load-catalogs.ts'),
      import('../../experiment/side-by-side.ts'),
      import('../batch/run-report.ts'),
      import('../../report/answers.ts'),
      import('../stored/stored-pages.ts'),
      import('../output/report-output.ts'),
    ]);
  const sides = written.map((one) => stored.loadSide(one));
  runs.refuseNamesakes(sides.map(({ label }) => label));
  const metrics = (await loadMetrics()).all();
  const { loads, left } = sideBySide(sides);
  for (const line of left) terminal.note(`left out: ${line}`);
  const given = sides.length === 1 ? stored.answersBeside(sides[0]!.stored.folder) : [];
  const apart = loads.map(({ head, results }) => {
    const report = runs.reportOf(head, results, metrics);
    const answer = given.find(({ scenario }) => scenario === head.name);
    return answer === undefined ? report : answers.withAnswer(report, answer);
  });
  const reports = runs.judgedTogether(apart, loads, metrics);
  return wantsPages(args) ? pages.withStoredPages(reports, sides) : reports;
}
