import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changedProgram } from './built-copy.ts';
import { emptyFolder, gfpsim, PROGRAM, ROOT, runProgram } from './gfpsim.ts';

// Batches: whoever makes the runs, and however often they are interrupted, the bytes are the same.

const BATCH = ['run', 'rfc-2018/injection', '-r', '20', '-V', 'quiet-2011,pool-5.4,rfc-nowait'];
const SHORT = ['-s', 'load.0.params.attempts=400', '-q'];

function resultsIn(out: string): Record<string, string> {
  const folder = join(out, 'injection');
  const names = readdirSync(folder).sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The stored runs below a results folder, as paths. */
function storedIn(out: string): string[] {
  const folder = join(out, '.runs');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name));
}

describe('a batch', () => {
  const out = emptyFolder();
  const first = gfpsim([...BATCH, ...SHORT, '-j', '1', '-o', out]);
  const results = resultsIn(out);

  it('is the same bytes on three threads as on one', () => {
    const other = emptyFolder();
    const { status, stdout } = gfpsim([...BATCH, ...SHORT, '-j', '3', '-o', other]);
    expect(`${status} ${stdout}`).toBe(`0 ${first.stdout}`);
    expect(resultsIn(other)).toEqual(results);
    expect(storedIn(other).map((path) => path.slice(other.length))).toEqual(
      storedIn(out).map((path) => path.slice(out.length)),
    );
  });

  it('has threads that are one file, made of just this code', async () => {
    type CodeHash = typeof import('../../src/cli/batch/code-hash.ts');
    const built = (await import(join(dirname(PROGRAM), 'batch/code-hash.js'))) as CodeHash;
    const bundle = built.workerBundleName();
    expect(readdirSync(join(ROOT, 'dist')).filter((name) => /^batch-worker/.test(name))).toEqual([
      bundle,
    ]);
    // Without it, and of other code, threads load their modules one by one.
    const program = changedProgram('cli/batch/batch-worker.js', 'const input', '/* */ const input');
    const other = emptyFolder();
    const words = [...BATCH, ...SHORT, '-j', '2', '-o', other];
    const { status, stdout } = runProgram(program, words, { cwd: ROOT });
    expect(`${status} ${stdout}`).toBe(`0 ${first.stdout}`);
    const { 'manifest.json': _, ...rest } = results;
    expect(resultsIn(other)).toMatchObject(rest);
  });

  it('makes a run again that is cut short, or touched, and says so', () => {
    // Two variants have one mask in this load: their runs are stored once.
    const stored = storedIn(out);
    expect(stored.length).toBe(40);
    truncateSync(stored[0]!, 100);
    appendFileSync(stored[7]!, ' ');
    const words = [...BATCH, ...SHORT.slice(0, 2), '-o', out];
    const { status, stderr, stdout } = gfpsim(words);
    expect(`${status} ${stdout}`).toBe(`0 ${first.stdout}`);
    const warnings = stderr.split('\n').filter((line) => line.startsWith('warning W020: '));
    expect(new Set(warnings.map((line) => line.split(' ')[5])).size).toBe(2);
    expect(resultsIn(out)).toEqual(results);
    expect(gfpsim(words).stderr).toBe(`60 runs, results in ${join(out, 'injection')}\n`);
  });

  it('goes on where a kill has left it, with nothing of it in the results', async () => {
    const killed = emptyFolder();
    const words = [...BATCH, ...SHORT, '-o', killed];
    const child = spawn(process.execPath, [PROGRAM, ...words, '-j', '2'], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('close', resolve));
    // As soon as some runs are there: killed in the midst of others.
    while (!hasRuns(killed)) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    await ended;
    const landed = storedIn(killed).map((path) => [path, readFileSync(path, 'utf8')] as const);
    expect(landed.length).toBeGreaterThan(0);
    expect(gfpsim(words).stdout).toBe(first.stdout);
    expect(resultsIn(killed)).toEqual(results);
    for (const [path, text] of landed) expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each([
    // 1 KiB each: stored runs do not fit; they do, and results do not.
    [2, '2'],
    [8, '1'],
  ])('loses nothing that was there when it cannot write (%d KiB, -j %s)', (room, jobs) => {
    // A limit on the size of files stands for a disk that is full.
    const words = [...BATCH, ...SHORT, '-o', out, '--seed', '2', '-j', jobs].map(
      (word) => `'${word}'`,
    );
    const command = `ulimit -f ${room}; trap '' XFSZ; exec '${process.execPath}' '${PROGRAM}' ${words.join(' ')}`;
    const { status, stderr } = runShell(command);
    expect(`${status} ${stderr}`).toMatch(/^2 gfpsim: exit 2: \S+: cannot write it \(EFBIG\)\n$/);
    expect(resultsIn(out)).toEqual(results);
  });
});

function runShell(command: string) {
  const script =
    "require('node:child_process').execFileSync('bash', ['-c', process.argv[1]], { stdio: 'inherit' })";
  return runProgram('-e', [
    `try { ${script} } catch (error) { process.exitCode = error.status }`,
    command,
  ]);
}

function hasRuns(out: string): boolean {
  try {
    return storedIn(out).length > 3;
  } catch {
    return false;
  }
}

describe('a sweep', () => {
  it('is a scenario for each point, under its own name', () => {
    const out = emptyFolder();
    const sweep = ['-P', 'machine.memory=64MiB..128MiB step 64MiB', '-P', 'seed=1,2'];
    const words = ['run', 'smoke/pressure', '-r', '1', '-V', 'quiet-2011', ...sweep];
    const { status, stderr } = gfpsim([...words, '-s', 'load.0.params.attempts=50', '-o', out]);
    expect(`${status} ${stderr}`).toMatch(/^0 4 runs/);
    const rows = readFileSync(join(out, 'pressure/runs.csv'), 'utf8').trimEnd().split('\n');
    expect(rows.slice(1).map((row) => row.split(',')[1])).toEqual([
      'pressure@machine.memory=64MiB@seed=1',
      'pressure@machine.memory=64MiB@seed=2',
      'pressure@machine.memory=128MiB@seed=1',
      'pressure@machine.memory=128MiB@seed=2',
    ]);
  });
});
