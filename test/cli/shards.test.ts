import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashHex } from '../../src/base/hash.ts';
import { changedProgram } from './built-copy.ts';
import { emptyFolder, gfpsim, lastLine, ROOT, runProgram } from './gfpsim.ts';

// Batches in parts: made wherever, by whoever, joined they are what one run of it all gives.

const VARIANTS = ['-V', 'quiet-2011,pool-5.4,rfc-nowait'];
const SHORT = ['-s', 'load.0.params.attempts=400'];
const BATCH = ['rfc-2018/injection', 'rfc-2018/drain', ...VARIANTS, ...SHORT, '-r', '5'];
const NAME = 'injection+drain';

function resultsIn(out: string, name = NAME): Record<string, string> {
  const folder = join(out, name);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((each) => /\.(csv|json|md)$/.test(each));
  return Object.fromEntries(files.map((each) => [each, readFileSync(join(folder, each), 'utf8')]));
}

/** A shard in a folder of its own; its path. */
function makeShard(shard: string, words: readonly string[] = BATCH, jobs = '1'): string {
  const out = emptyFolder();
  const { status, stdout, stderr } = gfpsim([
    ...['run', ...words, '--shard', shard, '-j', jobs, '-o', out],
  ]);
  expect(`${status} ${stdout}`).toMatch(/^0 \S+\.shard\n$/);
  expect(stderr).toMatch(/^shard \d of \d: \d+ of \d+ runs; gfpsim merge joins all \d\n$/);
  return stdout.trim();
}

const whole = emptyFolder();
const told = gfpsim(['run', ...BATCH, '-q', '-o', whole]).stdout;
const shards = [makeShard('1/3'), makeShard('2/3', BATCH, '2'), makeShard('3/3')];

function expectRefused(words: readonly string[], code: number, message: RegExp): void {
  const out = emptyFolder();
  const { status, stdout, stderr } = gfpsim(['merge', ...words, '-o', out]);
  expect(stderr).toMatch(new RegExp(`^gfpsim: exit ${code}: [^\n]{1,500}\n$`));
  expect(stderr).toMatch(message);
  expect(`${status}${stdout}`).toBe(String(code));
  expect(readdirSync(out)).toEqual([]);
}

