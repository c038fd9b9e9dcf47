import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, gfpsim, lastLine } from './gfpsim.ts';

const SHORT = ['-s', 'load.0.params.attempts=500'];
const words = ['run', 'rfc-2018/injection', '-r', '3', '-V', 'quiet-2011,pool-5.4', ...SHORT];
const folder = emptyFolder();
const into = (name: string) => join(folder, name);
const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

describe('a page', () => {
  const file = into('page.html');
  const made = gfpsim([...words, '-o', folder, '--format', 'html', '--export', `html=${file}`]);

  it('is complete in itself, and the same as an export', () => {
    expect(made.status).toBe(0);
    expect(made.stdout).toBe(readFileSync(file, 'utf8'));
    expect(made.stdout).not.toMatch(/<script|<link|src=|url\(|@import/);
    expect(made.stdout.replaceAll('http://www.w3.org/2000/svg', '')).not.toContain('//');
  });

  it('shows free pages over time for each variant, and how long kmemleak lived', () => {
    expect(made.stdout).toContain('<h3>Free pages over time</h3>');
    expect(made.stdout).toMatch(/<desc>quiet-2011: kmemleak dies at [^;]*; pool-5.4: kmemleak l/);
  });

  it('tells what the winner does, each parameter with its origin, and the command', () => {
    expect(made.stdout).toContain('Why: pool-5.4: the quiet mask, and a static pool of 16000');
    expect(made.stdout).toMatch(
      /<td>load\.0\.params\.attempts<\/td><td>500<\/td><td>--set load\.0\.params\.attempts/,
    );
    expect(made.stdout).toMatch(
      /gfpsim run \S+injection\.yaml --set load\.0\.params\.attempts=500 --reps 3 --variant quiet/,
    );
  });

  it('of stored results has no course, and says how to get it', () => {
    const { status, stdout } = gfpsim(['report', into('injection'), '--format', 'html']);
    expect(status).toBe(0);
    expect(stdout).toContain('<h3>kmemleak_death_alloc</h3>');
    expect(stdout).not.toContain('<h3>Free pages over time</h3>');
    expect(stdout).toMatch(
      /Free pages over time are not stored .*\. gfpsim run .* --vectors=1ms\./,
    );
    expect(stdout).toContain('parameters, and where each comes from');
  });

  it('of stored results with time series is that of the run, to the byte', () => {
    const vectors = ['--vectors=1ms', '--name', 'kept', '-o', folder, '--format', 'html'];
    const run = gfpsim([...words, ...vectors]);
    const { status, stdout } = gfpsim(['report', into('kept'), '--format', 'html']);
    expect(status).toBe(0);
    expect(stdout).toBe(run.stdout);
  });

  it('of stored results has their answers, or says that it cannot read them', () => {
    const report = ['report', into('injection'), '--format', 'markdown'];
    const answer = { scenario: 'injection', answer: 'It lives.', claims: [] };
    const write = (version: number) => {
      const text = JSON.stringify({ schemaVersion: version, answers: [answer] });
      writeFileSync(into('injection/answers.json'), text);
    };
    write(1);
    expect(gfpsim(report).stdout).toContain('- Answer: It lives.');
    write(99);
    const { status, stderr } = gfpsim(report);
    rmSync(into('injection/answers.json'));
    expect(status).toBe(5);
    expect(lastLine(stderr)).toContain('answers.json: no answers of this version');
  });

  it('does not take a scenario that has changed for the one that was run', () => {
    const manifest = into('kept/manifest.json');
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.replace('attempts=500', 'attempts=501'));
    const { stdout } = gfpsim(['report', into('kept'), '--format', 'html']);
    writeFileSync(manifest, text);
    expect(stdout).toMatch(/are not shown: \S+injection\.yaml does not give these runs any more\./);
    expect(stdout).not.toContain('<h3>Free pages over time</h3>');
  });
});

