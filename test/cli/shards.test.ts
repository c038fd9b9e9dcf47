import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashHex } from '../../src/base/hash.ts';
import { askedBatch } from '../../src/cli/batch/asked-batch.ts';
import { finishBatch } from '../../src/cli/batch/finish-batch.ts';
import { makeBatch } from '../../src/cli/batch/make-batch.ts';
import type { Arguments } from '../../src/cli/command.ts';
import { joinShards } from '../../src/cli/shards/join-shards.ts';
import { makeShard } from '../../src/cli/shards/make-shard.ts';
import { shardWish } from '../../src/cli/shards/shard.ts';
import { Terminal } from '../../src/cli/terminal/terminal.ts';
import { emptyFolder, gfpsim, lastLine, PROGRAM, ROOT, runProgram } from './gfpsim.ts';

// Batches in parts: made wherever, by whoever, joined they are what one run of it all gives.

const WORDS = ['rfc-2018/injection', 'rfc-2018/drain'];
const BATCH: Arguments = {
  variant: 'quiet-2011,pool-5.4,rfc-nowait',
  set: 'load.0.params.attempts=400',
  reps: '5',
};
const NAME = 'injection+drain';
const quiet = new Terminal({ color: 'never', progress: false, quiet: true, verbose: false });

function resultsIn(out: string, name = NAME): Record<string, string> {
  const folder = join(out, name);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((each) => /\.(csv|json|md)$/.test(each));
  return Object.fromEntries(files.map((each) => [each, readFileSync(join(folder, each), 'utf8')]));
}

/** A shard in a folder of its own; its path. */
async function shardOf(written: string, more: Arguments = {}, words = WORDS): Promise<string> {
  const args = { ...BATCH, jobs: '1', out: emptyFolder(), ...more };
  const asked = await askedBatch(words, args);
  const said = await makeShard(asked, shardWish(written, {}), args, quiet);
  return said.render('text').trim();
}

/** All of it at once; what it says. */
async function wholeOf(words: readonly string[], more: Arguments): Promise<string> {
  const args = { ...BATCH, jobs: '1', ...more };
  const asked = await askedBatch(words, args);
  const batch = asked.batchOf(asked.scenarios);
  await makeBatch(batch, quiet);
  return (await finishBatch(asked, { batch, unreached: [] }, args, quiet)).render('text');
}

async function mergeOf(files: readonly string[], more: Arguments): Promise<string> {
  const { asked, made, args } = await joinShards(files, more);
  return (await finishBatch(asked, made, args, quiet)).render('text');
}

const whole = emptyFolder();
const told = await wholeOf(WORDS, { out: whole });
const shards = [await shardOf('1/3'), await shardOf('2/3'), await shardOf('3/3')];

async function expectRefused(files: readonly string[], exitCode: number, message: RegExp) {
  const out = emptyFolder();
  await expect(joinShards(files, { out })).rejects.toMatchObject({
    exitCode,
    message: expect.stringMatching(message),
  });
  expect(readdirSync(out)).toEqual([]);
}

