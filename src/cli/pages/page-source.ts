import type { ReportParameter, ReportSource } from '../../report/report.ts';
import type { Catalogs } from '../../scenario/catalogs.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { variantsOf } from '../../scenario/resolve.ts';
import { showRows } from '../../scenario/show-rows.ts';
import type { GivenOptions } from '../selection/given-options.ts';

/** What a page says of where its runs come from, as far as the scenario tells. */
export function sourceOf(
  loaded: LoadedScenario,
  options: GivenOptions,
  catalogs: Catalogs,
): ReportSource {
  return {
    rows: 'proposals',
    commands: [runCommand(loaded.file, options)],
    parameters: parametersOf(loaded, catalogs),
    summaries: summariesOf(loaded, catalogs),
    missing: [],
  };
}

/** The command line that makes the runs of a scenario again. */
export function runCommand(file: string, options: GivenOptions): string {
  const given = Object.entries(options).flatMap(([name, values]) =>
    values.flatMap((value) => [`--${name}`, value]),
  );
  return ['gfpsim', 'run', file, ...given].map(quoted).join(' ');
}

/** As a shell takes it back. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function parametersOf(loaded: LoadedScenario, catalogs: Catalogs): ReportParameter[] {
  return showRows(loaded, catalogs).map(({ path, value, unit, origin }) => {
    const shown = Array.isArray(value) ? value.join(', ') : String(value);
    return { path, value: unit === '' ? shown : `${shown} ${unit}`, origin };
  });
}

function summariesOf({ scenario }: LoadedScenario, catalogs: Catalogs): Record<string, string> {
  const variants = variantsOf(scenario, catalogs);
  return Object.fromEntries(variants.map(({ name, summary }) => [name, summary]));
}
