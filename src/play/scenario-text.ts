import { stringify } from 'yaml';
import type { Catalogs } from '../scenario/catalogs.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { loadScenario, readScenarioTree, type ScenarioFiles } from '../scenario/load.ts';
import { withFileNames } from '../scenario/load-files.ts';
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

/**
 * What the scenario and the changes say together, as it is written, extends resolved. Files that it
 * names are named as seen from anywhere.
 */
export function treeOf(state: PlayState, files: ScenarioFiles, catalogs: Catalogs): TreeMap {
  let located: LocatedTree = readScenarioTree(fileOf(state), files);
  for (const override of overridesOf(state)) located = applyOverride(located, override);
  const { tree, places } = located;
  if (!isTreeMap(tree)) return {};
  const { extends: _, ...own } = tree;
  return withFileNames(own, catalogs, (written, path) => {
    const at = places.nearest(path);
    const isOurs = at === undefined || at.file.startsWith('at ');
    return isOurs ? written : files.resolve(at.file, written);
  });
}

/** One file that says it all. */
export function yamlOf(tree: Tree): string {
  return stringify(tree, { lineWidth: 96, aliasDuplicateObjects: false });
}
