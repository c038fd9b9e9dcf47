import { UserError } from '../../base/user-error.ts';
import { listOf, textOf } from '../arguments.ts';
import type { BaselineAction } from '../baselines/baseline-actions.ts';
import { BATCH_OPTIONS } from '../batch-options.ts';
import type { Command } from '../command.ts';
import { OVERRIDE_OPTIONS } from '../common-options.ts';

const BASELINE_ACTIONS: readonly BaselineAction[] = ['save', 'list', 'show', 'update', 'rm'];

const command: Command = {
  name: 'baseline',
  summary: 'Results that others are held to: save, list, show, update, rm',
  usage: 'baseline <action> [name] [scenario..]',
  example: ['gfpsim baseline list', 'the baselines that are there'],
  formats: ['text', 'json'],
  positionals: {
    action: { describe: 'save, list, show, update or rm', words: BASELINE_ACTIONS },
    name: { describe: 'Name of the baseline', words: ['<baselines>'] },
    scenario: {
      describe: 'save: what it is made of; as for run',
      array: true,
      words: ['<scenarios>', '<files>'],
    },
  },
  options: {
    ...OVERRIDE_OPTIONS,
    ...BATCH_OPTIONS,
    threshold: {
      alias: 't',
      type: 'string',
      words: ['<metrics>'],
      describe: 'save: what a check shall demand, such as METRIC:+5%; repeatable',
    },
  },
  async run(args, terminal) {
    const { ACTIONS } = await import('../baselines/baseline-actions.ts');
    const { suggestion } = await import('../../base/suggest.ts');
    const action = textOf(args, 'action') ?? '';
    const known = BASELINE_ACTIONS.find((name) => name === action);
    if (known === undefined) {
      throw new UserError(`baseline does not know '${action.slice(0, 40)}'`, {
        hint: suggestion(action, BASELINE_ACTIONS),
      });
    }
    const name = textOf(args, 'name') ?? '';
    if (name === '' && action !== 'list') {
      throw new UserError(`baseline ${action} needs the name of a baseline`);
    }
    return ACTIONS[known]({ name, words: listOf(args, 'scenario'), args, terminal });
  },
};

export default command;
