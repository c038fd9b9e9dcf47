import { textOf } from '../arguments.ts';
import type { Command } from '../command.ts';

const DEFAULT_FILE = 'playground.html';

const command: Command = {
  name: 'play',
  summary: 'One page that runs the same simulator in a browser, without a network',
  usage: 'play [scenario]',
  example: ['gfpsim play rfc-2018/injection -o playground.html', 'opens with that scenario'],
  formats: ['html'],
  positionals: {
    scenario: { describe: 'File or bundled name to begin with (rfc-2018/injection)' },
  },
  fileOption: 'out',
  options: {
    out: {
      alias: 'o',
      type: 'string',
      default: DEFAULT_FILE,
      describe: 'File to write; - is stdout',
    },
  },
  async run(args) {
    const { playground } = await import('../pages/playground.ts');
    const page = await playground(textOf(args, 'scenario'));
    return { render: () => page };
  },
};

export default command;
