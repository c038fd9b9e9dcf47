import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadVariants } from '../../src/cli/load-catalogs.ts';
import { emptyFolder, gfpsim } from './gfpsim.ts';

// Proposals that are not in the catalog: a file, an expression, a flag.

const folder = emptyFolder();

const QUIET = `export default {
  name: 'mine',
  summary: 'quiet-2011 once more',
  source: { who: 'somebody', date: '2026-01-01', ref: 'mine.mjs' },
  attempts: (caller, context, { gfp: { bits, composites } }) => {
    const kept = caller & (composites.GFP_KERNEL | composites.GFP_ATOMIC);
    return [(kept | bits.NORETRY | bits.NOMEMALLOC | bits.NOWARN) >>> 0];
  },
  injection: 'subject',
  onFailure: 'disable',
};
`;

const SCENARIO = `question: q
kernel: "4.17"
machine: { memory: 64MiB }
fault: { failslab: { probability: 100, interval: 2, times: -1, ignore-gfp-wait: N } }
load:
  - workload: drain
    params: { gfp: GFP_KERNEL, attempts: 50, stop-on-failure: off }
variants: [quiet-2011]
replications: 1
`;

const FLAGGED = 'flagged=(gfp & GFP_KERNEL) | __GFP_NORETRY | __GFP_NOWARN | NOFAULTINJECT';

beforeAll(() => {
  writeFileSync(join(folder, 'mine.mjs'), QUIET);
  writeFileSync(join(folder, 'cut.mjs'), 'export default {\n  name: "x",\n  oh no\n};\n');
  writeFileSync(join(folder, 'none.mjs'), 'export const mine = 1;\n');
  writeFileSync(join(folder, 'named.mjs'), QUIET.replace("'mine'", "'quiet-2011'"));
  writeFileSync(join(folder, 's.yaml'), SCENARIO);
});

/** Whether kmemleak lives at the end, by variant. */
function alive(words: readonly string[]): Record<string, string> {
  const { status, stdout, stderr } = gfpsim(['run', 's.yaml', '--format', 'csv', ...words], folder);
  expect(`${status} ${stderr}`).toMatch(/^0 /);
  const lines = stdout.split('\n').map((line) => line.split(','));
  const rows = lines.filter((line) => line[4] === 'kmemleak_alive');
  return Object.fromEntries(rows.map((line) => [line[2], line[9]]));
}

function refused(words: readonly string[], message: string): void {
  const { status, stdout, stderr } = gfpsim(words, folder);
  expect(stderr).toContain(message);
  expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
}

describe('a variant in a file', () => {
  it('runs like one of the catalog', () => {
    const run = ['run', 's.yaml', '-V', 'quiet-2011,./mine.mjs', '-s', 'load.0.params.attempts=9'];
    const { status, stdout } = gfpsim(run, folder);
    expect(status).toBe(0);
    expect(stdout).toContain('the same in every run of all variants');
    const runs = readFileSync(join(folder, 'results/s/runs.csv'), 'utf8').trim().split('\n');
    const prints = runs.slice(1).map((line) => line.split(',').at(-1));
    expect(prints[0]).toMatch(/^[0-9a-f]+$/);
    expect(prints[1]).toBe(prints[0]);
  });

  it('is refused with its file, and the line where that is known', () => {
    refused(['run', 's.yaml', '-V', './cut.mjs'], './cut.mjs:3: cannot be loaded: ');
    refused(['run', 's.yaml', '-V', './none.mjs'], './none.mjs: the module has no default export');
    refused(['run', 's.yaml', '-V', './no.mjs'], './no.mjs: no such variant file');
    refused(['gfp', '0', '-V', './named.mjs'], "there is a variant 'quiet-2011' already");
  });
});

describe('a variant in a file that talks', () => {
  const TALKING = `console.log('loading'); console.table([1]);\n${QUIET.replace('const kept', "console.info('trying'); process.stdout.write('on'); const kept")}`;

  it.each([
    [['run', 's.yaml', '-q', '-j', '1']],
    [['run', 's.yaml', '-q', '-j', '2', '--fresh', '-r', '8']],
    [['gfp', 'GFP_KERNEL']],
  ])('talks on stderr: %j', (words) => {
    writeFileSync(join(folder, 'talking.mjs'), TALKING.replace("'mine'", "'talking'"));
    const made = gfpsim([...words, '-V', './talking.mjs', '--format', 'json'], folder);
    expect(made.status).toBe(0);
    expect(() => JSON.parse(made.stdout)).not.toThrow();
    expect(made.stderr).toMatch(/^loading\n[\s\S]*trying\non/);
  });
});

