import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/global-options.ts';
import { manPage } from '../../src/cli/help/man-page.ts';
import { loadCommands } from '../../src/cli/load-catalogs.ts';
import { gfpsim } from './gfpsim.ts';

const commands = (await loadCommands()).all();
const HEAD = { version: '1.2.3', date: '2026-01-02' };
const page = manPage(commands, HEAD);
const lines = page.trimEnd().split('\n');

it('is what the command prints', () => {
  const { status, stdout } = gfpsim(['man']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\.TH GFPSIM 1 /);
  expect(stdout.split('\n').length).toBe(page.split('\n').length);
});

it('has each command, its options, and each exit code', () => {
  const plain = page.replace(/\\f[BIR]/g, '').replaceAll('\\-', '-');
  for (const { name, options, example } of commands) {
    const section = plain.split(/^\.SS /m).find((text) => text.startsWith(`${name}\n`));
    expect(section).toContain(`gfpsim ${name}`);
    for (const option of Object.keys(options)) expect(section).toContain(`--${option}`);
    expect(section?.replaceAll('\\(aq', "'")).toContain(example[0]);
  }
  for (const option of Object.keys(GLOBAL_OPTIONS)) expect(plain).toContain(`--${option}`);
  for (const { code } of EXIT_CODES) expect(lines).toContain(`\\fB${code}\\fR`);
});

it('is plain roff: known requests, ASCII, no long line', () => {
  for (const line of lines) {
    expect(line).toMatch(/^(\.(TH|SH|SS|TP|PP|br|in|nf|fi)( |$)|[^.'])/);
    expect(line).toMatch(/^[ -~]*$/);
    // A command line stays one line, however long.
    if (!/^(\\fB)?gfpsim/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
    expect(line.replace(/\\(f[BIR]|-|e|&|\(aq|\[u[0-9A-F]{4,6}\])/g, '')).not.toContain('\\');
  }
});

it('takes no text for a request', () => {
  const example = ["gfpsim x 'a\\b'", 'shows × it'] as const;
  const odd = manPage([{ ...commands[0]!, summary: '.TH is no request', example }], HEAD);
  expect(odd).toContain('\n\\&.TH is no request.\n');
  expect(odd).toContain('gfpsim x \\(aqa\\eb\\(aq');
  expect(odd).toContain('shows \\[u00D7] it');
});

it('pleases the formatters that are there', () => {
  const formatters: readonly (readonly [string, ...string[]])[] = [
    ['mandoc', '-T', 'lint', '-W', 'style'],
    ['groff', '-man', '-Tutf8', '-ww', '-z'],
  ];
  for (const [program, ...words] of formatters) {
    const { error, stdout, stderr } = spawnSync(program, words, { input: page, encoding: 'utf8' });
    if (error === undefined) expect(stdout + stderr).toBe('');
  }
});
