import { stringify } from 'yaml';
import type { Catalogs } from '../scenario/catalogs.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { loadScenario, readScenarioTree, type ScenarioFiles } from '../scenario/load.ts';
import { isTreeMap } from '../scenario/load-merge.ts';
import type { LocatedTree, Tree, TreeMap } from '../scenario/load-yaml.ts';
import { applyOverride } from '../scenario/overrides.ts';
import { overridesOf, type PlayState } from './play-state.ts';

/** The file behind a scenario's name. */
export function fileOf({ scenario }: Pick<PlayState, 'scenario'>): string {
  return /\.(ya?ml|json)$/.test(scenario) ? scenario : `${scenario}.yaml`;
}

/** The checked scenario of a state, as the command line loads it. */
export function loadState(
  state: PlayState,
  files: ScenarioFiles,
  catalogs: Catalogs,
): LoadedScenario {
  return loadScenario(fileOf(state), { files, catalogs, overrides: overridesOf(state) });
}

/** What the scenario and the changes say together, as it is written, extends resolved. */
export function treeOf(state: PlayState, files: ScenarioFiles): TreeMap {
  let located: LocatedTree = readScenarioTree(fileOf(state), files);
  for (const override of overridesOf(state)) located = applyOverride(located, override);
  const { tree, places } = located;
  if (!isTreeMap(tree)) return {};
  const { extends: _, ...own } = tree;
  const machine = own['machine'];
  const procfs = isTreeMap(machine) ? machine['procfs'] : undefined;
  if (!isTreeMap(machine) || typeof procfs !== 'string') return own;
  const at = places.nearest(['machine', 'procfs']);
  const isOurs = at === undefined || at.file.startsWith('at ');
  const path = isOurs ? procfs : files.resolve(at.file, procfs);
  return { ...own, machine: { ...machine, procfs: path } };
}

/** One file that says it all. */
export function yamlOf(tree: Tree): string {
  return stringify(tree, { lineWidth: 96, aliasDuplicateObjects: false });
}
