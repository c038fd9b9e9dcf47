import { nearestName } from '../base/suggest.ts';
import { UserError } from '../base/user-error.ts';
import type { Command } from './command.ts';
import { isDashedValue } from './dashed-values.ts';
import { GLOBAL_OPTIONS, HELP_OPTIONS } from './global-options.ts';

/** What yargs says of a command line, with the right word where it only says that one is wrong. */
export function usageFault(
  message: string,
  words: readonly string[],
  commands: readonly Command[],
): UserError {
  const meant = /^Did you mean (\S+)\?$/.exec(message)?.[1];
  if (meant !== undefined) {
    const wrong = words.find((word) => !word.startsWith('-')) ?? '';
    return new UserError(`unknown command '${wrong}'`, { hint: `did you mean '${meant}'?` });
  }
  const unknown = /^Unknown arguments?: ([^\s,]+)/.exec(message)?.[1];
  if (unknown === undefined) return new UserError(message, { hint: 'see gfpsim --help' });
  const negative = words.find((word) => isDashedValue(word) && word.includes(unknown));
  const names = new Set(commands.map(({ name }) => name));
  const commandAt = words.findIndex((word) => names.has(word));
  const command = commands.find(({ name }) => name === words[commandAt]);
  const help = `see gfpsim ${command === undefined ? '' : `${command.name} `}--help`;
  if (negative !== undefined) {
    return new UserError(`'${negative}' is neither an option nor a value`, {
      expected: 'values without a minus',
      hint: help,
    });
  }
  const at = words.indexOf(unknown);
  if (at >= 0 && (commandAt < 0 || at < commandAt)) {
    return new UserError(`unknown command '${unknown.slice(0, 40)}'`, { hint: help });
  }
  const written = words.find((word) => optionName(word) === unknown);
  if (written === undefined) return new UserError(`'${unknown}' is too much`, { hint: help });
  const known = Object.keys({ ...command?.options, ...GLOBAL_OPTIONS, ...HELP_OPTIONS });
  const nearest = unknown.length > 1 ? nearestName(unknown, known) : undefined;
  const hint = nearest === undefined ? help : `did you mean '--${nearest}'?`;
  return new UserError(`unknown option '${written.split('=')[0]}'`, { hint });
}

/** `--name=value` and `--name` are `name`; the letters of `-abc` are yargs' own affair. */
function optionName(word: string): string | undefined {
  return /^--?([^=]+)/.exec(word)?.[1];
}
