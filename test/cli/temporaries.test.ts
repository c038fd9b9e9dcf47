import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sweepTemporaries, temporaryFor } from '../../src/cli/files/temporaries.ts';

const NOW_MS = 1_700_000_000_000;
const DAY_MS = 24 * 3_600_000;

/** A file of this age after a sweep: is it still there? */
function survives(name: string, ageMs = 0): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'gfpsim-'));
  const path = join(folder, name);
  writeFileSync(path, 'half');
  utimesSync(path, (NOW_MS - ageMs) / 1000, (NOW_MS - ageMs) / 1000);
  sweepTemporaries(folder, NOW_MS);
  return existsSync(path);
}

test('what a killed process left half written goes at once, and what a living one writes stays', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  expect(survives(`a.json.${hostname()}-${pid}-0.tmp`)).toBe(false);
  expect(survives(temporaryFor('a.json'))).toBe(true);
});

test("another host's, and what is none of ours, goes after a day", () => {
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  for (const name of [`a.json.another.${hostname()}x-${pid}-0.tmp`, 'a.json']) {
    expect(survives(name)).toBe(true);
    expect(survives(name, DAY_MS)).toBe(true);
    expect(survives(name, DAY_MS + 1000)).toBe(false);
  }
});

test('a folder that is not there, nor can be, has nothing to sweep', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'gfpsim-')), 'file');
  writeFileSync(file, '');
  for (const folder of [`${file}-none-such`, join(file, 'below')]) {
    expect(() => sweepTemporaries(folder, NOW_MS)).not.toThrow();
  }
});