describe('merge', () => {
  it.each([
    ['in order', [0, 1, 2]],
    ['in any order, and one of them twice', [2, 1, 0, 2]],
  ])('gives the bytes of the whole batch: shards %s', (_how, order) => {
    const out = emptyFolder();
    const { status, stdout, stderr } = gfpsim([
      ...['merge', ...order.map((i) => shards[i]!), '-o', out],
    ]);
    expect(`${status} ${stdout}`).toBe(`0 ${told}`);
    expect(stderr).toContain(`30 runs, results in ${join(out, NAME)}\n`);
    expect(resultsIn(out)).toEqual(resultsIn(whole));
    // As if it had made them itself.
    const runs = (folder: string) => readdirSync(join(folder, '.runs'), { recursive: true }).sort();
    expect(runs(out)).toEqual(runs(whole));
  });

  it('writes all that run does: time series, formats, another name', () => {
    const words = ['rfc-2018/drain', ...VARIANTS, '--vectors', '1ms', '--mask', 'mine=gfp'];
    const [one, two, out] = [emptyFolder(), emptyFolder(), emptyFolder()];
    const plain = gfpsim(['run', ...words, '-o', one, '--name', 'x', '--format', 'mmtests']);
    const parts = [makeShard('1/2', words), makeShard('2/2', words)];
    const merged = gfpsim(['merge', ...parts, '-o', two, '--name', 'x', '--format', 'mmtests']);
    expect(merged.stdout).toBe(plain.stdout);
    expect(resultsIn(two, 'x')).toEqual(resultsIn(one, 'x'));
    expect(Object.keys(resultsIn(two, 'x')).filter((name) => /^vectors/.test(name))).not.toEqual(
      [],
    );
    // More parts than runs: those without any are shards as well.
    const few = ['rfc-2018/drain', ...VARIANTS];
    const thin = [1, 2, 3, 4].map((i) => makeShard(`${i}/4`, few));
    const { status, stderr } = gfpsim(['merge', ...thin, '-o', out]);
    expect(`${status} ${lastLine(stderr)}`).toBe(`0 3 runs, results in ${join(out, 'drain')}`);
  });

  it('refuses what is not all there', () => {
    expectRefused([shards[0]!, shards[2]!], 5, /1 of 3 shards are not there: 2; .*--shard 2\/3/);
    expectRefused([shards[1]!, makeShard('1/2')], 5, /it is of a batch in 2 shards, unlike/);
    expectRefused([...shards, join(whole, 'none.shard')], 5, /none\.shard: no such shard/);
    expectRefused([...shards, whole], 5, /cannot read it \(EISDIR\)/);
    expectRefused([...shards, join(ROOT, 'package.json')], 5, /no shard of a batch/);
    expectRefused([...shards, '/dev/null'], 5, /no shard of a batch/);
  });

  it('refuses what is of another batch', () => {
    for (const words of [
      [...BATCH, '--seed', '2'],
      [...BATCH, '-s', 'kernel=6.1'],
      [...BATCH.slice(0, -1), '6'],
      [...BATCH, '--vectors='],
      [...BATCH, '--name', 'other'],
    ]) {
      const other = makeShard('1/3', words);
      expectRefused([shards[1]!, other, shards[2]!], 5, /it is of another batch, unlike/);
    }
  });

  it('refuses what is damaged', () => {
    const text = readFileSync(shards[0]!, 'utf8');
    const damaged = (change: (text: string) => string) => {
      const path = join(emptyFolder(), 'a.shard');
      writeFileSync(path, change(text));
      return path;
    };
    const rest = shards.slice(1);
    const changed = (from: string | RegExp, to: string) => damaged((t) => t.replace(from, to));
    expectRefused([changed('"runs":10', '"runs":11'), ...rest], 5, /its beginning is damaged/);
    expectRefused([changed(/"events":\d/, '"events":'), ...rest], 5, /the run \w{32} in it is dam/);
    expectRefused([damaged((t) => t.slice(0, -1)), ...rest], 5, /the run \w{32} in it is damaged/);
    expectRefused([damaged((t) => withoutRuns(t, 1)), ...rest], 5, /it holds 9 of its runs/);
    expectRefused([damaged((t) => `${t}x\ny\n`), ...rest], 5, /it holds more than its runs/);
    // The runs of another part, under this one's head.
    const other = readFileSync(shards[1]!, 'utf8').split('\n').slice(2);
    const mixed = damaged((t) => [...t.split('\n').slice(0, 2), ...other].join('\n'));
    expectRefused([mixed, ...rest], 5, /the run \w{32} in it is damaged/);
  });

  it('refuses a run that gave other events than the same one elsewhere', () => {
    const [path, out] = [join(emptyFolder(), 'a.shard'), emptyFolder()];
    copyFileSync(shards[0]!, path);
    const lines = readFileSync(path, 'utf8').split('\n');
    const body = lines[3]!.replace(/"fingerprint":"./, '"fingerprint":"z');
    lines.splice(2, 2, `gfpsim-run 1 ${hashHex(body)}`, body);
    writeFileSync(path, lines.join('\n'));
    const { status, stderr } = gfpsim(['merge', ...shards, path, '-o', out]);
    expect(lastLine(stderr)).toMatch(
      /^gfpsim: exit 4: .*a\.shard: the run \w{32} in it gave other/,
    );
    expect(status).toBe(4);
    // One that is stored and damaged is no other one.
    const stored = readdirSync(join(out, '.runs'), { recursive: true, encoding: 'utf8' });
    truncateSync(join(out, '.runs', stored.find((name) => name.endsWith('.json'))!), 60);
    expect(gfpsim(['merge', ...shards, '-o', out]).stdout).toBe(told);
  });

  it('refuses what other code has made, or scenarios that have changed', () => {
    const program = changedProgram('model/costs.js', 'const', '/* */ const');
    const words = ['merge', ...shards, '-o', emptyFolder()];
    const { status, stderr } = runProgram(program, words, { cwd: ROOT });
    expect(`${status} ${stderr}`).toMatch(/^5 gfpsim: exit 5: .*made by another version of gfpsim/);

    const folder = emptyFolder();
    const text = `question: q
kernel: "4.17"
machine: { memory: 64MiB }
load: [{ workload: drain, params: { attempts: 10 } }]
variants: [quiet-2011]
`;
    writeFileSync(join(folder, 'own.yaml'), text);
    const made = gfpsim(['run', 'own.yaml', '--shard', '1/1'], folder);
    expect(made.stdout).toBe('results/own.1-of-1.shard\n');
    writeFileSync(join(folder, 'own.yaml'), text.replace('64MiB', '65MiB'));
    const changed = gfpsim(['merge', made.stdout.trim()], folder);
    expect(changed.stderr).toMatch(
      /^gfpsim: exit 5: .*its scenarios, or variants of your own, have/,
    );
  });
});

describe('run --shard', () => {
  it('says by what auto has chosen, and goes on where another has ended', () => {
    const out = emptyFolder();
    const words = ['run', 'rfc-2018/drain', ...VARIANTS, '--shard', 'auto', '-o', out];
    const env = { JOB_COMPLETION_INDEX: '1', GFPSIM_SHARD_TOTAL: '2' };
    const { stderr } = runProgram(join(ROOT, 'dist/src/cli/main.js'), words, { env });
    expect(stderr).toBe(
      'shard 2 of 2, by JOB_COMPLETION_INDEX\n' +
        'shard 2 of 2: 1 of 3 runs; gfpsim merge joins all 2\n',
    );
    expect(readdirSync(out).sort()).toEqual(['.runs', 'drain.2-of-2.shard']);
  });

  it.each([
    [['--shard', '3/2'], /--shard: there is no part 3 of 2/],
    [['--shard', 'auto'], /nothing says which part this is; expected one of SLURM_ARRAY_TASK_ID/],
    [['--shard', '1/2', '--precision', '5%'], /--precision is for all runs/],
    [['--shard', '1/2', '--format', 'csv'], /--format is for all runs.*with gfpsim merge/],
    [['--shard', '1/2', '--export', 'csv=a.csv'], /--export is for all runs/],
    [['--shard', '1/2', '--events'], /--events is for all runs.*with gfpsim replay/],
    [['--shard', '1/2', '--strict'], /--strict is for all runs/],
    [['--shard', '1/2', '--shard', '2/2'], /--shard is given 2 times/],
  ])('refuses %j', (words, message) => {
    const folder = emptyFolder();
    const { status, stderr } = gfpsim(['run', ...words], folder);
    expect(stderr).toMatch(/^gfpsim: exit 2: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });
});

function withoutRuns(text: string, count: number): string {
  return `${text
    .split('\n')
    .slice(0, -1 - 2 * count)
    .join('\n')}\n`;
}
