import { loadCatalogs } from '../../src/cli/load-catalogs.ts';
import { type LoadedScenario, loadScenario, type ScenarioFiles } from '../../src/scenario/load.ts';
import { type Override, parseOverride } from '../../src/scenario/overrides.ts';

export const catalogs = await loadCatalogs();

/** A small scenario that is right; tests make one thing wrong. */
export const SMALL = `question: How deep may they drain?
kernel: "4.17"
machine:
  memory: 128MiB
load:
  - workload: drain
    params: { size: 256, gfp: GFP_ATOMIC }
`;

/** Files that stand only in memory. */
export function filesOf(texts: Readonly<Record<string, string>>): ScenarioFiles {
  return {
    read: (path) => texts[path],
    resolve: (from, written) => {
      const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/') + 1) : '';
      return folder + written;
    },
  };
}

/** Loads `text` as s.yaml, with other files beside it and `--set` texts over it. */
export function load(
  text: string,
  others: Readonly<Record<string, string>> = {},
  sets: readonly (string | Override)[] = [],
): LoadedScenario {
  const overrides = sets.map((set) => (typeof set === 'string' ? parseOverride(set) : set));
  const files = filesOf({ ...others, 's.yaml': text });
  return loadScenario('s.yaml', { files, catalogs, overrides });
}
