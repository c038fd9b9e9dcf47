import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { listOf } from '../arguments.ts';
import { type Command, type CommandOutput, reportOutput } from '../command.ts';
import type { Explanation } from '../help/explanations.ts';

const command: Command = {
  name: 'explain',
  summary: 'What a metric, variant, warning, workload, kernel or exit code means',
  usage: 'explain <name..>',
  example: ['gfpsim explain W2', 'a warning; also: rfc-strict, kmemleak_alive, drain, exit 3'],
  formats: ['text', 'json'],
  positionals: {
    name: {
      describe: 'A name from list, W1 to W6, L1, exit N, or a file with a variant',
      array: true,
      words: ['<names>', '<files>'],
    },
  },
  options: {},
  async run(args) {
    const { explainFile, explanations } = await import('../help/explanations.ts');
    const words = listOf(args, 'name');
    const all = await explanations();
    const whole = named(words.join(' '), all);
    if (whole.length > 0) return said(whole);
    const found: Explanation[] = [];
    for (const word of namesIn(words)) {
      const own = await explainFile(word);
      found.push(...(own === null ? entriesOf(word, all) : [own]));
    }
    return said(found);
  },
};

export default command;

function said(found: readonly Explanation[]): CommandOutput {
  return reportOutput(found, () => found.map(({ text }) => text).join('\n\n'));
}

/** Words that are one name, such as `exit 3`. */
function named(asked: string, all: readonly Explanation[]): Explanation[] {
  const name = asked.trim().replace(/^(?:exit(?:\s+code)?\s+)?(\d{1,3})$/i, 'exit $1');
  return all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
}

/** Several names; `exit 3` is one. */
function namesIn(words: readonly string[]): string[] {
  const names: string[] = [];
  for (const word of words) {
    const isCode = /^\d{1,3}$/.test(word) && /^exit( code)?$/i.test(names.at(-1) ?? '');
    if (isCode || (/^code$/i.test(word) && /^exit$/i.test(names.at(-1) ?? ''))) {
      names.push(`${names.pop()} ${word}`);
    } else names.push(word);
  }
  return names;
}

/** One of several names; what none has is told. */
function entriesOf(word: string, all: readonly Explanation[]): Explanation[] {
  const found = named(word, all);
  if (found.length > 0) return found;
  const names = all.map((one) => one.name);
  throw new UserError(`nothing is called '${word.slice(0, 40)}'`, { hint: hint(word, names) });
}

function hint(name: string, names: readonly string[]): string {
  const nearest = suggestion(name, names);
  return nearest.startsWith('did') ? nearest : 'see gfpsim list variants, metrics, workloads';
}
