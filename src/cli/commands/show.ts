import { TERMINAL_WIDTH } from '../../base/fold-line.ts';
import { hang } from '../../report/table.ts';
import { flagOf, listOf } from '../arguments.ts';
import { type Command, reportOutput } from '../command.ts';
import { OVERRIDE_OPTIONS, scenarioPositional } from '../common-options.ts';

const VALUE_WIDTH = 16;

const command: Command = {
  name: 'show',
  summary: 'Every parameter of a scenario as its runs use it, with unit and origin',
  usage: 'show <scenario..>',
  example: ['gfpsim show rfc-2018/drain --origin', 'what is simulated, and who says so'],
  formats: ['text', 'json'],
  positionals: scenarioPositional(),
  options: {
    ...OVERRIDE_OPTIONS,
    origin: { type: 'boolean', describe: 'Where each value comes from' },
  },
  async run(args) {
    const [{ selectScenarios }, { loadSelection }, { showRows }] = await Promise.all([
      import('../selection/suites.ts'),
      import('../selection/load-selection.ts'),
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

/** The origin stands in its line where there is room, else below. */
function text({ scenario, parameters }: Shown, withOrigin: boolean): string {
  const width = Math.max(...parameters.map(({ path }) => path.length));
  const lines = parameters.flatMap(({ path, value, unit, origin }) => {
    const shown = Array.isArray(value) ? value.join(', ') : String(value);
    const told = hang(`${path.padEnd(width)}  `, unit === '' ? shown : `${shown} ${unit}`);
    if (!withOrigin) return told;
    const last = told.at(-1)!;
    const column = Math.max(last.length + 2, width + VALUE_WIDTH);
    const below = hang(`${' '.repeat(width + 2)}# `, origin);
    if (column + 2 + origin.length > TERMINAL_WIDTH) return [...told, ...below];
    return [...told.slice(0, -1), `${last.padEnd(column)}# ${origin}`];
  });
  return [scenario, ...lines].join('\n');
}
