import { flagOf, listOf, textOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import { EXIT_THRESHOLD } from '../exit-codes.ts';

const command: Command = {
  name: 'fidelity',
  summary: "Predictions beside real kernels' measurements: how far the model can be trusted",
  usage: 'fidelity [group..]',
  example: ['gfpsim fidelity masks slabs zones', 'what takes no time; all of it takes minutes'],
  formats: ['text', 'markdown', 'json', 'csv'],
  positionals: {
    group: {
      describe: 'Only these measurements, and told row by row; -v tells what is exact, too',
      array: true,
      words: ['<groups>'],
    },
  },
  options: {
    measurements: {
      type: 'string',
      words: ['<folders>'],
      describe: 'Others, laid out as the test/fixtures of a clone',
    },
  },
  async run(args, terminal) {
    const [{ loadCatalogs, loadFidelityGroups }, { openLaboratory }, { simulate }, words] =
      await Promise.all([
        import('../load-catalogs.ts'),
        import('../fidelity/fidelity-measurements.ts'),
        import('../fidelity/fidelity-batch.ts'),
        import('../fidelity/fidelity-words.ts'),
      ]);
    const catalog = await loadFidelityGroups();
    const named = [...new Set(listOf(args, 'group'))].map((name) => catalog.get(name));
    const groups = named.length === 0 ? catalog.all() : named;
    const folder = textOf(args, 'measurements');
    const laboratory = openLaboratory(groups, await loadCatalogs(), folder);
    const report = simulate(groups, laboratory, terminal);
    const exact = flagOf(args, 'verbose');
    const detail = { groups: exact || named.length > 0, exact };
    const [{ fidelityText }, { fidelityMarkdown }, { fidelityCsv }] = await Promise.all([
      import('../fidelity/fidelity-text.ts'),
      import('../fidelity/fidelity-markdown.ts'),
      import('../fidelity/fidelity-csv.ts'),
    ]);
    const wrong = words.disagreeing(report);
    return {
      render: (format) => {
        if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
        if (format === 'csv') return fidelityCsv(report);
        const inWords = format === 'markdown' ? fidelityMarkdown : fidelityText;
        return inWords(report, detail);
      },
      ...(wrong === 0
        ? {}
        : {
            exitCode: EXIT_THRESHOLD,
            reason: `${words.quantitiesText(wrong)} outside what is allowed`,
          }),
    };
  },
};

export default command;
