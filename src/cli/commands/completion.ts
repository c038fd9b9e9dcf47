import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { textOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import { COMPLETION_SCRIPTS } from '../help/completion-scripts.ts';

const SHELLS = Object.keys(COMPLETION_SCRIPTS);

const command: Command = {
  name: 'completion',
  summary: 'A script for bash, zsh or fish: completes commands, options and their values',
  usage: 'completion <shell>',
  example: ['gfpsim completion bash', 'the script; in ~/.bashrc: source <(gfpsim completion bash)'],
  formats: ['text'],
  positionals: { shell: { describe: SHELLS.join(', '), words: SHELLS } },
  options: {},
  async run(args) {
    const shell = textOf(args, 'shell') ?? '';
    if (!SHELLS.includes(shell)) {
      throw new UserError(`no completion for '${shell.slice(0, 40)}'`, {
        hint: suggestion(shell, SHELLS),
      });
    }
    return { render: () => COMPLETION_SCRIPTS[shell]! };
  },
};

export default command;
