import { join, relative } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { treeOf, yamlOf } from '../play/scenario-text.ts';
import { loadScenario } from '../scenario/load.ts';
import { isTreeMap } from '../scenario/load-merge.ts';
import type { TreeMap } from '../scenario/load-yaml.ts';
import { loadCatalogs } from './load-catalogs.ts';
import { NodeFiles, readText } from './node-files.ts';
import { SCENARIO_FOLDER, selectScenarios } from './suites.ts';
import { PACKAGE_ROOT } from './version.ts';

/** Where the page finds what it was made with. */
const OWN = '<script type="application/json" id="own">null</script>';

/** The built page, made to begin with a scenario. */
export async function playground(scenario: string | undefined): Promise<string> {
  const file = join(PACKAGE_ROOT, 'dist/playground.html');
  const page = readText(file);
  if (page === undefined) {
    throw new UserError('the playground is not built', { at: { file }, hint: 'npm run build' });
  }
  if (scenario === undefined) return page;
  const own = JSON.stringify(await ownPart(scenario)).replace(/</g, '\\u003c');
  return page.replace(OWN, () => OWN.replace('null', () => own));
}

/** A bundled scenario by its name, another one with its text. */
async function ownPart(name: string): Promise<unknown> {
  const { files } = selectScenarios([name]);
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) {
    throw new UserError(`'${name}' is ${files.length} scenarios`, { expected: 'one of them' });
  }
  const reader = new NodeFiles();
  loadScenario(file, { files: reader, catalogs: await loadCatalogs() });
  const bundled = bundledPath(file);
  if (bundled !== undefined) return { scenario: bundled.replace(/\.yaml$/, ''), files: {} };
  const state = { scenario: file, changes: {} };
  return {
    scenario: file,
    files: { [file]: yamlOf(withBundledMachine(treeOf(state, reader), file)) },
  };
}

/** The page has the bundled machines and no other copies of /proc. */
function withBundledMachine(tree: TreeMap, file: string): TreeMap {
  const machine = tree['machine'];
  const procfs = isTreeMap(machine) ? machine['procfs'] : undefined;
  if (!isTreeMap(machine) || typeof procfs !== 'string') return tree;
  const path = bundledPath(procfs);
  if (path !== undefined) return { ...tree, machine: { ...machine, procfs: path } };
  throw new UserError(`the page cannot hold the copies of /proc in '${procfs.slice(0, 80)}'`, {
    at: { file },
    expected: 'machine.memory, machine.zones, or a machine in scenarios/machines',
  });
}

/** Below scenarios/; undefined: it is not there. */
function bundledPath(path: string): string | undefined {
  const below = relative(SCENARIO_FOLDER, path);
  return below.startsWith('..') ? undefined : below.split('\\').join('/');
}
