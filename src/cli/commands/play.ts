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
  options: {
    out: { alias: 'o', type: 'string', describe: `File to write; - is stdout (${DEFAULT_FILE})` },
  },
  async run(args, terminal) {
    const [{ playground }, { writeAtomically }] = await Promise.all([
      import('../playground.ts'),
      import('../node-files.ts'),
    ]);
    const page = await playground(textOf(args, 'scenario'));
    const out = textOf(args, 'out') ?? DEFAULT_FILE;
    return {
      render() {
        if (out === '-') return page;
        writeAtomically(out, page);
        terminal.note(`wrote ${out}: open it in a browser, it needs nothing else`);
        return `${out}\n`;
      },
    };
  },
};

export default command;
