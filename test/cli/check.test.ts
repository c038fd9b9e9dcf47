import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { changedProgram } from './built-copy.ts';
import { emptyFolder, gfpsim, lastLine, PROGRAM, ROOT, runProgram } from './gfpsim.ts';

// Baselines and gates, through real processes. A tiny load: what is tested is the judging.

const TINY = ['rfc-2018/injection', '-r', '4', '-V', 'quiet-2011,pool-5.4'];
const SHORT = ['-s', 'load.0.params.attempts=300', '-s', 'metrics=[kmemleak_alive, host_failures]'];

/** Every file below a folder with its text. */
function textsUnder(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => /\.[a-z]+$/.test(name) && !name.startsWith('.runs'));
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('the committed smoke baseline', () => {
  const out = emptyFolder();

  beforeAll(() => {
    cpSync(join(ROOT, 'results/baselines'), join(out, 'baselines'), { recursive: true });
  });

  it('is what the program gives: exit 0', () => {
    const { status, stderr } = gfpsim(['check', '-o', out]);
    expect(`${status} ${stderr}`).toBe('0 ');
  });

  it('turns red when a watermark is shifted by a page, and says what moved first and when', () => {
    const program = changedProgram(
      'model/mm/watermarks.js',
      'const marks = { min, low: min + gap',
      'const marks = { min, low: min + gap + 1',
    );
    const before = textsUnder(out);
    const { status, stdout, stderr } = runProgram(program, ['check', '-o', out]);
    expect(status).toBe(4);
    expect(stdout).toMatch(/runs\s+have\s+other\s+events/);
    expect(lastLine(stderr)).toMatch(
      /^gfpsim: exit 4: \d+ runs left the baseline: pressure \S+: .* first moved between [\d.]+ ms and [\d.]+ ms: [a-z]+_\w+ [\d.]+ -> [\d.]+/,
    );
    expect(textsUnder(out)).toEqual(before);
  });
});