describe('a variant in a file that a scenario names', () => {
  const deep = join(folder, 'deep');
  const scenario = (variants: string, base = '') =>
    `${base}${SCENARIO.replace('[quiet-2011]', variants)}`;

  beforeAll(() => {
    mkdirSync(deep);
    writeFileSync(join(deep, 'mine.mjs'), QUIET);
    writeFileSync(join(deep, 'own.yaml'), scenario('[quiet-2011, ./mine.mjs]'));
    writeFileSync(join(deep, 'lost.yaml'), scenario('[quiet-2011, ./lost.mjs]'));
    writeFileSync(join(folder, 'over.yaml'), 'extends: deep/own.yaml\nreplications: 2\n');
  });

  const named = (words: readonly string[]) => {
    const { status, stdout } = gfpsim([...words, '--format', 'json'], folder);
    expect(status).toBe(0);
    const { loads } = JSON.parse(stdout) as { loads: { rows: { variant: string }[] }[] };
    return loads.map(({ rows }) => rows.map(({ variant }) => variant));
  };

  it('is found beside that scenario, whoever extends it, and by threads', () => {
    expect(named(['run', 'deep/own.yaml'])).toEqual([['quiet-2011', 'mine']]);
    expect(named(['run', 'over.yaml', '-j', '2'])).toEqual([['quiet-2011', 'mine']]);
  });

  it('is loaded once, for several scenarios and for --variant', () => {
    const both = named(['run', 'deep/own.yaml', 'over.yaml', '-V', 'untracked,./deep/mine.mjs']);
    expect(both).toEqual([
      ['untracked', 'mine'],
      ['untracked', 'mine'],
    ]);
  });

  it('is missed where the scenario names it', () => {
    refused(['run', 'deep/lost.yaml'], "deep/lost.yaml:8:24: no such variant file 'deep/lost.mjs'");
    refused(['validate', 'deep/lost.yaml'], 'deep/lost.yaml:8:24: no such variant file');
  });

  it('may be made anew: other text, other runs', () => {
    expect(named(['run', 'deep/own.yaml'])).toEqual([['quiet-2011', 'mine']]);
    const prints = () => readFileSync(join(folder, 'results/own/runs.csv'), 'utf8');
    const before = prints();
    writeFileSync(join(deep, 'mine.mjs'), QUIET.replace('bits.NOWARN', 'bits.NOFAIL'));
    expect(named(['run', 'deep/own.yaml'])).toEqual([['quiet-2011', 'mine']]);
    expect(prints()).not.toBe(before);
  });
});

describe('a new flag', () => {
  it('is dropped unless both places are told of it', () => {
    const flag = 'NOFAULTINJECT=0x4000000';
    expect(alive(['--mask', FLAGGED, '--flag', flag])).toEqual({ 'quiet-2011': '0', flagged: '0' });
    const told = alive(['--mask', FLAGGED, '--flag', `${flag}:bits-shift,reclaim-mask`]);
    expect(told).toEqual({ 'quiet-2011': '0', flagged: '1' });
    const warned = gfpsim(['run', 's.yaml', '--mask', FLAGGED, '--flag', flag], folder).stdout;
    expect(warned).toContain('__GFP_NOFAULTINJECT is stripped: __GFP_BITS_SHIFT is still 25');
  });

  it('is a word of every mask, and refused where it is none', () => {
    const words = ['decide', '128MiB', '--gfp', 'GFP_KERNEL|__GFP_X', '--flag', 'X=0x4000000'];
    expect(gfpsim(words, folder).stdout).toContain('GFP_KERNEL|__GFP_X (0x54000c0)');
    refused(['gfp', '0', '--flag', 'X'], "--flag 'X' is not a new flag");
    refused(['run', 's.yaml', '--flag', 'X=3'], "--flag X=3: '3' is not one bit of a gfp mask");
  });
});

describe("every proposal's mask", () => {
  it('is a line of one table, in text, JSON and CSV', async () => {
    const names = (await loadVariants()).names();
    const text = gfpsim(['gfp', 'GFP_ATOMIC', '-V', 'all,./mine.mjs'], folder).stdout;
    expect(text).toMatch(/^nofail-4\.15 +1 +0x1091a20 +no +yes +1\/2 +no +no$/m);
    expect(text).toMatch(/^mine +1 +0x1091220 +no +yes +1\/2 +N +YN$/m);
    expect(text).toMatch(/^knob-scope +1 +0x1091220 +no +yes +1\/2 +no +no$/m);
    const flat = text.replace(/\s+/g, ' ');
    expect(flat).toMatch(/when every try has failed: disable: [^:]* mine reserve, then disable: /);
    expect(flat).toMatch(/warnings, which gfpsim explain tells: W2: [^:]*nofail-4\.15/);
    const csv = gfpsim(['gfp', 'GFP_ATOMIC', '-V', 'all', '--format', 'csv'], folder).stdout;
    const shown = new Set(
      csv
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[2]),
    );
    expect([...shown].sort()).toEqual(names.filter((name) => name !== 'untracked'));
    const json = gfpsim(['gfp', 'GFP_ATOMIC', '-V', 'all', '--format', 'json'], folder).stdout;
    const { variants } = JSON.parse(json) as { variants: { variant: string }[] };
    expect(variants.map(({ variant }) => variant)).toEqual(names);
  });
});
