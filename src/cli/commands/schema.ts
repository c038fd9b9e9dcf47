import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { textOf } from '../arguments.ts';
import type { Command } from '../command.ts';
import type { OutputName } from '../output-schemas/outputs.ts';

type JsonSchema = Record<string, unknown>;

const SCHEMAS: Readonly<Record<string, () => Promise<JsonSchema>>> = {
  scenario: async () => (await import('../../scenario/schema.ts')).scenarioJsonSchema(),
  results: async () => (await import('../../experiment/results-schema.ts')).resultsJsonSchema(),
  report: async () => (await import('../../report/report-schema.ts')).reportJsonSchema(),
  'report-line': async () => (await import('../../report/report-schema.ts')).lineJsonSchema(),
  baseline: () => outputOf('baseline'),
  decide: () => outputOf('decide'),
  doctor: () => outputOf('doctor'),
  explain: () => outputOf('explain'),
  gfp: () => outputOf('gfp'),
  list: () => outputOf('list'),
  machine: () => outputOf('machine'),
  replay: () => outputOf('replay'),
  show: () => outputOf('show'),
  validate: () => outputOf('validate'),
};

async function outputOf(name: OutputName): Promise<JsonSchema> {
  return (await import('../output-schemas/outputs.ts')).outputJsonSchema(name);
}

const command: Command = {
  name: 'schema',
  summary: 'JSON Schema of scenario files, results and all JSON that a command writes',
  usage: 'schema <kind>',
  example: ['gfpsim schema scenario', 'what a scenario file may say'],
  formats: ['json'],
  positionals: {
    kind: { describe: Object.keys(SCHEMAS).join(', '), words: Object.keys(SCHEMAS) },
  },
  options: {},
  async run(args) {
    const kind = textOf(args, 'kind') ?? '';
    const schemaOf = Object.hasOwn(SCHEMAS, kind) ? SCHEMAS[kind] : undefined;
    if (schemaOf === undefined) {
      throw new UserError(`no schema of '${kind.slice(0, 40)}'`, {
        hint: suggestion(kind, Object.keys(SCHEMAS)),
      });
    }
    const schema = await schemaOf();
    return { render: () => `${JSON.stringify(schema, null, 2)}\n` };
  },
};

export default command;
