import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, gfpsim, ROOT } from './gfpsim.ts';

const RIGHT = `question: q
kernel: "4.17"
machine:
  memory: 64MiB
load:
  - workload: drain
    params: { attempts: 10 }
variants: [quiet-2011]
`;

/** Wrong input is one line on stderr, exit 2, nothing on stdout and nothing written. */
function expectRefused(folder: string, words: readonly string[], message: string | RegExp): void {
  const before = readdirSync(folder, { recursive: true }).length;
  const { status, stdout, stderr } = gfpsim(words, folder);
  expect(stderr).toMatch(/^gfpsim: exit 2: [^\n]{1,500}\n$/);
  expect(stderr).toMatch(message);
  expect(stdout).toBe('');
  expect(status).toBe(2);
  expect(readdirSync(folder, { recursive: true })).toHaveLength(before);
}

describe('a wrong scenario', () => {
  it.each([
    [
      'an unknown key',
      `${RIGHT}sead: 1\n`,
      /s\.yaml:9:1: unknown key 'sead'; did you mean 'seed'\?/,
    ],
    ['a wrong unit', RIGHT.replace('64MiB', '64Mb'), /s\.yaml:4:11: .*did you mean 'MiB'/],
    [
      'an impossible zone',
      RIGHT.replace('memory: 64MiB', 'zones: { DMA: { managed: 9, present: 3 } }'),
      /managed/,
    ],
    [
      'a zone that is fuller than it is',
      RIGHT.replace('64MiB\n', '64MiB\n  free: { DMA: 9999 }\n'),
      /DMA/,
    ],
    ['an unknown variant', RIGHT.replace('quiet-2011', 'quiet-2012'), /did you mean 'quiet-2011'/],
    ['NaN', RIGHT.replace('attempts: 10', 'attempts: .nan'), /s\.yaml:7/],
    ['a negative number', `${RIGHT}replications: -3\n`, /'-3' is too small/],
    [
      'what is neither yes nor no',
      `${RIGHT}fault: { failslab: { ignore-gfp-wait: maybe } }\n`,
      /'maybe'; expected Y or N\n/,
    ],
    ['what is not modelled', RIGHT.replace('64MiB\n', '64MiB\n  numa: 2\n'), /does not model/],
    ['noise', 'x'.repeat(10 * 1024 * 1024), /10485760 characters/],
    ['binary noise', '\u0000\u0007'.repeat(50_000), /s\.yaml/],
    ['a machine that holds no kernel', RIGHT.replace('64MiB', '1MiB'), /s\.yaml:4:3: 1 MiB/],
  ])('%s', (_what, text, message) => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 's.yaml'), text);
    for (const words of [
      ['run', 's.yaml'],
      ['validate', 's.yaml'],
      ['show', 's.yaml'],
    ]) {
      expectRefused(folder, words, message);
    }
  });

  it.each(['utf16le', 'marked'])('in UTF-16 (%s)', (kind) => {
    const folder = emptyFolder();
    const text = kind === 'marked' ? `\ufeff${RIGHT}` : RIGHT;
    writeFileSync(join(folder, 's.yaml'), Buffer.from(text, 'utf16le'));
    expectRefused(folder, ['run', 's.yaml'], 's.yaml: the file is UTF-16; expected UTF-8');
    expectRefused(folder, ['machine', '--dmesg', 's.yaml'], 'the file is UTF-16; expected UTF-8');
  });

  it('that is not there', () => {
    expectRefused(emptyFolder(), ['run', 'nowhere.yaml'], 'no such scenario');
  });
});

describe('a broken machine', () => {
  const machine = join(ROOT, 'scenarios/machines/qemu-128M-4.17');
  const zoneinfo = readFileSync(join(machine, 'zoneinfo'), 'utf8');

  it.each([
    ['cut short', zoneinfo.slice(0, 1200), /zoneinfo:\d+/],
    [
      'without numbers',
      zoneinfo.replace('min      47', 'min      NaN'),
      /zoneinfo:32:18: min is 'NaN'/,
    ],
    [
      'with negative pages',
      zoneinfo.replace('pages free     3977', 'pages free     -77'),
      /zoneinfo/,
    ],
    ['empty', '', /zoneinfo/],
    ['ten megabytes of noise', 'noise '.repeat(1_700_000), /zoneinfo/],
  ])('%s', (_what, text, message) => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'procfs'));
    writeFileSync(join(folder, 'procfs/zoneinfo'), text);
    copyFileSync(join(machine, 'buddyinfo'), join(folder, 'procfs/buddyinfo'));
    writeFileSync(join(folder, 's.yaml'), RIGHT.replace('memory: 64MiB', 'procfs: procfs'));
    expectRefused(folder, ['run', 's.yaml'], message);
    expectRefused(folder, ['machine', '--procfs', 'procfs'], message);
    expectRefused(folder, ['decide', '--procfs', 'procfs', '--gfp', 'GFP_KERNEL'], message);
  });
});

