import { textOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import { loadFormats, REPORT_FORMATS } from '../report-formats.ts';

const command: Command = {
  name: 'report',
  summary: 'The report of stored results, in any format; nothing is run',
  usage: 'report <results>',
  example: ['gfpsim report rfc-2018 --format markdown', 'stored results as a page'],
  formats: REPORT_FORMATS,
  positionals: {
    results: {
      describe: 'A results folder, or the name of one',
      words: ['<results>', '<folders>'],
    },
  },
  options: {
    out: {
      alias: 'o',
      type: 'string',
      words: ['<files>'],
      describe: 'File to write (stdout)',
    },
  },
  async run(args, terminal) {
    const [{ loadSide }, { loadMetrics }, { sideBySide }, report, files] = await Promise.all([
      import('../stored-folder.ts'),
      import('../load-catalogs.ts'),
      import('../../experiment/side-by-side.ts'),
      import('../run-report.ts'),
      import('../node-files.ts'),
    ]);
    const side = loadSide(textOf(args, 'results') ?? '');
    const metrics = (await loadMetrics()).all();
    const { loads } = sideBySide([side]);
    const reports = loads.map(({ head, results }) => report.reportOf(head, results, metrics));
    const formats = await loadFormats();
    const out = textOf(args, 'out');
    return {
      render(format) {
        const text = formats.get(format).renderAll(reports);
        if (out === undefined) return text;
        files.writeAtomically(out, text);
        terminal.note(`wrote ${out}`);
        return '';
      },
    };
  },
};

export default command;