describe('a baseline of one’s own', () => {
  const out = emptyFolder();
  const make = (...words: readonly string[]) => gfpsim([...words, '-o', out]);
  const save = ['baseline', 'save', 'mine', ...TINY, ...SHORT];

  beforeAll(() => {
    expect(make(...save, '-t', 'host_failures:+5%').status).toBe(0);
  });

  it('is shown with what it was made of', () => {
    const { stdout } = make('baseline', 'show', 'mine');
    expect(stdout).toContain('made of rfc-2018/injection');
    expect(stdout).toContain('demands host_failures:+5%');
    expect(stdout).toContain('injection: 8 runs of quiet-2011, pool-5.4');
  });

  it('holds runs of another seed by their numbers alone', () => {
    const { status, stdout } = make('check', '-b', 'mine', '--seed', '2');
    expect(status).toBe(0);
    expect(stdout).toContain('runs of another seed');
  });

  it('exit 3 where a threshold is not met, each told by name', () => {
    const limits = ['host_failures<1', 'kmemleak_alive@pool-5.4>=1.5', 'host_attempts.max<=299'];
    const words = limits.flatMap((limit) => ['-t', limit]);
    const { status, stderr, stdout } = make('check', '-b', 'mine', ...words);
    expect(status).toBe(3);
    expect(lastLine(stderr)).toBe('gfpsim: exit 3: 5 of 7 gates failed');
    const said = stdout.replace(/\s+/g, ' ');
    expect(said).toContain('kmemleak_alive of pool-5.4: 1.00 [0.51, 1.00]; failed: ');
    expect(said).toContain('host_attempts of quiet-2011: 300; failed: host_attempts.max<=299');
  });

  it('exit 2 for a metric that does not exist, with the nearest that does; nothing is run', () => {
    const { status, stderr } = make('check', '-b', 'mine', '-t', 'host_failure:+5%');
    expect(status).toBe(2);
    expect(lastLine(stderr)).toBe(
      "gfpsim: exit 2: --threshold host_failure:+5%: no metric 'host_failure'; did you mean 'host_failures'?",
    );
  });

  it('exit 2 for a variant that is not in the runs, with those that are', () => {
    const words = ['check', '-b', 'mine', '-t', 'kmemleak_alive@pool-5.5>=1'];
    const { status, stdout, stderr } = make(...words);
    expect([status, stdout, lastLine(stderr)]).toEqual([
      2,
      '',
      "gfpsim: exit 2: --threshold kmemleak_alive@pool-5.5>=1: no variant 'pool-5.5' in these runs; did you mean 'pool-5.4'?",
    ]);
    const unsaved = ['baseline', 'save', 'other', ...TINY, ...SHORT];
    const saved = make(...unsaved, '-t', 'kmemleak_alive@rfc-strict>=1');
    expect(saved.status).toBe(2);
    expect(lastLine(saved.stderr)).toContain(
      "no variant 'rfc-strict' in these runs; known: quiet-2011, pool-5.4",
    );
    expect(existsSync(join(out, 'baselines/other'))).toBe(false);
  });

  it('says which of its demands are about variants that a narrower check leaves out', () => {
    const words = ['check', '-b', 'mine', '-V', 'quiet-2011'];
    const demand = 'kmemleak_alive@pool-5.4>=1';
    expect(make('baseline', 'update', 'mine', '-t', demand).status).toBe(0);
    const narrow = make(...words, '-t', 'host_failures:+5%');
    expect(make('baseline', 'update', 'mine', '-t', 'host_failures:+5%').status).toBe(0);
    expect(narrow.status).toBe(0);
    expect(narrow.stderr).toBe(`not judged: ${demand}: these runs have no pool-5.4\n`);
    expect(make(...words, '-t', demand).status).toBe(2);
  });

  it('says on stderr, too, where a demand has no data to be judged by', () => {
    const demand = 'stall_ns_p99@pool-5.4<1ms';
    const words = ['check', '-b', 'mine', '-t', demand, '--format', 'github'];
    const { status, stdout, stderr } = make(...words);
    expect(`${status} ${stdout}`).toContain('0 ::notice title=injection::3 gates: 1 without data');
    expect(stderr).toBe(`not judged: ${demand}: injection pool-5.4 has no data\n`);
  });

  it.each([
    [['check', '-b', 'nine'], "did you mean 'mine'"],
    [['check', '-b', 'mine', '-r', '5'], "no run 4 of 'quiet-2011'"],
    [['check', '-b', 'mine', '-s', 'horizon=1s'], 'is not the one it was made of'],
  ])('exit 5 for %j', (words, said) => {
    const { status, stderr } = make(...words);
    expect(status).toBe(5);
    expect(lastLine(stderr)).toContain(said);
  });

  it('is not made twice, and written by nobody while CI is set', () => {
    expect(lastLine(make(...save).stderr)).toContain("there is a baseline 'mine' already");
    const before = textsUnder(out);
    const words = ['baseline', 'update', 'mine', '-o', out];
    const { status, stderr } = runProgram(PROGRAM, words, { env: { CI: 'true' } });
    expect(`${status} ${lastLine(stderr)}`).toMatch(/^2 .*writes no baseline while CI is set/);
    expect(textsUnder(out)).toEqual(before);
  });

  it('stays as it was when its runs do not do what their scenario demands', () => {
    const before = textsUnder(out);
    const demand = 'expect=[{metric: kmemleak_alive, variant: pool-5.4, min: 2, why: never}]';
    const { status, stderr } = make('baseline', 'update', 'mine', '-s', demand);
    expect(status).toBe(3);
    expect(lastLine(stderr)).toContain('the baseline is as it was');
    expect(textsUnder(out)).toEqual(before);
  });

  it('gives a page to a CI that shows one', () => {
    const page = join(emptyFolder(), 'page.md');
    writeFileSync(page, '# former step\n');
    const words = ['check', '-b', 'mine', '-o', out, '--format', 'github'];
    const { stdout } = runProgram(PROGRAM, words, { env: { GITHUB_STEP_SUMMARY: page } });
    expect(stdout).toBe('::notice title=injection::2 gates: 2 passed\n');
    expect(readFileSync(page, 'utf8')).toMatch(/^# former step\n## injection\n/);
  });

  it('goes when it is told to', () => {
    mkdirSync(join(out, 'baselines/other'));
    expect(make('baseline', 'rm', 'mine').status).toBe(0);
    expect(existsSync(join(out, 'baselines/mine'))).toBe(false);
    expect(existsSync(join(out, 'baselines/other'))).toBe(true);
  });
});

describe('a baseline that is damaged', () => {
  const out = emptyFolder();
  const make = (...words: readonly string[]) => gfpsim([...words, '-o', out]);
  const file = (name: string) => join(out, 'baselines', name, 'baseline.json');
  const save = ['baseline', 'save', 'good', ...TINY, ...SHORT];
  const damaged = ['empty', 'old'];

  beforeAll(() => {
    expect(make(...save).status).toBe(0);
    const good = readFileSync(file('good'), 'utf8');
    for (const name of damaged) mkdirSync(join(out, 'baselines', name));
    writeFileSync(file('empty'), '');
    writeFileSync(file('old'), good.replace('"schemaVersion": 1', '"schemaVersion": 99'));
    // Of no concern to anybody, as some desktops leave it.
    mkdirSync(join(out, 'baselines/.cache'));
  });

  it('is listed as such, beside the others', () => {
    const { status, stdout } = make('baseline', 'list');
    expect(`${status} ${stdout}`).toBe(
      '0 empty  damaged: not a baseline of this version\n' +
        'good  rfc-2018/injection\n' +
        'old  damaged: not a baseline of this version\n',
    );
    const rows = JSON.parse(make('baseline', 'list', '--format', 'json').stdout) as unknown;
    expect(rows).toMatchObject([
      { name: 'empty', scenarios: [], damaged: 'not a baseline of this version' },
      { name: 'good', scenarios: ['rfc-2018/injection'] },
      { name: 'old', scenarios: [], damaged: 'not a baseline of this version' },
    ]);
  });

  it.each(damaged)('%s: is exit 5 with advice that helps', (name) => {
    for (const words of [
      ['baseline', 'show', name],
      ['baseline', 'update', name],
      ['check', '-b', name],
    ]) {
      const { status, stderr } = make(...words);
      expect(status).toBe(5);
      expect(lastLine(stderr)).toBe(
        `gfpsim: exit 5: ${file(name)}: not a baseline of this version; ` +
          `gfpsim baseline rm ${name}, then baseline save, makes it again`,
      );
    }
    expect(make('baseline', 'rm', name).status).toBe(0);
    expect(existsSync(join(out, 'baselines', name))).toBe(false);
    expect(make(...save.with(2, name)).status).toBe(0);
  });
});

describe('stored results', () => {
  const out = emptyFolder();
  const make = (...words: readonly string[]) => gfpsim([...words, '-o', out]);
  const id = () => readFileSync(join(out, 'one/runs.csv'), 'utf8').split('\n')[2]!.split(',')[0]!;

  let said = '';

  beforeAll(() => {
    said = make('run', ...TINY, ...SHORT, '--name', 'one', '-q').stdout;
    make('run', ...TINY, ...SHORT, '--name', 'two', '--seed', '2', '-q');
  });

  it('report says what run said', () => {
    expect(gfpsim(['report', join(out, 'one')]).stdout).toBe(said);
  });

  it('compare holds variants of one side to those of another', () => {
    const { stdout } = make('compare', 'old=one', 'new=two', '--format', 'ndjson');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const loads = lines.filter(({ type }) => type === 'load');
    expect(loads.map(({ name }) => name)).toEqual(['injection/quiet-2011', 'injection/pool-5.4']);
    expect(loads[0]).toMatchObject({ baseline: 'old', seed: '1, 2', warnings: [{ id: 'W017' }] });
  });

  it('that have no load in common cannot be compared: exit 5', () => {
    const words = ['rfc-2018/injection', '-r', '1', '-V', 'rfc-strict', ...SHORT];
    make('run', ...words, '--name', 'apart', '-q');
    for (const verb of [
      ['compare', 'one', 'apart', '-o', out],
      ['report', join(out, 'one'), join(out, 'apart')],
    ]) {
      const { status, stdout, stderr } = gfpsim(verb);
      expect([status, stdout, stderr]).toEqual([
        5,
        '',
        'gfpsim: exit 5: no load is on every side: one has injection quiet-2011, injection pool-5.4; apart has injection rfc-strict; expected results with the same scenario and variant\n',
      ]);
    }
  });

  it('replay makes one run again, exactly, and tells its events', () => {
    const file = join(out, 'events.txt');
    const { status, stdout } = make('replay', id().slice(0, 10), `--events=${file}`);
    expect(status).toBe(0);
    expect(stdout).toContain('injection quiet-2011, run 1 of seed 1');
    const events = Number(/, (\d+) events,/.exec(stdout)![1]);
    const all = readFileSync(file, 'utf8').trimEnd().split('\n');
    const kmem = /: (kmalloc|kfree): /;
    const lines = all.filter((line) => !kmem.test(line));
    expect(lines).toHaveLength(events);
    const head = /^ +load 0-1 +\[000\] [d.]\.\.\. +\d+\.\d{6}: /;
    const ptr = 'call_site=load_0 ptr=([0-9a-f]{16}|\\(null\\))';
    const request = `kmalloc: ${ptr} bytes_req=\\d+ bytes_alloc=\\d+ gfp_flags=[\\w|]+`;
    const asked = new RegExp(`${head.source}(${request}|kfree: ${ptr})$`);
    for (const line of all.filter((line) => kmem.test(line))) expect(line).toMatch(asked);
    expect(all.length).toBeGreaterThan(events);
    const form = /^ +\S.*-\d+ +\[\d{3}\] [d.]\.\.\. +\d+\.\d{6}: \w+:( \w+=-?\d+)*$/;
    for (const line of lines) expect(line).toMatch(form);
  });

  it('replay tells its events through a pipe, opened once', async () => {
    const pipe = join(out, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'ignore'] });
    let heard = '';
    reader.stdout.setEncoding('utf8').on('data', (piece: string) => {
      heard += piece;
    });
    const ended = new Promise((resolve) => reader.on('close', resolve));
    const words = [PROGRAM, 'replay', id(), `--events=${pipe}`, '-o', out];
    const { status } = spawnSync(process.execPath, words, { timeout: 60_000 });
    await ended;
    expect(status).toBe(0);
    expect(heard).toBe(readFileSync(join(out, 'events.txt'), 'utf8'));
  });

  it('replay notices that the program has changed since: exit 4', () => {
    const program = changedProgram(
      'model/kmemleak/kmemleak-counts.js',
      'attempts: ',
      'attempts: 1 + ',
    );
    const { status, stderr } = runProgram(program, ['replay', id(), '-o', out]);
    expect(`${status} ${lastLine(stderr)}`).toMatch(/^4 .*other events than the run in/);
  });
});

describe('the other exit codes', () => {
  it('1: a broken invariant, with its stack', () => {
    const program = changedProgram('engine/simulation.js', 'this.events++;', 'null.broken();');
    const { status, stderr } = runProgram(program, ['run', ...TINY, '-o', emptyFolder()]);
    expect(status).toBe(1);
    expect(lastLine(stderr)).toMatch(/^gfpsim: exit 1: internal error: /);
    expect(stderr).toContain('simulation.js');
  });

  it('6: a precision that is not reached, under --strict', () => {
    const what = ['rfc-2018/injection', '-V', 'quiet-2011,pool-5.4', ...SHORT];
    const words = ['run', ...what, '--precision', '1%', '--max-reps', '12'];
    const out = emptyFolder();
    const strict = gfpsim([...words, '--strict', '-o', out]);
    expect(strict.status).toBe(6);
    expect(lastLine(strict.stderr)).toMatch(
      /^gfpsim: exit 6: 1 limit reached: injection: not within 1 % after 12 runs: /,
    );
    expect(strict.stderr).toMatch(/warning W021: .*see gfpsim explain W021/);
  });
});
