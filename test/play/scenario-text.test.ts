import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { NodeFiles } from '../../src/cli/files/node-files.ts';
import { loadCatalogs } from '../../src/cli/load-catalogs.ts';
import { planRuns } from '../../src/experiment/plan.ts';
import type { PlayState } from '../../src/play/play-state.ts';
import { HeldFiles } from '../../src/play/scenario-files.ts';
import { loadState, treeOf, yamlOf } from '../../src/play/scenario-text.ts';
import type { Catalogs } from '../../src/scenario/catalogs.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { ROOT } from '../cli/gfpsim.ts';

// Is the file that a page hands out the scenario that the page runs?

const FOLDER = join(ROOT, 'scenarios');
const PATHS = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length + 1));
const FILES = new HeldFiles(
  Object.fromEntries(PATHS.map((path) => [path, readFileSync(join(FOLDER, path), 'utf8')])),
);

let catalogs: Catalogs;
beforeAll(async () => {
  catalogs = await loadCatalogs();
});

/** Ids of the runs: equal ids, equal runs. */
function idsOf(load: () => { scenario: Parameters<typeof planRuns>[0][number] }): string[] {
  return [...planRuns([load().scenario], catalogs)].slice(0, 3).map(({ id }) => id);
}

function written(state: PlayState): string {
  const file = join(mkdtempSync(join(tmpdir(), 'gfpsim-play-')), 'copied.yaml');
  writeFileSync(file, yamlOf(treeOf(state, FILES, catalogs)));
  return file;
}

describe('held files', () => {
  it('are the bundled scenarios and machines', () => {
    expect(FILES.scenarios()).toContain('rfc-2018/drain');
    expect(FILES.machines()).toContain('machines/qemu-128M-4.17');
  });

  it('are named from where a file stands, or as the bundled ones', () => {
    expect(FILES.resolve('rfc-2018/drain.yaml', '../machines/qemu-128M-4.17')).toBe(
      'machines/qemu-128M-4.17',
    );
    expect(FILES.resolve('my.yaml', 'machines/qemu-128M-4.17')).toBe('machines/qemu-128M-4.17');
    expect(FILES.resolve('a/my.yaml', 'machines/qemu-128M-4.17')).toBe('machines/qemu-128M-4.17');
    expect(FILES.resolve('a/my.yaml', '../b/./none')).toBe('b/none');
    expect(FILES.read('constructor')).toBeUndefined();
  });
});

describe('the copied file', () => {
  const names = FILES.scenarios();

  it.each(names)('of %s makes the same runs wherever it is put', (scenario) => {
    const state = { scenario, changes: {} };
    const file = written(state);
    const there = idsOf(() => loadScenario(file, { files: new NodeFiles(), catalogs }));
    expect(there).toEqual(idsOf(() => loadState(state, FILES, catalogs)));
    const own = join(FOLDER, `${scenario}.yaml`);
    expect(there).toEqual(idsOf(() => loadScenario(own, { files: new NodeFiles(), catalogs })));
  });

  it('holds the changes', () => {
    const changes = { seed: '00123', 'machine.cpus': '2', variants: '[pool-5.4, quiet-2011]' };
    const state = { scenario: 'rfc-2018/pressure', changes };
    const { scenario } = loadScenario(written(state), { files: new NodeFiles(), catalogs });
    expect(scenario.seed).toBe('00123');
    expect(scenario.machine.cpus).toBe(2);
    expect(scenario.variants).toEqual(['pool-5.4', 'quiet-2011']);
  });

  it('lacks what was taken away', () => {
    const changes = { 'machine.swap': '', 'machine.memory': '96MiB' };
    const text = yamlOf(treeOf({ scenario: 'rfc-2018/pressure', changes }, FILES, catalogs));
    expect(text).not.toContain('swap:');
    expect(text).toContain('memory: 96MiB');
  });
});
