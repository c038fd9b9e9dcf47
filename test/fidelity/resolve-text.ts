import { loadCatalogs } from '../../src/cli/load-catalogs.ts';
import { NodeFiles } from '../../src/cli/node-files.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { type ResolvedRun, resolveRun, resolveScenario } from '../../src/scenario/resolve.ts';

const catalogs = await loadCatalogs();

/** The one run of this variant that a scenario with this text plans; what it names lies on disk. */
export function resolveText(text: string, variant: string): ResolvedRun {
  const name = 'drain.yaml';
  const onDisk = new NodeFiles();
  const files = {
    read: (file: string) => (file === name ? text : onDisk.read(file)),
    resolve: (from: string, written: string) => onDisk.resolve(from, written),
  };
  const { scenario } = loadScenario(name, { files, catalogs });
  const spec = { scenario: scenario.name, variant, replication: 0, seed: '1' };
  return resolveRun(scenario, resolveScenario(scenario, catalogs), spec, catalogs);
}
