import { flagOf, listOf, textOf } from '../arguments.ts';
import { OUT_OPTION } from '../batch-options.ts';
import type { Command } from '../command.ts';
import { REPORT_FORMATS } from '../output/report-formats.ts';
import { FIGURE_FORMATS, PLOT_OPTIONS } from '../pages/figure-folder.ts';

const command: Command = {
  name: 'compare',
  summary: 'Stored results against each other, the first being the baseline; nothing is run',
  usage: 'compare <results..>',
  example: ['gfpsim compare rfc-2018', 'the stored comparison once more'],
  formats: REPORT_FORMATS,
  folders: FIGURE_FORMATS,
  positionals: {
    results: {
      describe: '[LABEL=]FOLDER, or the name of results or a baseline',
      array: true,
      words: ['<results>', '<folders>'],
    },
  },
  options: {
    ...OUT_OPTION,
    ...PLOT_OPTIONS,
    'only-changed': { type: 'boolean', describe: 'Leave out loads in which nothing differs' },
  },
  async run(args, terminal) {
    const [{ loadSide }, { loadMetrics }, { sideBySide }, report, output, stored] =
      await Promise.all([
        import('../stored/stored-folder.ts'),
        import('../load-catalogs.ts'),
        import('../../experiment/side-by-side.ts'),
        import('../batch/run-report.ts'),
        import('../output/report-output.ts'),
        import('../stored/stored-pages.ts'),
      ]);
    const sides = listOf(args, 'results').map((one) => loadSide(one, textOf(args, 'out')));
    report.refuseNamesakes(sides.map(({ label }) => label));
    const metrics = (await loadMetrics()).all();
    const { loads, left } = sideBySide(sides);
    for (const line of left) terminal.note(`left out: ${line}`);
    const apart = loads.map(({ head, results }) => report.reportOf(head, results, metrics));
    const all = report.judgedTogether(apart, loads, metrics);
    const reports = flagOf(args, 'only-changed') ? all.filter(report.differs) : all;
    const hidden = all.length - reports.length;
    if (hidden > 0) terminal.note(`the same in every run: ${hidden} of ${all.length} loads`);
    const pages = output.wantsPages(args) ? await stored.withStoredPages(reports, sides) : reports;
    return output.reportOutput(reports, () => pages, args);
  },
};

export default command;
