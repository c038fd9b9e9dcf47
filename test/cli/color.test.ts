import { describe, expect, it } from 'vitest';
import { type ColorWish, colorsFor, decideColor, painted } from '../../src/cli/terminal/color.ts';
import { emptyFolder, PROGRAM, runProgram } from './gfpsim.ts';

const ESCAPE = '\u001b[';

describe('colour', () => {
  it.each<[string, ColorWish, boolean, Record<string, string>, boolean]>([
    ['on a terminal', 'auto', true, { TERM: 'xterm' }, true],
    ['in a pipe', 'auto', false, { TERM: 'xterm' }, false],
    ['in a pipe of a CI', 'auto', false, { CI: 'true' }, false],
    ['on a terminal without any', 'auto', true, { TERM: 'dumb' }, false],
    ['with NO_COLOR', 'auto', true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', 'auto', true, { NO_COLOR: '' }, true],
    ['with FORCE_COLOR', 'auto', false, { FORCE_COLOR: '1', TERM: 'dumb' }, true],
    ['with an empty FORCE_COLOR', 'auto', false, { FORCE_COLOR: '' }, true],
    ['with FORCE_COLOR=0', 'auto', true, { FORCE_COLOR: '0' }, false],
    ['with both', 'auto', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['when asked for', 'always', false, { NO_COLOR: '1' }, true],
    ['when refused', 'never', true, { FORCE_COLOR: '1' }, false],
  ])('%s', (_where, wish, isTTY, env, color) => {
    expect(decideColor(wish, { isTTY }, env).color).toBe(color);
    expect(decideColor(wish, { isTTY }, env).why).not.toBe('');
  });

  it('paints verdicts alone, and changes no width', () => {
    const text =
      'rfc-strict  1/8  +0.13  better\nbetter  0/8  worse\nok    node  better than none\n';
    const colored = painted(text, colorsFor(decideColor('always', {}, {})));
    expect(colored.split(ESCAPE).length - 1).toBe(6);
    expect(colored).toMatch(/\[32mbetter/);
    expect(colored.replaceAll(new RegExp(`${'\u001b'}\\[\\d+m`, 'g'), '')).toBe(text);
    expect(painted(text, colorsFor(decideColor('never', {}, {})))).toBe(text);
  });
});

describe('a process', () => {
  const report = (env: Record<string, string>, ...words: string[]) => {
    const all = ['run', 'smoke/drain', '-r', '2', '-V', 'quiet-2011,untracked', ...words];
    return runProgram(PROGRAM, all, { cwd: emptyFolder(), env });
  };

  it('colours what FORCE_COLOR asks for: texts, and no other format', () => {
    expect(report({ FORCE_COLOR: '1', NO_COLOR: '' }).stdout).toContain(ESCAPE);
    expect(report({ FORCE_COLOR: '1', NO_COLOR: '' }, '--format', 'markdown').stdout).not.toContain(
      ESCAPE,
    );
  });

  it('colours nothing in a pipe, nor in the pipe of a CI', () => {
    for (const env of [{ NO_COLOR: '' }, { NO_COLOR: '', CI: 'true' }]) {
      const { stdout, stderr } = report(env);
      expect(stdout + stderr).not.toContain(ESCAPE);
    }
  });
});
