import { join, relative } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { treeOf, yamlOf } from '../../play/scenario-text.ts';
import { loadScenario } from '../../scenario/load.ts';
import { withFileNames } from '../../scenario/load-files.ts';
import { formatPath, type Path } from '../../scenario/load-places.ts';
import { NodeFiles, readText } from '../files/node-files.ts';
import { loadCatalogs } from '../load-catalogs.ts';
import { SCENARIO_FOLDER, selectScenarios } from '../selection/suites.ts';
import { PACKAGE_ROOT } from '../version.ts';

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
  const catalogs = await loadCatalogs();
  loadScenario(file, { files: reader, catalogs });
  const bundled = bundledPath(file);
  if (bundled !== undefined) return { scenario: bundled.replace(/\.yaml$/, ''), files: {} };
  const state = { scenario: file, changes: {} };
  const tree = treeOf(state, reader, catalogs);
  const held = withFileNames(tree, catalogs, (path, at) => heldName(path, at, file));
  return { scenario: file, files: { [file]: yamlOf(held) } };
}

/** The page has the bundled machines and traces and no other copies of files. */
function heldName(path: string, at: Path, file: string): string {
  const name = bundledPath(path);
  if (name !== undefined) return name;
  const isMachine = at[0] === 'machine';
  const what = isMachine ? 'the copies of /proc in' : 'the file';
  throw new UserError(`the page cannot hold ${what} '${path.slice(0, 80)}'`, {
    at: { file },
    expected: isMachine
      ? 'machine.memory, machine.zones, or a machine in scenarios/machines'
      : `for ${formatPath(at)} a file in scenarios`,
  });
}

/** Below scenarios/; undefined: it is not there. */
function bundledPath(path: string): string | undefined {
  const below = relative(SCENARIO_FOLDER, path);
  return below.startsWith('..') ? undefined : below.split('\\').join('/');
}
