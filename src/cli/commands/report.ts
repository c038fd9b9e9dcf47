import { listOf, textOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import { FIGURE_FORMATS, PLOT_OPTIONS } from '../figure-folder.ts';
import { REPORT_FORMATS } from '../report-formats.ts';

const command: Command = {
  name: 'report',
  summary: 'The report of stored results, in any format; nothing is run',
  usage: 'report <results..>',
  example: ['gfpsim report rfc-2018 --format markdown', 'stored results as a page'],
  formats: REPORT_FORMATS,
  folders: FIGURE_FORMATS,
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
      describe: 'File to write (stdout)',
    },
  },
  async run(args, terminal) {
    const [{ answersIn, loadSide }, { loadMetrics }, { sideBySide }, report, files] =
      await Promise.all([
        import('../stored-folder.ts'),
        import('../load-catalogs.ts'),
        import('../../experiment/side-by-side.ts'),
        import('../run-report.ts'),
        import('../node-files.ts'),
      ]);
    const { withStoredPages } = await import('../stored-pages.ts');
    const { reportOutput, wantsPages } = await import('../report-output.ts');
    const sides = listOf(args, 'results').map((one) => loadSide(one));
    report.refuseNamesakes(sides.map(({ label }) => label));
    const metrics = (await loadMetrics()).all();
    const { loads, left } = sideBySide(sides);
    for (const line of left) terminal.note(`left out: ${line}`);
    const answers =
      sides.length === 1
        ? answersIn(sides[0]!.stored.folder)
        : new Map<string, readonly string[]>();
    const apart = loads.map(({ head, results }) => {
      const one = report.reportOf(head, results, metrics);
      return { ...one, headline: [...(answers.get(head.name) ?? []), ...one.headline] };
    });
    const reports = report.judgedTogether(apart, loads, metrics);
    const pages = wantsPages(args) ? await withStoredPages(reports, sides) : reports;
    const output = await reportOutput(reports, () => pages, args);
    const out = textOf(args, 'out');
    return {
      ...output,
      render(format) {
        const text = output.render(format);
        if (out === undefined) return text;
        files.writeAtomically(out, text);
        terminal.note(`wrote ${out}`);
        return '';
      },
    };
  },
};

export default command;
