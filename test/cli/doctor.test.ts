import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { workerBundleName } from '../../src/cli/batch/code-hash.ts';
import { nodeVersion } from '../../src/cli/doctor/doctor.ts';
import { builtFrom } from '../../src/cli/doctor/doctor-build.ts';
import { changedProgram } from './built-copy.ts';
import { emptyFolder, gfpsim, lastLine, runProgram } from './gfpsim.ts';

interface Found {
  readonly schemaVersion: number;
  readonly findings: readonly { check: string; status: string; text: string; next?: string }[];
}

function findings(folder: string) {
  const { stdout } = gfpsim(['doctor', '--format', 'json'], folder);
  const { schemaVersion, findings: all } = JSON.parse(stdout) as Found;
  expect(schemaVersion).toBe(1);
  return (check: string) => all.find((one) => one.check === check);
}

it('finds nothing wrong where nothing is, a line for each thing', () => {
  const folder = emptyFolder();
  // Its own copy: what others build in the meantime is no fault of it.
  const program = changedProgram('cli/main.js', '#!', '#!');
  const { status, stdout, stderr } = runProgram(program, ['doctor'], { cwd: folder });
  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(/^((ok|warn) +[a-z ]+ {2}\S| {16}\S)/);
  expect(stdout).toMatch(/catalogs +3 kernels, \d+ variants, \d+ workloads/);
  expect(readdirSync(folder)).toEqual([]);
});

it('fails with exit 1 and the reason last when a plug-in is broken', () => {
  const file = 'metric/metrics/kmemleak_alive.js';
  const program = changedProgram(file, "'kmemleak_alive'", "'kmemleak_alife'");
  const { status, stdout, stderr } = runProgram(program, ['doctor'], { cwd: emptyFolder() });
  expect(stdout).toMatch(/^fail {2}catalogs +metric file kmemleak_alive\.js must export/m);
  expect(lastLine(stderr)).toBe('gfpsim: exit 1: failed: catalogs');
  expect(status).toBe(1);
});

it('tells a damaged stored run from a whole one, and changes neither', () => {
  const folder = emptyFolder();
  expect(gfpsim(['run', 'smoke/drain', '-r', '1', '-V', 'untracked'], folder).status).toBe(0);
  const whole = findings(folder)('runs');
  expect(whole).toMatchObject({ status: 'ok', text: '1 stored runs of this code, all whole' });
  const runs = join(folder, 'results/.runs');
  const [file] = readdirSync(runs, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  );
  const path = join(runs, file!);
  const damaged = readFileSync(path, 'utf8').replace(/"events":\d/, '"events":9 ');
  writeFileSync(path, damaged);
  const found = findings(folder)('runs');
  expect(found).toMatchObject({ status: 'warn', next: expect.stringMatching(/made again/) });
  expect(found?.text).toContain(file);
  expect(readFileSync(path, 'utf8')).toBe(damaged);
});

it('counts what other states of the code have left', () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'results/.runs/0123456789abcdef/00'), { recursive: true });
  writeFileSync(join(folder, 'results/.runs/0123456789abcdef/00/x.json'), 'x');
  expect(findings(folder)('old runs')?.text).toMatch(/^1 runs of 1 other states/);
});

it('finds a store that is none', () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'results'), '');
  expect(findings(folder)('store')).toMatchObject({
    status: 'fail',
    text: 'results cannot be read and written',
  });
});

it.each([
  ['20.19.0', 'ok'],
  ['20.20.2', 'ok'],
  ['24.0.0', 'ok'],
  ['20.9.5', 'fail'],
  ['18.20.0', 'fail'],
])('takes Node %s for %s', (version, status) => {
  expect(nodeVersion(version).status).toBe(status);
});

describe('the build', () => {
  /** Sources and what was built of them, by the second in which they were written. */
  function rootWith(files: Readonly<Record<string, number>>) {
    const root = emptyFolder();
    for (const [name, seconds] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), '');
      utimesSync(join(root, name), seconds, seconds);
    }
    return builtFrom(root, pathToFileURL(join(root, 'dist/src/cli/doctor/doctor.js')).href);
  }

  const BUNDLE = `dist/${workerBundleName()}`;
  const WHOLE: Readonly<Record<string, number>> = {
    ...{ 'src/a.ts': 10, 'dist/src/a.js': 11, 'dist/src/a.d.ts': 11 },
    [BUNDLE]: 11,
  };

  it.each([
    ['as its sources', {}, 'ok', /^1 modules as their sources/],
    ['with a source that is newer', { 'src/a.ts': 12 }, 'fail', /^older than its source: a$/],
    ['with a source that is not built', { 'src/b/c.ts': 1 }, 'fail', /^not built: b\/c$/],
    ['with more than sources', { 'dist/src/b.js': 20 }, 'warn', /^without a source: b$/],
    [
      'with a plug-in of former days',
      { 'dist/src/metric/metrics/b.js': 20 },
      'fail',
      /^without a source: metric\/metrics\/b$/,
    ],
  ])('%s', (_what, more, status, text) => {
    const found = rootWith({ ...WHOLE, ...more });
    expect(found.status).toBe(status);
    expect(found.text).toMatch(text);
    if (status !== 'ok') expect(found.next).toMatch(/npm run build/);
  });

  it('without the one file that threads load', () => {
    const { [BUNDLE]: _, ...rest } = WHOLE;
    const found = rootWith(rest);
    expect([found.status, found.text]).toEqual(['warn', `not built: ${BUNDLE.slice(5)}`]);
  });

  it('without sources', () => {
    expect(rootWith({ 'dist/src/a.js': 1 }).text).toBe('installed without its sources');
  });
});
