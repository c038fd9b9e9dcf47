import { join, relative } from 'node:path';
import type { Named } from '../../base/catalog.ts';
import { suggestion } from '../../base/suggest.ts';
import { UserError } from '../../base/user-error.ts';
import { GFP_LAYOUTS } from '../../kernel/gfp-layouts.ts';
import { hang } from '../../report/table.ts';
import { flagOf, textOf } from '../arguments.ts';
import { type Command, reportOutput } from '../command.ts';
import { loadKernels, loadMetrics, loadVariants, loadWorkloads } from '../load-catalogs.ts';

type Rows = readonly (Named & Readonly<Record<string, unknown>>)[];

const KINDS: Readonly<Record<string, () => Promise<Rows>>> = {
  scenarios: listScenarios,
  variants: async () =>
    (await loadVariants())
      .all()
      .map(({ name, summary, source, injection, onFailure, ...rest }) => ({
        name,
        summary,
        source,
        injection,
        onFailure,
        ...(rest.objection === undefined ? {} : { objection: rest.objection }),
        ...(rest.aliases === undefined ? {} : { aliases: rest.aliases }),
        ...(rest.reserve === undefined ? {} : { reserve: rest.reserve }),
        ...(rest.embedded === undefined ? {} : { embedded: rest.embedded }),
        ...(rest.bound === undefined ? {} : { bound: rest.bound }),
      })),
  metrics: async () =>
    (await loadMetrics()).all().map(({ name, summary, unit, better, kind, survival }) => ({
      name,
      summary,
      source: 'simulated machine',
      unit,
      better,
      kind,
      survival: survival !== undefined,
    })),
  kernels: async () =>
    (await loadKernels()).all().map(({ name, summary, source, release }) => ({
      name,
      summary,
      source,
      release,
      flagTable: `Linux ${GFP_LAYOUTS.find(({ profile }) => profile === name)?.kernels ?? name}`,
    })),
  workloads: async () =>
    (await loadWorkloads()).all().map(({ name, summary }) => ({
      name,
      summary,
      source: 'generator',
    })),
};

const command: Command = {
  name: 'list',
  summary: 'What there is: scenarios, variants, metrics, kernels, workloads',
  usage: 'list <kind>',
  example: ['gfpsim list variants', 'every proposal with its source'],
  formats: ['text', 'json'],
  positionals: {
    kind: {
      describe: 'scenarios, variants, metrics, kernels or workloads',
      words: Object.keys(KINDS),
    },
  },
  options: {
    all: { type: 'boolean', describe: 'Of variants, also the ideas that nothing can be run of' },
  },
  async run(args) {
    const kind = textOf(args, 'kind') ?? '';
    const list = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (list === undefined) {
      throw new UserError(`nothing to list under '${kind.slice(0, 40)}'`, {
        hint: suggestion(kind, Object.keys(KINDS)),
      });
    }
    const all = flagOf(args, 'all');
    if (all && kind !== 'variants') {
      throw new UserError(`--all says nothing for '${kind}'`, { expected: 'list variants --all' });
    }
    const rows = [...(await list()), ...(all ? await ideas() : [])];
    return reportOutput(rows, () => table(rows));
  },
};

export default command;

async function listScenarios(): Promise<Rows> {
  const { bundledScenarios, SCENARIO_FOLDER, scenarioQuestion } = await import(
    '../selection/suites.ts'
  );
  return bundledScenarios().map((name) => {
    const file = join(SCENARIO_FOLDER, `${name}.yaml`);
    return { name, summary: scenarioQuestion(file), source: relative(process.cwd(), file) };
  });
}

async function ideas(): Promise<Rows> {
  const { IDEAS } = await import('../../model/kmemleak/ideas.ts');
  return IDEAS.map((idea) => ({ ...idea }));
}

function table(rows: Rows): string {
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return rows
    .flatMap(({ name, summary, reason }) => [
      ...hang(`${name.padEnd(width)}  `, summary),
      ...(reason === undefined ? [] : hang(`${' '.repeat(width)}  `, `no variant: ${reason}`)),
    ])
    .join('\n');
}
