import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { listOf } from '../arguments.ts';
import { type Command, reportOutput } from '../command.ts';
import type { Explanation } from '../explanations.ts';

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
    const { explainFile, explanations } = await import('../explanations.ts');
    const asked = listOf(args, 'name').join(' ').trim();
    const own = await explainFile(asked);
    if (own !== null) return reportOutput([own], () => own.text);
    const all = await explanations();
    const whole = named(asked, all);
    const found = whole.length > 0 ? whole : wordByWord(listOf(args, 'name'), all);
    return reportOutput(found, () => found.map(({ text }) => text).join('\n\n'));
  },
};

export default command;

function named(asked: string, all: readonly Explanation[]): Explanation[] {
  const name = asked.trim().replace(/^(?:exit(?:\s+code)?\s+)?(\d{1,3})$/i, 'exit $1');
  return all.filter((one) => one.name.toLowerCase() === name.toLowerCase());
}

/** Several names at once: an entry for each, or the first that is none. */
function wordByWord(words: readonly string[], all: readonly Explanation[]): Explanation[] {
  return words.flatMap((word) => {
    const found = named(word, all);
    if (found.length > 0) return found;
    const names = all.map((one) => one.name);
    throw new UserError(`nothing is called '${word.slice(0, 40)}'`, { hint: hint(word, names) });
  });
}

function hint(name: string, names: readonly string[]): string {
  const nearest = suggestion(name, names);
  return nearest.startsWith('did') ? nearest : 'see gfpsim list variants, metrics, workloads';
}
