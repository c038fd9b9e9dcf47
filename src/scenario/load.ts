import { type InputPosition, UserError } from '../base/user-error.ts';
import type { Catalogs } from './catalogs.ts';
import { checkWaiting } from './check-waiting.ts';
import { checkNames } from './load-checks.ts';
import type { TextFiles } from './load-files.ts';
import { schemaFault } from './load-issues.ts';
import { isTreeMap, mergeTrees } from './load-merge.ts';
import { locate, type Path, type Places } from './load-places.ts';
import { readSnapshot } from './load-snapshot.ts';
import { type LocatedTree, readYaml } from './load-yaml.ts';
import { applyOverride, type Override } from './overrides.ts';
import { resolveScenario, resolveTasks, variantsOf } from './resolve.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIO_SCHEMA, scenarioJsonSchema } from './schema.ts';

/** How scenario files are reached; nothing below the command line opens a file itself. */
export type ScenarioFiles = TextFiles;

/** A scenario with the places its values came from. */
export interface LoadedScenario {
  readonly scenario: Scenario;
  readonly file: string;
  readonly places: Places;
}

export interface LoadOptions {
  readonly files: ScenarioFiles;
  readonly catalogs: Catalogs;
  /** Laid over the files, the later ones winning. */
  readonly overrides?: readonly Override[];
  /** Proposals in files of the user's, which the catalog has by now: their names, by path. */
  readonly variantFiles?: ReadonlyMap<string, string>;
}

const MAX_EXTENDS = 8;

/** Reads, merges, overrides and checks a scenario; every mistake is one UserError. */
export function loadScenario(file: string, options: LoadOptions): LoadedScenario {
  let located = readScenarioTree(file, options.files);
  for (const override of options.overrides ?? []) located = applyOverride(located, override);
  const { tree, places } = located;
  if (!isTreeMap(tree)) {
    throw new UserError('not a scenario', { at: { file }, expected: 'keys such as question:' });
  }
  const parsed = SCENARIO_SCHEMA.safeParse(tree);
  if (!parsed.success) {
    throw schemaFault(parsed.error.issues, { places, value: tree, schema: scenarioJsonSchema() });
  }
  const at = positionIn(places, file);
  const { extends: _, variants: listed, metrics, ...sections } = parsed.data;
  const own = [...Object.keys(sections.masks), ...Object.keys(sections.derived)];
  const known = options.catalogs.variants;
  const nameOf = (written: string, index: number) => {
    const path = options.files.resolve(at(['variants', index]).file, written);
    const name = options.variantFiles?.get(path) ?? written;
    return own.includes(name) ? name : known.nameOf(name);
  };
  const variants = (listed ?? DEFAULT_VARIANTS).map(nameOf);
  const unlisted = own.filter((name) => !variants.includes(name));
  const snapshot = readSnapshot(sections.machine.procfs, at(['machine', 'procfs']), options.files);
  const scenario: Scenario = {
    ...sections,
    name: scenarioName(file),
    variants: [...variants, ...unlisted],
    ...(metrics === undefined ? {} : { metrics }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
  const checked = checkNames(scenario, options, places, at);
  checkResolves(checked, options.catalogs, at);
  return { scenario: checked, file, places };
}

/** A mistake that only shows when numbers meet is told with the place of its section. */
function checkResolves(
  scenario: Scenario,
  catalogs: Catalogs,
  at: (path: Path) => InputPosition,
): void {
  const { config } = locate(at(['machine']), () => resolveScenario(scenario, catalogs));
  const variants = variantsOf(scenario, catalogs);
  scenario.load.forEach((entry, index) => {
    const only = { ...scenario, load: [entry] };
    locate(at(['load', index, 'params']), () => {
      checkWaiting(variants, resolveTasks(only, 0, catalogs), config.kernel);
    });
  });
}

/** What a file says with what it extends, as it is written; nothing is checked yet. */
export function readScenarioTree(file: string, files: ScenarioFiles): LocatedTree {
  return readChain(file, files, []);
}

function readChain(file: string, files: ScenarioFiles, seen: readonly string[]): LocatedTree {
  const text = files.read(file);
  if (text === undefined) throw new UserError('no such scenario file', { at: { file } });
  const located = readYaml(text, file);
  const base = isTreeMap(located.tree) ? located.tree['extends'] : undefined;
  if (typeof base !== 'string') return located;
  const at = located.places.nearest(['extends']) ?? { file };
  const path = files.resolve(file, base);
  if ([...seen, file].includes(path) || seen.length >= MAX_EXTENDS) {
    throw new UserError(`extends goes round in a circle through ${path}`, { at });
  }
  if (files.read(path) === undefined) {
    throw new UserError(`no such scenario file '${base}'`, { at });
  }
  return mergeTrees(readChain(path, files, [...seen, file]), located);
}

function positionIn(places: Places, file: string): (path: Path) => InputPosition {
  return (path) => places.nearest(path) ?? { file };
}

/** What a scenario compares that does not say: the argument of 2018, and how it ended. */
const DEFAULT_VARIANTS = [
  'quiet-2011',
  'fi-nofail',
  'knob-task',
  'never-fails',
  'nofail-4.15',
  'nofaultinject',
  'pool-5.4',
  'rfc-nowait',
  'rfc-strict',
  'untracked',
];

/** The name goes into tables, CSV files and paths. */
function scenarioName(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1);
  return base.replace(/\.(ya?ml|json)$/, '').replace(/[^A-Za-z0-9._-]+/g, '-');
}
