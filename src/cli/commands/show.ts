import { flagOf, listOf } from '../arguments.ts';
import { type Command, reportOutput } from '../command.ts';
import { OVERRIDE_OPTIONS } from '../common-options.ts';

const command: Command = {
  name: 'show',
  summary: 'Every parameter of a scenario as its runs use it, with unit and origin',
  usage: 'show <scenario..>',
  example: ['gfpsim show rfc-2018/drain --origin', 'what is simulated, and who says so'],
  formats: ['text', 'json'],
  positionals: {
    scenario: {
      describe: 'Files, folders or bundled names',
      array: true,
      words: ['<scenarios>', '<files>'],
    },
  },
  options: {
    ...OVERRIDE_OPTIONS,
    origin: { type: 'boolean', describe: 'Where each value comes from' },
  },
  async run(args) {
    const [{ selectScenarios }, { loadSelection }, { showRows }] = await Promise.all([
      import('../suites.ts'),
      import('../load-selection.ts'),
      import('../../scenario/show-rows.ts'),
    ]);
    const { files } = selectScenarios(listOf(args, 'scenario'));
    const { catalogs, loaded } = await loadSelection(files, args);
    const shown = loaded.map((one) => ({
      schemaVersion: 1,
      scenario: one.scenario.name,
      file: one.file,
      parameters: showRows(one, catalogs),
    }));
    const origin = flagOf(args, 'origin');
    return reportOutput(shown.length === 1 ? shown[0] : shown, () =>
      shown.map((one) => text(one, origin)).join('\n\n'),
    );
  },
};

export default command;

interface Shown {
  readonly scenario: string;
  readonly parameters: readonly {
    readonly path: string;
    readonly value: unknown;
    readonly unit: string;
    readonly origin: string;
  }[];
}

function text({ scenario, parameters }: Shown, withOrigin: boolean): string {
  const rows = parameters.map(({ path, value, unit, origin }) => {
    const shown = Array.isArray(value) ? value.join(', ') : String(value);
    return { path, value: unit === '' ? shown : `${shown} ${unit}`, origin };
  });
  const pathWidth = Math.max(...rows.map(({ path }) => path.length));
  const valueWidth = Math.min(36, Math.max(...rows.map(({ value }) => value.length)));
  const lines = rows.map(({ path, value, origin }) => {
    const line = `${path.padEnd(pathWidth)}  ${value.padEnd(withOrigin ? valueWidth : 0)}`;
    if (!withOrigin) return line;
    // What is too long for its column keeps the next one straight.
    const gap = value.length > valueWidth ? `\n${' '.repeat(pathWidth + valueWidth + 4)}` : '  ';
    return `${line}${gap}${origin}`;
  });
  return [scenario, ...lines].join('\n');
}
