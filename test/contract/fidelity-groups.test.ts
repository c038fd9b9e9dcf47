import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NodeFiles } from '../../src/cli/files/node-files.ts';
import { loadCatalogs, loadFidelityGroups } from '../../src/cli/load-catalogs.ts';
import type { FidelityGroup } from '../../src/fidelity/fidelity-group.ts';
import { Laboratory } from '../../src/fidelity/laboratory.ts';
import type { ResolvedRun } from '../../src/scenario/resolve.ts';
import { ROOT } from '../cli/gfpsim.ts';

// Is every group of measurements a good citizen, whatever was measured?

const FIXTURES = join(ROOT, 'test/fixtures');
const catalogs = await loadCatalogs();
const groups = (await loadFidelityGroups()).all();

/** Here nothing can be simulated. */
class IdleLaboratory extends Laboratory {
  override resolve(): ResolvedRun {
    throw new Error('simulated before its turn');
  }
}

/** Notes what is read of the measurements, found or not. */
class NotedFiles extends NodeFiles {
  readonly seen: string[] = [];

  override read(path: string): string | undefined {
    const name = relative(FIXTURES, path);
    if (!name.startsWith('..')) this.seen.push(name);
    return super.read(path);
  }
}

it('measurements of both kernels are there', () => {
  const idle = new IdleLaboratory(catalogs, new NodeFiles(), FIXTURES);
  const kernels = groups.flatMap((group) => group.settings(idle).map(({ kernel }) => kernel));
  expect([...new Set(kernels)].sort()).toEqual(['4.17', '6.1']);
  expect(groups.length).toBeGreaterThanOrEqual(10);
});

describe.each(groups.map((group) => [group.name, group] as const))('%s', (_, group) => {
  const settings = group.settings(new IdleLaboratory(catalogs, new NodeFiles(), FIXTURES));

  it('says what was measured, what it is held to and when it agrees', () => {
    for (const text of [group.summary, group.agreement, ...group.heldTo]) {
      expect(text).toMatch(/^\S.*\S$/);
      expect(text).not.toContain('|');
    }
    expect(group.heldTo.length).toBeGreaterThan(0);
    expect(group.unit).toMatch(/^[a-z]+s$/);
  });

  it('tells its settings apart, each of a kernel that there is', () => {
    const names = settings.map(({ kernel, name }) => `${kernel} ${name}`);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    for (const { kernel } of settings) expect(catalogs.kernels.has(kernel)).toBe(true);
  });

  it('reads no measurements but those that it names, and they are there', () => {
    for (const name of group.measurements) expect(existsSync(join(FIXTURES, name))).toBe(true);
    expect(unnamed(group)).toEqual([]);
  });

  it('gives whole quantities, the same each time', () => {
    const quantities = quickest(group, new Laboratory(catalogs, new NodeFiles(), FIXTURES));
    expect(quantities.length).toBeGreaterThan(0);
    expect(new Set(quantities.map(({ name }) => name)).size).toBe(quantities.length);
    for (const { name, measured, allowed, runs } of quantities) {
      expect(name).toMatch(/^\S.*\S$/);
      expect(measured === null ? allowed : measured).not.toBeNull();
      expect(runs).toBeGreaterThan(0);
      for (const limit of allowed ?? []) expect(limit).not.toBeNaN();
    }
    const again = quickest(group, new Laboratory(catalogs, new NodeFiles(), FIXTURES));
    expect(again).toEqual(quantities);
  });
});

/** What comes of the first setting. */
function quickest(group: FidelityGroup, laboratory: Laboratory) {
  return group.settings(laboratory)[0]!.quantities();
}

function unnamed(group: FidelityGroup): string[] {
  const files = new NotedFiles();
  quickest(group, new Laboratory(catalogs, files, FIXTURES));
  return files.seen.filter(
    (seen) => !group.measurements.some((name) => seen === name || seen.startsWith(`${name}/`)),
  );
}
