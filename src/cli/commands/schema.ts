import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { textOf } from '../arguments.ts';
import type { Command } from '../command.ts';

const command: Command = {
  name: 'schema',
  summary: 'JSON Schema of scenario files or of results, for editors and scripts',
  usage: 'schema <kind>',
  example: ['gfpsim schema scenario', 'what a scenario file may say'],
  formats: ['json'],
  positionals: { kind: { describe: 'scenario or results' } },
  options: {},
  async run(args) {
    const kind = textOf(args, 'kind') ?? '';
    const schema = await schemaOf(kind);
    return { render: () => `${JSON.stringify(schema, null, 2)}\n` };
  },
};

export default command;

async function schemaOf(kind: string): Promise<Record<string, unknown>> {
  if (kind === 'scenario') return (await import('../../scenario/schema.ts')).scenarioJsonSchema();
  if (kind === 'results') {
    return (await import('../../experiment/results-schema.ts')).resultsJsonSchema();
  }
  throw new UserError(`no schema of '${kind.slice(0, 40)}'`, {
    hint: suggestion(kind, ['scenario', 'results']),
  });
}
