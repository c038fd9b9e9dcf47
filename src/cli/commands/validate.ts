import { listOf } from '../arguments.ts';
import { type Command, reportOutput } from '../command.ts';

const command: Command = {
  name: 'validate',
  summary: 'Check scenario files without running them',
  usage: 'validate <file..>',
  example: ['gfpsim validate scenarios/rfc-2018/drain.yaml', 'ok, or the first mistake'],
  formats: ['text', 'json'],
  positionals: {
    file: {
      describe: 'Scenario files, folders or suites',
      array: true,
      words: ['<scenarios>', '<files>'],
    },
  },
  options: {},
  async run(args) {
    const [{ selectScenarios }, { loadSelection }] = await Promise.all([
      import('../selection/suites.ts'),
      import('../selection/load-selection.ts'),
    ]);
    const { files } = selectScenarios(listOf(args, 'file'));
    const { loaded } = await loadSelection(files, {});
    const rows = loaded.map(({ file, scenario }) => ({ file, valid: true, name: scenario.name }));
    return reportOutput(rows, () => rows.map(({ file }) => `${file}: ok`).join('\n'));
  },
};

export default command;