describe('merge', () => {
  it.each([
    ['in order', [0, 1, 2]],
    ['in any order, and one of them twice', [2, 1, 0, 2]],
  ])('gives the bytes of the whole batch: shards %s', async (_how, order) => {
    const out = emptyFolder();
    const files = order.map((i) => shards[i]!);
    expect(await mergeOf(files, { out })).toBe(told);
    expect(resultsIn(out)).toEqual(resultsIn(whole));
    // As if it had made them itself.
    const runs = (folder: string) => readdirSync(join(folder, '.runs'), { recursive: true }).sort();
    expect(runs(out)).toEqual(runs(whole));
  });

  it('writes all that run does: time series, another name', async () => {
    const words = ['rfc-2018/drain'];
    const more = { vectors: '1ms', mask: 'mine=gfp', reps: '1' };
    const [one, two, out] = [emptyFolder(), emptyFolder(), emptyFolder()];
    await wholeOf(words, { ...more, out: one, name: 'x' });
    const parts = [await shardOf('1/2', more, words), await shardOf('2/2', more, words)];
    await mergeOf(parts, { out: two, name: 'x' });
    expect(resultsIn(two, 'x')).toEqual(resultsIn(one, 'x'));
    const names = Object.keys(resultsIn(two, 'x'));
    expect(names.filter((name) => name.startsWith('vectors/')).length).toBeGreaterThan(1);
    // More parts than runs: those without any are shards as well.
    const thin = [1, 2, 3, 4].map((i) => shardOf(`${i}/4`, { reps: '1' }, words));
    await mergeOf(await Promise.all(thin), { out });
    expect(readFileSync(join(out, 'drain/runs.csv'), 'utf8').trim().split('\n')).toHaveLength(4);
  });

  it('refuses what is not all there', async () => {
    const two = [shards[0]!, shards[2]!];
    await expectRefused(two, 5, /1 of 3 shards are not there: 2; .*--shard 2\/3/);
    const half = await shardOf('1/2');
    await expectRefused([shards[1]!, half], 5, /it is of a batch in 2 shards, unlike/);
    await expectRefused([...shards, join(whole, 'none.shard')], 5, /none\.shard: no such shard/);
    await expectRefused([...shards, whole], 5, /cannot read it \(EISDIR\)/);
    await expectRefused([...shards, join(ROOT, 'package.json')], 5, /no shard of a batch/);
    await expectRefused([...shards, '/dev/null'], 5, /no shard of a batch/);
  });

  it.each([
    [{ seed: '2' }],
    [{ set: ['load.0.params.attempts=400', 'kernel=6.1'] }],
    [{ reps: '6' }],
    [{ vectors: '' }],
    [{ name: 'other' }],
  ])('refuses what is of another batch: %j', async (more) => {
    const files = [shards[1]!, await shardOf('1/3', more), shards[2]!];
    await expectRefused(files, 5, /it is of another batch, unlike/);
  });

  it('refuses what is damaged', async () => {
    const text = readFileSync(shards[0]!, 'utf8');
    const rest = shards.slice(1);
    const refused = async (change: (text: string) => string, message: RegExp) => {
      const path = join(emptyFolder(), 'a.shard');
      writeFileSync(path, change(text));
      await expectRefused([path, ...rest], 5, message);
    };
    const damagedRun = /the run \w{32} in it is damaged/;
    await refused((t) => t.replace('"runs":10', '"runs":11'), /its beginning is damaged/);
    await refused((t) => t.replace(/"events":\d/, '"events":'), damagedRun);
    await refused((t) => t.slice(0, -1), damagedRun);
    await refused((t) => withoutRuns(t, 1), /it holds 9 of its runs/);
    await refused((t) => `${t}x\ny\n`, /it holds more than its runs/);
    // The runs of another part, under this one's head.
    const other = readFileSync(shards[1]!, 'utf8').split('\n').slice(2);
    await refused((t) => [...t.split('\n').slice(0, 2), ...other].join('\n'), damagedRun);
  });

  it('refuses a run that gave other events than the same one elsewhere', async () => {
    const [path, out] = [join(emptyFolder(), 'a.shard'), emptyFolder()];
    copyFileSync(shards[0]!, path);
    const lines = readFileSync(path, 'utf8').split('\n');
    const body = lines[3]!.replace(/"fingerprint":"./, '"fingerprint":"z');
    lines.splice(2, 2, `gfpsim-run 1 ${hashHex(body)}`, body);
    writeFileSync(path, lines.join('\n'));
    await expect(mergeOf([...shards, path], { out })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/a\.shard: the run \w{32} in it gave other events/),
    });
    // One that is stored and damaged is no other one.
    const stored = readdirSync(join(out, '.runs'), { recursive: true, encoding: 'utf8' });
    truncateSync(join(out, '.runs', stored.find((name) => name.endsWith('.json'))!), 60);
    expect(await mergeOf(shards, { out })).toBe(told);
  });

  it('refuses scenarios that have changed', async () => {
    const file = join(emptyFolder(), 'own.yaml');
    const text = `question: q
kernel: "4.17"
machine: { memory: 64MiB }
load: [{ workload: drain, params: { attempts: 10 } }]
variants: [quiet-2011]
`;
    writeFileSync(file, text);
    const made = await shardOf('1/1', { set: undefined }, [file]);
    writeFileSync(file, text.replace('64MiB', '65MiB'));
    await expectRefused([made], 5, /its scenarios, or variants of your own, have changed/);
  });
});

describe('run --shard', () => {
  it('and merge, as processes; what other code has made is refused', () => {
    const out = emptyFolder();
    const short = ['-r', '8', '-s', 'load.0.params.attempts=200'];
    const words = ['rfc-2018/injection', '-V', 'quiet-2011,pool-5.4', ...short, '-o', out];
    const env = { JOB_COMPLETION_INDEX: '1', GFPSIM_SHARD_TOTAL: '2' };
    const second = runProgram(PROGRAM, ['run', ...words, '--shard', 'auto'], { env });
    const path = join(out, 'injection.2-of-2.shard');
    expect(`${second.status} ${second.stdout}`).toBe(`0 ${path}\n`);
    expect(second.stderr).toBe(
      'shard 2 of 2, by JOB_COMPLETION_INDEX\n' +
        'shard 2 of 2: 8 of 16 runs; gfpsim merge joins all 2\n',
    );
    expect(readdirSync(out).sort()).toEqual(['.runs', 'injection.2-of-2.shard']);
    const first = gfpsim(['run', ...words, '--shard', '1/2', '-j', '2']).stdout.trim();
    const merged = gfpsim(['merge', first, path, '-o', out, '--format', 'csv']);
    expect(merged.stderr).toBe(`16 runs, results in ${join(out, 'injection')}\n`);
    expect(merged.stdout).toBe(gfpsim(['run', ...words, '--format', 'csv']).stdout);

    const { status, stdout, stderr } = gfpsim(['merge', shards[0]!]);
    expect(`${status}${stdout}`).toBe('5');
    expect(lastLine(stderr)).toMatch(/^gfpsim: exit 5: .*: made by another version of gfpsim \(/);
  });

  it.each([
    [['--shard', '3/2'], /--shard: there is no part 3 of 2/],
    [['--shard', 'auto'], /nothing says which part this is; expected one of SLURM_ARRAY_TASK_ID/],
    [['--shard', '1/2', '--precision', '5%'], /--precision is for all runs/],
    [['--shard', '1/2', '--export', 'csv=a.csv'], /--export is for all runs.*with gfpsim merge/],
    [['--shard', '1/2', '--events'], /--events is for all runs.*with gfpsim replay/],
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
  const lines = text.split('\n').slice(0, -1 - 2 * count);
  return `${lines.join('\n')}\n`;
}
