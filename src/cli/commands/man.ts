import type { Command } from '../command.ts';

const command: Command = {
  name: 'man',
  summary: 'The manual page of all commands, in roff, for man',
  usage: 'man',
  example: ['gfpsim man', 'the page; gfpsim man | man -l - shows it'],
  formats: ['text'],
  positionals: {},
  options: {},
  async run() {
    const [{ loadCommands }, { manPage }, { VERSION }] = await Promise.all([
      import('../load-catalogs.ts'),
      import('../help/man-page.ts'),
      import('../version.ts'),
    ]);
    const date = new Date().toISOString().slice(0, 10);
    const page = manPage((await loadCommands()).all(), { version: VERSION, date });
    return { render: () => page };
  },
};

export default command;
