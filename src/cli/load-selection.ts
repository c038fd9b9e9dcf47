import type { Catalogs } from '../scenario/catalogs.ts';
import { type LoadedScenario, loadScenario } from '../scenario/load.ts';
import { locate, type Path } from '../scenario/load-places.ts';
import { type Override, parseOverride } from '../scenario/overrides.ts';
import { resolveScenario, resolveTasks } from '../scenario/resolve.ts';
import { countOf, listOf, namesOf, textOf } from './arguments.ts';
import type { Arguments } from './command.ts';
import { loadCatalogs } from './load-catalogs.ts';
import { NodeFiles } from './node-files.ts';

export interface LoadedSelection {
  readonly catalogs: Catalogs;
  readonly loaded: readonly LoadedScenario[];
}

/** Options of every command that loads scenarios; see overridesOf. */
export const OVERRIDE_OPTIONS = {
  set: { alias: 's', type: 'string', describe: 'PATH=VALUE laid over the scenario; repeatable' },
  seed: { type: 'string', describe: 'Seed of all random streams' },
  reps: { alias: 'r', type: 'string', describe: 'Runs of each variant' },
  variant: { alias: 'V', type: 'string', describe: 'Variants, the baseline first: a,b,c' },
  mask: { type: 'string', describe: "'id=EXPR': a variant from an expression; repeatable" },
} as const;

/** Loads scenario files with what the options lay over them, and checks that they resolve. */
export async function loadSelection(
  files: readonly string[],
  args: Arguments,
): Promise<LoadedSelection> {
  const overrides = overridesOf(args);
  const catalogs = await loadCatalogs();
  const reader = new NodeFiles();
  const loaded = files.map((file) => loadScenario(file, { files: reader, catalogs, overrides }));
  for (const one of loaded) checkResolves(one, catalogs);
  return { catalogs, loaded };
}

/** A mistake that only shows when numbers meet is told with the place of its section. */
function checkResolves({ scenario, places, file }: LoadedScenario, catalogs: Catalogs): void {
  const at = (path: Path) => places.nearest(path) ?? { file };
  locate(at(['machine']), () => resolveScenario(scenario, catalogs));
  locate(at(['load']), () => resolveTasks(scenario, 0, catalogs));
}

function overridesOf(args: Arguments): Override[] {
  const overrides = listOf(args, 'set').map(parseOverride);
  const seed = textOf(args, 'seed');
  if (seed !== undefined) {
    overrides.push({ path: ['seed'], value: seed, origin: `--seed ${seed.slice(0, 40)}` });
  }
  const reps = countOf(args, 'reps', 1);
  if (reps !== undefined) {
    overrides.push({ path: ['replications'], value: reps, origin: `--reps ${reps}` });
  }
  const variants = namesOf(args, 'variant');
  if (variants.length > 0) {
    const origin = `--variant ${variants.join(',').slice(0, 80)}`;
    overrides.push({ path: ['variants'], value: variants, origin });
  }
  for (const mask of listOf(args, 'mask')) overrides.push(maskOverride(mask));
  return overrides;
}

/** The name and the expression are checked where scenarios' own masks are. */
function maskOverride(mask: string): Override {
  const origin = `--mask ${mask.slice(0, 80)}`;
  const equals = mask.indexOf('=');
  const name = equals < 0 ? mask.trim() : mask.slice(0, equals).trim();
  const expression = equals < 0 ? '' : mask.slice(equals + 1).trim();
  return { path: ['masks', name], value: expression, origin };
}
