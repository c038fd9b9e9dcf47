import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, gfpsim, lastLine, PROGRAM } from './gfpsim.ts';

// Where data goes: a path may be a link, a pipe, stdout by another name, or lead nowhere.

const RUN = [
  ...['run', 'rfc-2018/injection', '-r', '2', '-V', 'quiet-2011,pool-5.4', '-q'],
  ...['-s', 'load.0.params.attempts=200'],
];
const folder = emptyFolder();
const at = (name: string) => join(folder, name);
const textIn = (name: string) => readFileSync(at(name), 'utf8');
const report = (...words: readonly string[]) => gfpsim(['report', 'injection', ...words], folder);
let said = '';

beforeAll(() => {
  said = gfpsim(RUN, folder).stdout;
  expect(said).toMatch(/^injection: /);
});

describe('a file that is there already', () => {
  it('is written where a link leads, and the link stays', () => {
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere/target.txt'), 'former text, longer than nothing\n');
    symlinkSync('elsewhere/target.txt', at('link.txt'));
    symlinkSync('link.txt', at('second.txt'));
    expect(report('-o', 'second.txt').status).toBe(0);
    expect(textIn('elsewhere/target.txt')).toBe(said);
    expect(report('--export', 'json=link.txt').status).toBe(0);
    expect(textIn('elsewhere/target.txt')).toMatch(/^\{/);
    for (const name of ['link.txt', 'second.txt']) {
      expect(lstatSync(at(name)).isSymbolicLink()).toBe(true);
    }
    expect(readdirSync(at('elsewhere'))).toEqual(['target.txt']);
  });

  it('is made where a link leads that leads nowhere yet', () => {
    symlinkSync('later/new.txt', at('dangling.txt'));
    expect(report('-o', 'dangling.txt').status).toBe(0);
    expect(textIn('later/new.txt')).toBe(said);
    expect(lstatSync(at('dangling.txt')).isSymbolicLink()).toBe(true);
  });

  it('is an error where links go in a circle', () => {
    symlinkSync('circle-b', at('circle-a'));
    symlinkSync('circle-a', at('circle-b'));
    const { status, stderr } = report('-o', 'circle-a');
    expect(`${status} ${stderr}`).toMatch(/^2 gfpsim: exit 2: circle-a: [^\n]*ELOOP[^\n]*\n$/);
  });

  it.each([
    ['-o', 'pipe-o'],
    ['--export', 'text=pipe-e'],
  ])('may be a pipe: %s %s', async (option, value) => {
    const pipe = at(value.replace('text=', ''));
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'ignore'] });
    const heard: string[] = [];
    reader.stdout.setEncoding('utf8').on('data', (piece: string) => heard.push(piece));
    const ended = new Promise((resolve) => reader.on('close', resolve));
    const { status } = report(option, value);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    await ended;
    expect(`${status} ${heard.join('')}`).toBe(`0 ${said}`);
  });

  // By a link of its own: a program that replaces what it should write to harms no device.
  it('may be stdout under another name, and what is there is added to', () => {
    symlinkSync('/proc/self/fd/1', at('stdout'));
    expect(report('-o', 'stdout').stdout).toBe(said);
    writeFileSync(at('log'), 'former line\n');
    const log = openSync(at('log'), 'a');
    const words = [PROGRAM, 'report', 'injection', '-o', 'stdout'];
    spawnSync(process.execPath, words, { cwd: folder, stdio: ['ignore', log, 'ignore'] });
    closeSync(log);
    expect(textIn('log')).toBe(`former line\n${said}`);
  });
});