describe('several results in one report', () => {
  it('are side by side, under the names they are given', () => {
    const both = [`old=${into('injection')}`, `new=${into('kept')}`];
    const { status, stdout } = gfpsim(['report', ...both]);
    expect(status).toBe(0);
    expect(stdout).toContain('injection/quiet-2011:');
    expect(stdout).toContain('2 of 2 proposals keep kmemleak alive in every run: old, new.');
    const page = gfpsim(['report', ...both, '--format', 'html']).stdout;
    expect(page).toContain('Nothing differs: 2 loads, the same in every run.');
    expect(page).toContain('Which side keeps kmemleak alive?');
  });

  it('must have names of their own', () => {
    const { status, stderr } = gfpsim(['report', into('kept'), into('kept')]);
    expect(status).toBe(2);
    expect(lastLine(stderr)).toContain("two of them are called 'kept'; expected LABEL=FOLDER");
  });
});

describe('plots as files', () => {
  const report = ['report', into('kept'), '--format', 'csv'];

  it('are an SVG each, and a page that shows all', () => {
    const { status, stderr } = gfpsim([...report, '--export', `svg=${into('svg')}`]);
    expect(status).toBe(0);
    const names = readdirSync(into('svg')).sort();
    expect(stderr).toContain(`${names.length} files in ${into('svg')}`);
    expect(names).toContain('injection-alive.svg');
    expect(names).toContain('injection-free-pages.svg');
    expect(names).toContain('injection-faults.svg');
    const page = readFileSync(into('svg/README.md'), 'utf8');
    const shown = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, name]) => name);
    expect(shown.sort()).toEqual(names.filter((name) => name.endsWith('.svg')));
  });

  it('are a PNG each at twice the size, or of each load the one that answers', () => {
    gfpsim([...report, '--one-plot', '--export', `png=${into('png')}`]);
    expect(readdirSync(into('png')).sort()).toEqual(['README.md', 'injection-alive.png']);
    const bytes = readFileSync(into('png/injection-alive.png'));
    expect(bytes.subarray(0, 4)).toEqual(PNG_MAGIC);
    expect(bytes.readUInt32BE(16)).toBe(776);
  });

  it('are what compare shows of several results, too', () => {
    const both = [`old=${into('kept')}`, `new=${into('kept')}`];
    const { status, stderr } = gfpsim(['compare', ...both, '--export', `svg=${into('both')}`]);
    expect(`${status} ${stderr}`).toMatch(/^0 [\s\S]*files in /);
    const names = readdirSync(into('both'));
    expect(names).toContain('injection-quiet-2011-free-pages.svg');
    const svg = readFileSync(into('both/injection-quiet-2011-alive.svg'), 'utf8');
    expect(svg).toContain('<desc>old: 0/3; new: 0/3</desc>');
  });

  it('do not write over a page that somebody wrote, and nothing else then', () => {
    mkdirSync(into('own'));
    writeFileSync(into('own/README.md'), 'mine\n');
    const { status, stderr } = gfpsim([...report, '--export', `svg=${into('own')}`]);
    expect(status).toBe(2);
    expect(lastLine(stderr)).toContain('own/README.md: it was not made by gfpsim');
    expect(readdirSync(into('own'))).toEqual(['README.md']);
  });

  it('are for a folder, which is not stdout', () => {
    const { status, stderr } = gfpsim([...report.slice(0, 2), '--format', 'svg']);
    expect([status, lastLine(stderr)]).toEqual([
      2,
      "gfpsim: exit 2: 'svg' is a file for each plot, and stdout is one; expected --export svg=FOLDER",
    ]);
    const dash = gfpsim([...report, '--export', 'png=-']);
    expect(dash.status).toBe(2);
    expect(existsSync('-')).toBe(false);
  });
});

it('run -v draws each course on stderr, in 80 columns', () => {
  const { status, stdout, stderr } = gfpsim([...words, '-o', folder, '-v']);
  expect(status).toBe(0);
  expect(stdout).not.toContain('free pages *');
  const drawn = stderr.split('\n').filter((line) => / \||^ +kmemleak |^free pages/.test(line));
  expect(drawn.filter((line) => line.startsWith('free pages *, marks -: min '))).toHaveLength(2);
  expect(drawn.some((line) => /^ kmemleak =+x$/.test(line))).toBe(true);
  for (const line of drawn) expect(line.length).toBeLessThanOrEqual(80);
});
