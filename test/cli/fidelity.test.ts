import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changedProgram } from './built-copy.ts';
import { emptyFolder, gfpsim, lastLine, ROOT, runProgram } from './gfpsim.ts';

// The command as a process: what it prints, and how it ends. Groups that take no time stand for
// all; the tests of fidelity hold every quantity of every group.

const FIXTURES = join(ROOT, 'test/fixtures');
const QUICK = ['masks', 'slabs', 'zones'];

/** The measurements of one folder once more, one of them changed. */
function changedMeasurements(file: string, from: string, to: string): string {
  const folder = emptyFolder();
  const [part] = file.split('/');
  cpSync(join(FIXTURES, part!), join(folder, part!), { recursive: true });
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
  return folder;
}

describe('measurements that are met', () => {
  it('are counted group by group, and the run ends with 0, without a word of talk', () => {
    const { status, stdout, stderr } = gfpsim(['fidelity', ...QUICK]);
    expect([status, stderr]).toEqual([0, '']);
    const table = stdout.replace(/ +/g, ' ');
    expect(table).toContain('\nmasks 308 masks 308/308 308 0 0 0 -\n');
    expect(table).toContain('\nslabs 276 caches 777/777 777 0 0 0 1.000\n');
    expect(table).toContain('\nzones 270 zones 2633/2633 2633 0 0 0 1.000\n');
    expect(table).toContain('\n3 groups, 3718 quantities: all agree, 3718 exactly.\n');
  });

  it('are told one by one with -v, in 80 columns', () => {
    const { stdout } = gfpsim(['fidelity', ...QUICK, '-v']);
    expect(stdout.replace(/ +/g, ' ')).toContain(
      '\n 4.17 128M, 1 CPU, boot, DMA32\n spanned 28634 28634 1.000 exact\n',
    );
    expect(stdout.split('\n').length).toBeGreaterThan(3718);
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
  });

  it('stand as they are measured in CSV, a line each', () => {
    const { stdout } = gfpsim(['fidelity', 'masks', '--format', 'csv']);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toBe(
      'group,kernel,setting,quantity,measured,spread_low,spread_high,runs,simulated,allowed_low,allowed_high,agreement,ratio',
    );
    expect(lines).toHaveLength(308);
    expect(lines[0]).toBe(
      'masks,4.17,"GFP_KERNEL 0x14000c0, quiet-2011",gfp,0x14112c0,,,1,0x14112c0,,,exact,',
    );
  });

  it('are one object in JSON', () => {
    const { stdout } = gfpsim(['fidelity', 'slabs', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      groups: [{ name: 'slabs', settings: 276, unit: 'caches', quantities: 777, agree: 777 }],
    });
  });

  it("are the README's row in markdown", () => {
    const { stdout } = gfpsim(['fidelity', 'masks', '--format', 'markdown']);
    const row = stdout.split('\n').find((line) => line.startsWith('| `masks` |'))!;
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(readme).toContain(row.split(' | ').slice(0, 5).join(' | '));
  });

  it('are simulated once where a group is named twice', () => {
    const { stdout } = gfpsim(['fidelity', 'masks', 'masks']);
    expect(stdout).toContain('1 group, 308 quantities');
  });
});

describe('a measurement that is not met', () => {
  const folder = changedMeasurements('slab/attrs-4.17-1cpu.csv', '304,304,13,0', '304,304,14,0');
  const words = ['fidelity', 'slabs', '--measurements', folder];

  it('is named with both numbers, and the run ends with 3', () => {
    const { status, stdout, stderr } = gfpsim(words);
    expect(status).toBe(3);
    expect(lastLine(stderr)).toBe('gfpsim: exit 3: 1 quantity outside what is allowed');
    expect(stdout).toContain(
      'slabs  objs_per_slab: measured 14, simulated 13; 4.17 kmemleak_object, 1 CPU',
    );
    expect(stdout).toContain('776/777');
    expect(stdout).toContain('1 group, 777 quantities: 1 does not agree, 776 exactly.');
    expect(stdout).toMatch(/objs_per_slab +14 +13 +OUTSIDE/);
  });

  it.each([
    ['markdown', '| 4.17 | kmemleak_object, 1 CPU | objs_per_slab | 14 | 13 | | **outside** |'],
    ['csv', 'slabs,4.17,"kmemleak_object, 1 CPU",objs_per_slab,14,,,1,13,,,outside,'],
    ['json', '"agreement": "outside"'],
  ])('is there in %s, too', (format, line) => {
    const { status, stdout } = gfpsim([...words, '--format', format]);
    expect(status).toBe(3);
    expect(stdout).toContain(line);
  });

  it('is found by a model that has moved', () => {
    const program = changedProgram('model/mm/watermarks.js', '2 * gap', '2 * gap + 1');
    const { status, stderr, stdout } = runProgram(program, [
      ...['fidelity', 'zones', '--measurements', FIXTURES],
    ]);
    expect(status).toBe(3);
    expect(lastLine(stderr)).toBe('gfpsim: exit 3: 270 quantities outside what is allowed');
    expect(stdout).toContain('zones  and 262 more: gfpsim fidelity zones');
  });
});

describe('measurements that are not there', () => {
  it('end the run with 5 before anything is simulated', () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'kmemleak'));
    const { status, stdout, stderr } = gfpsim(['fidelity', '--measurements', folder]);
    expect([status, stdout]).toEqual([5, '']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^gfpsim: exit 5: .*\.csv: no such measurements; nor are \d+ others;/);
  });

  it('are missed by a program without its tests', () => {
    const program = changedProgram('cli/main.js', '#!', '#!');
    const { status, stderr } = runProgram(program, ['fidelity', 'masks']);
    expect(status).toBe(5);
    expect(stderr).toContain('test/fixtures/kmemleak/masktable-4.17.csv: no such measurements');
  });
});

describe('what cannot be read', () => {
  it('is the mistake of whoever names it', () => {
    const { status, stderr } = gfpsim(['fidelity', 'maskz']);
    expect(status).toBe(2);
    expect(lastLine(stderr)).toBe("gfpsim: exit 2: unknown group 'maskz'; did you mean 'masks'?");
  });

  it.each([
    ['drain', 'drain/measured-drains.json', '[', '{{', /measured-drains\.json: not JSON$/],
    ['masks', 'kmemleak/masktable-6.1.csv', '0xcc0,', '', /6\.1\.csv:2: not a row; expected 5 /],
  ])('is told with its place: %s', (group, file, from, to, message) => {
    const folder = changedMeasurements(file, from, to);
    const { status, stderr } = gfpsim(['fidelity', group, '--measurements', folder]);
    expect([status, lastLine(stderr)]).toEqual([2, expect.stringMatching(message)]);
  });
});