describe('report -o', () => {
  it.each([
    ['page.html', /^<!doctype html>/i],
    ['table.csv', /^[a-z_]+,/],
    ['all.json', /^\{\n/],
    ['lines.NDJSON', /^\{"/],
    ['page.md', /^#+ /],
    ['cases.xml', /^<\?xml/],
    ['plain.txt', /^injection: /],
    ['report.2018', /^injection: /],
  ])('%s is of the format that its name ends with', (name, begins) => {
    const { status, stdout } = report('-o', name);
    expect([status, stdout]).toEqual([0, '']);
    expect(textIn(name)).toMatch(begins);
  });

  it('is a whole page, with all that --format html shows', () => {
    expect(textIn('page.html')).toBe(report('--format', 'html').stdout);
    expect(textIn('page.html')).toContain('parameters, and where each comes from');
  });

  it('is what --format says, whatever its name', () => {
    expect(report('-o', 'odd.html', '--format', 'csv').status).toBe(0);
    expect(textIn('odd.html')).toBe(textIn('table.csv'));
  });

  it('- is stdout', () => {
    expect(report('-o', '-').stdout).toBe(said);
    expect(readdirSync(folder)).not.toContain('-');
  });

  it('is no file of plots, which are many', () => {
    const { status, stderr } = report('-o', 'plots.svg');
    expect([status, lastLine(stderr)]).toEqual([
      2,
      "gfpsim: exit 2: 'svg' is a file for each plot, and plots.svg is one; expected --export svg=FOLDER",
    ]);
  });
});

describe('two formats for one place', () => {
  it.each([
    [['--export', 'csv=one', '--export', 'html=./one'], 'one'],
    [['-o', 'one', '--export', 'html=one'], 'one'],
    [['-o', 'link.txt', '--export', 'html=elsewhere/target.txt'], 'elsewhere/target.txt'],
    [['--export', 'svg=plots', '--export', 'png=plots/'], 'plots/'],
  ])('%j is refused', (words, place) => {
    const { status, stdout, stderr } = report(...words);
    expect([status, stdout]).toEqual([2, '']);
    expect(lastLine(stderr)).toContain(`${place}: two formats would go there`);
    expect(readdirSync(folder)).not.toContain('one');
  });

  it('is fine for what is no file', () => {
    const { status, stdout } = report('--export', 'csv=stdout', '--export', 'json=stdout');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^[a-z_]+,[^{]*\n\{\n/);
  });
});

describe('plots in a folder that had others', () => {
  it('take the place of those that the former page shows, and of nothing else', () => {
    const plots = at('plots-again');
    expect(report('--export', 'svg=plots-again').status).toBe(0);
    const before = readdirSync(plots);
    expect(before.length).toBeGreaterThan(2);
    writeFileSync(join(plots, 'mine.svg'), '<svg/>');
    writeFileSync(join(plots, 'mine.txt'), 'mine\n');
    const [first = ''] = before.filter((name) => name.endsWith('.svg'));
    renameSync(join(plots, first), at('moved.svg'));
    symlinkSync('../moved.svg', join(plots, first));
    expect(report('--one-plot', '--export', 'png=plots-again').status).toBe(0);
    const alone = ['README.md', 'injection-alive.png'];
    expect(readdirSync(plots).sort()).toEqual([...alone, first, 'mine.svg', 'mine.txt'].sort());
  });
});

describe('a folder that cannot be made', () => {
  it.each([
    // The kernel's own file systems say that what is to be made is not there.
    ['/proc/self/none', /^gfpsim: exit 2: \/proc\/self\/none: cannot make this folder \(E[A-Z]+\)/],
    ['all.json/in', /^gfpsim: exit 2: all\.json: cannot make this folder \(something else/],
  ])('%s', (out, message) => {
    for (const words of [
      [...RUN, '-o', out],
      ['report', 'injection', '-o', `${out}/deep/page.html`],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], {
        cwd: folder,
        encoding: 'utf8',
        // A guard: whoever tries for ever is ended.
        ...{ timeout: 60_000, killSignal: 'SIGKILL' },
      });
      expect(lastLine(stderr)).toMatch(message);
      expect(status).toBe(2);
    }
  });
});
