import type { Command, CommandOption, OptionTable } from '../command.ts';
import { GLOBAL_OPTIONS, HELP_OPTIONS } from '../global-options.ts';
import { type Candidate, candidatesOf, type ValueCandidates } from './value-words.ts';

/** What may follow on a command line: the words that begin like the last one, or paths. */
export type Completion = Pick<ValueCandidates, 'candidates' | 'paths'>;

const NOTHING: ValueCandidates = { candidates: [], paths: 'none', isList: false };
const DESCRIBE_WIDTH = 72;

/**
 * Completes the last of `words`, which follow the program's name and of which it may be the
 * beginning. All is read off the declarations of commands and options, and off the catalogs.
 */
export async function complete(
  words: readonly string[],
  commands: readonly Command[],
): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const { command, positionals, pending, onlyPositionals } = readLine(words.slice(0, -1), commands);
  if (pending !== undefined) return matching(await valuesOf(pending, command), current, '');
  if (!onlyPositionals && current.startsWith('-')) return completeOption(current, command);
  if (command === undefined) {
    const candidates = commands.map(({ name, summary }) => ({ word: name, describe: summary }));
    return matching({ ...NOTHING, candidates }, current, '');
  }
  const all = Object.values(command.positionals);
  const last = all.at(-1);
  const positional = all[positionals] ?? (last?.array === true ? last : undefined);
  return matching(await candidatesOf(positional?.words ?? [], command.formats), current, '');
}

/** The answer in lines, as the shells' scripts read it: `word TAB meaning`, then `:files`. */
export function completionLines({ candidates, paths }: Completion): string {
  const lines = candidates.map(({ word, describe }) => {
    const short = describe.replace(/\s+/g, ' ');
    const cut =
      short.length > DESCRIBE_WIDTH ? `${short.slice(0, DESCRIBE_WIDTH - 1).trimEnd()}…` : short;
    return cut === '' ? word : `${word}\t${cut}`;
  });
  return [...lines, ...(paths === 'none' ? [] : [`:${paths}`])].map((line) => `${line}\n`).join('');
}

/**
 * bash takes a word apart at `=`; here it is one again. It replaces only what follows the last
 * `=`, so that the candidates go without what is before it.
 */
export function joinedAtEquals(words: readonly string[]): { words: string[]; cut: number } {
  const joined: string[] = [];
  words.forEach((word, i) => {
    const glue = joined.length > 0 && (word === '=' || words[i - 1] === '=');
    if (glue) joined[joined.length - 1] += word;
    else joined.push(word);
  });
  return { words: joined, cut: (joined.at(-1) ?? '').lastIndexOf('=') + 1 };
}

interface Line {
  readonly command: Command | undefined;
  /** How many positional arguments the command has been given. */
  readonly positionals: number;
  /** The option whose value comes next. */
  readonly pending: CommandOption | undefined;
  /** After `--`. */
  readonly onlyPositionals: boolean;
}

function readLine(words: readonly string[], commands: readonly Command[]): Line {
  let command: Command | undefined;
  let positionals = 0;
  let pending: CommandOption | undefined;
  let onlyPositionals = false;
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (word === '--') onlyPositionals = true;
    else if (!onlyPositionals && word.startsWith('-') && word !== '-') {
      const option = word.includes('=') ? undefined : optionNamed(word, command);
      if (option !== undefined && option.type !== 'boolean') pending = option;
    } else if (command === undefined) command = commands.find(({ name }) => name === word);
    else positionals++;
  }
  return { command, positionals, pending, onlyPositionals };
}

function optionsOf(command: Command | undefined): OptionTable {
  return { ...command?.options, ...GLOBAL_OPTIONS, ...HELP_OPTIONS };
}

/** By `--name`, `-n`, or the last letter of `-abn`. */
function optionNamed(word: string, command: Command | undefined): CommandOption | undefined {
  const options = optionsOf(command);
  if (word.startsWith('--')) return options[word.slice(2)];
  const letter = word.at(-1);
  return Object.values(options).find(({ alias }) => alias === letter);
}

async function completeOption(current: string, command: Command | undefined): Promise<Completion> {
  const equals = current.indexOf('=');
  if (equals < 0) {
    const candidates = Object.entries(optionsOf(command)).map(([name, { describe }]) => {
      return { word: `--${name}`, describe: describe ?? '' };
    });
    return matching({ ...NOTHING, candidates }, current, '');
  }
  const option = optionNamed(current.slice(0, equals), command);
  if (option === undefined) return NOTHING;
  const prefix = current.slice(0, equals + 1);
  return matching(await valuesOf(option, command), current.slice(equals + 1), prefix);
}

async function valuesOf(
  option: CommandOption,
  command: Command | undefined,
): Promise<ValueCandidates> {
  const choices = (option.choices ?? []) as readonly string[];
  return candidatesOf([...(option.words ?? []), ...choices], command?.formats ?? []);
}

/** Those that begin so; in a list joined by commas the last one counts, and none comes twice. */
function matching(values: ValueCandidates, current: string, prefix: string): Completion {
  const comma = values.isList ? current.lastIndexOf(',') + 1 : 0;
  const before = current.slice(0, comma);
  const there = before.split(',');
  const candidates = values.candidates
    .filter(({ word }) => word.startsWith(current.slice(comma)) && !there.includes(word))
    .map(({ word, describe }): Candidate => ({ word: prefix + before + word, describe }));
  return { candidates, paths: values.paths };
}
