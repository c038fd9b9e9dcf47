import { readFileSync, writeFileSync } from 'node:fs';
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
    expect(text).toMatch(/^nofail-4\.15 +1 +0x1091a20 +no +yes +1\/2 +no +no +disable +W2$/m);
    expect(text).toMatch(/^mine +1 +0x1091220 +no +yes +1\/2 +N +YN +disable$/m);
    expect(text).toMatch(/^knob-scope +1 +0x1091220 +no +yes +1\/2 +no +no +disable$/m);
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