describe('wrong words', () => {
  it.each([
    [['lst'], "unknown command 'lst'; did you mean 'list'"],
    [[], 'name a command'],
    [['list', 'varants'], "did you mean 'variants'"],
    [['run', '--reps', '-1'], '--reps'],
    [['run', '--reps', 'NaN'], 'is not a count'],
    [['run', '--seed', '1', '--seed', '2'], '--seed is given 2 times'],
    [['run', '--variants', 'x'], "unknown option '--variants'; did you mean '--variant'?"],
    [['list', '--fromat=json', 'kernels'], "unknown option '--fromat'; did you mean '--format'?"],
    [['list', 'kernels', '-Z'], "unknown option '-Z'; see gfpsim list --help"],
    [['list', 'kernels', 'more'], "'more' is too much"],
    [['run', 'rfc-2018/drian'], "did you mean 'rfc-2018/drain'?"],
    [['run', '-P', 'load.0.params.atempts=1,2'], "did you mean 'attempts'"],
    [['baseline', 'save', 'x', 'smoke', '-t', 'kmemleak_alve>=1'], "did you mean 'kmemleak_alive'"],
    [['run', '--color', 'alwys'], 'always'],
    [['run', '-V', 'rfc-strikt'], "did you mean 'rfc-strict'"],
    [['run', '-V', 'a,,b'], 'empty name'],
    [['run', '--mask', 'mine'], "--mask 'mine' has no '='; expected id=EXPR"],
    [['run', '--mask', 'mi ne=gfp'], "the id 'mi ne', which cannot be one"],
    [['run', '--mask', 'x=gfp', '--mask', 'x=~gfp'], "two masks are called 'x'"],
    [['run', '--mask', 'x=gfp|0x100'], 'has bits 0x100 that mean nothing there'],
    [['gfp', 'GFP_KERNEL', '--mask', 'x=~0'], 'that mean nothing there'],
    [['run', '--precision', '-5%'], "--precision: '-5%' is not a percentage"],
    [['run', '--precision', '0.05'], "--precision '0.05' has no unit; expected 5%"],
    [['run', '--precision', '5%', '-r', '10'], '--reps and --precision are given together'],
    [['run', '--max-reps', '5'], '--max-reps limits nothing without --precision'],
    [['run', '--vectors', '-5ms'], "--vectors: '-5ms' is negative"],
    [['run', '--vectors', '0'], "--vectors: time '0' has no unit"],
    [['run', '-q', '-v'], '--quiet and --verbose are given together'],
    [['run', '--one-plot', '--export', 'csv=x'], '--one-plot draws nothing by itself'],
    [['report', 'x', '-o', ''], '--out has an empty name'],
    [['nothing'], "unknown command 'nothing'; see gfpsim --help"],
    [['mix', 'a', 'run'], "unknown command 'mix'"],
    [['rn'], "unknown command 'rn'; did you mean 'run'?"],
    [['run', '--mask', 'mine=gfp | __GFP_NOWORN'], '__GFP_NOWARN'],
    [['run', '-s', 'machine.memory'], 'expected path=value'],
    [['run', '--format', 'xml'], "cannot write the format 'xml'"],
    [['run', '--export', 'csv'], 'names no file'],
    [['run', '--name', 'baselines'], "'baselines' is where baselines are; expected another name"],
    [['run', '--name', '../x'], 'cannot name a results folder'],
    [['machine'], 'no machine is given'],
    [['machine', '128'], "size '128' has no unit"],
    [['machine', '-128MiB'], "'-128MiB' is neither an option nor a value"],
    [['machine', '--procfs', '-'], "'-' holds no zoneinfo"],
    [['machine', '128MiB', '--kernel', '4.18'], "unknown kernel '4.18'"],
    [['machine', '128MiB', '--set', 'min_free_kbyte=1'], "did you mean 'min_free_kbytes'"],
    [['gfp', 'GFP_KERNL'], 'GFP_KERNEL'],
    [['gfp', 'NaN'], ''],
    [['gfp', '0x1ffffffff'], ''],
    [['gfp', 'GFP_KERNEL', '--order', '11'], 'refuses whatever is above 10; expected'],
    [['decide', '1GiB', '-g', 'GFP_KERNEL', '--order', '31'], 'a whole number from 0 to 30'],
    [['decide', '1GiB', '-g', 'GFP_KERNEL', '--free', 'DMA=1', '--free', 'dma=2'], 'DMA twice'],
    [['decide', '128MiB', '--gfp', 'GFP_KERNEL', '--free', 'DMA=x'], "'x' is not a page count"],
    [['decide', '128MiB', '--gfp', 'GFP_KERNEL', '--free', 'Normal=5'], "no zone 'Normal'"],
    [['decide', '128MiB', '--gfp', 'GFP_KERNEL', '--free', 'DMA=99999'], '99999 free pages'],
    [['decide', '128MiB'], 'gfp'],
    [['explain', 'W9'], "nothing is called 'W9'"],
    [['schema', 'scenarios'], "did you mean 'scenario'"],
    [['-C', '/nowhere/at/all', 'list', 'kernels'], 'no such directory'],
  ])('%j', (words, message) => {
    expectRefused(emptyFolder(), words, message);
  });
});

describe('a path that leads nowhere', () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'file'), 'no folder');
  // As in the project's own results: beside the folders stands a file.
  mkdirSync(join(folder, 'results'));
  writeFileSync(join(folder, 'results/README.md'), '');
  const long = 'x'.repeat(300);

  it.each([
    [['run', 'file/x.yaml'], 2],
    [['run', long], 2],
    [['run', 'rfc-2018/drain', '-V', './file/x.js'], 2],
    [['run', 'rfc-2018/drain', '-V', 'pool-5.4', '-o', 'file'], 2],
    [['baseline', 'save', 'x', 'rfc-2018/drain', '-V', 'pool-5.4', '-o', 'file'], 2],
    [['baseline', 'show', 'x', '-o', 'file'], 5],
    [['check', '--baseline', 'x', '-o', 'file'], 5],
    [['compare', 'a=nowhere', 'b=nowhere'], 5],
    [['compare', 'a=nowhere', 'b=nowhere', '-o', 'file'], 5],
    [['report', long], 5],
    [['replay', '0123abcd', '-o', 'file'], 5],
  ])('%j', (words, status) => {
    const refused = gfpsim(words, folder);
    expect(refused.stderr).not.toContain('internal error');
    expect(refused.status).toBe(status);
  });
});
