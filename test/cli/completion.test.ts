import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GLOBAL_OPTIONS } from '../../src/cli/global-options.ts';
import { complete, completionLines, joinedAtEquals } from '../../src/cli/help/complete.ts';
import { COMPLETION_SCRIPTS } from '../../src/cli/help/completion-scripts.ts';
import { isKnownWord } from '../../src/cli/help/value-words.ts';
import { loadCommands, loadVariants } from '../../src/cli/load-catalogs.ts';
import { bundledNames } from '../../src/cli/selection/suites.ts';
import { emptyFolder, gfpsim, PROGRAM } from './gfpsim.ts';

const commands = (await loadCommands()).all();

async function wordsAfter(...words: string[]): Promise<string[]> {
  return (await complete(words, commands)).candidates.map(({ word }) => word);
}

describe('what may follow', () => {
  it('is a command first, with what it does', async () => {
    expect(await wordsAfter('')).toEqual(commands.map(({ name }) => name));
    expect(await wordsAfter('-q', 're')).toEqual(['replay', 'report']);
    const { candidates } = await complete(['val'], commands);
    expect(completionLines({ candidates, paths: 'none' })).toBe(
      'validate\tCheck scenario files without running them\n',
    );
  });

  it('is an option of this command, or of all', async () => {
    for (const { name, options } of commands) {
      const all = [...Object.keys(options), ...Object.keys(GLOBAL_OPTIONS), 'help', 'version'];
      const expected = [...new Set(all)].map((option) => `--${option}`);
      expect(await wordsAfter(name, '--')).toEqual(expected);
    }
    expect(await wordsAfter('--')).not.toContain('--variant');
    expect(await wordsAfter('run', '--va')).toEqual(['--variant']);
  });

  it('is a value of the option before it', async () => {
    const variants = (await loadVariants()).names();
    expect(await wordsAfter('run', '-V', '')).toEqual(variants);
    expect(await wordsAfter('run', '--variant=')).toEqual(variants.map((v) => `--variant=${v}`));
    expect(await wordsAfter('gfp', '-V', 'a')).toContain('all');
    expect(await wordsAfter('machine', '--kernel', '6')).toEqual(['6.1', '6.12']);
    expect(await wordsAfter('run', '--format', 'k')).toEqual(['ktap']);
    expect(await wordsAfter('list', '--format', '')).toEqual(['text', 'json']);
    expect(await wordsAfter('run', '--export', 'j')).toEqual(['json=', 'junit=', 'job-summary=']);
    expect(await wordsAfter('run', '--color', '')).toEqual(['auto', 'always', 'never']);
    expect(await wordsAfter('check', '-t', 'kmemleak_al')).toEqual(['kmemleak_alive']);
    expect(await wordsAfter('run', '--seed', '')).toEqual([]);
  });

  it('is one more name after a comma, and none a second time', async () => {
    const offered = await wordsAfter('run', '-V', 'rfc-strict,rfc');
    expect(offered).toEqual(['rfc-strict,rfc-nowait']);
  });

  it('is a positional argument in its place', async () => {
    expect(await wordsAfter('list', 'm')).toEqual(['metrics']);
    expect(await wordsAfter('list', 'metrics', '')).toEqual([]);
    expect(await wordsAfter('baseline', '')).toEqual(['save', 'list', 'show', 'update', 'rm']);
    expect(await wordsAfter('run', '-q', '')).toEqual(bundledNames());
    expect(await wordsAfter('run', 'smoke', 'rfc-2018/dr')).toContain('rfc-2018/drain');
    expect(await wordsAfter('explain', 'kmemleak_al')).toEqual(['kmemleak_alive']);
    expect(await wordsAfter('run', '--', '--')).toEqual([]);
  });

  it('is a path where one may stand', async () => {
    expect((await complete(['run', ''], commands)).paths).toBe('files');
    expect((await complete(['-C', ''], commands)).paths).toBe('folders');
    expect((await complete(['list', ''], commands)).paths).toBe('none');
    expect(completionLines({ candidates: [], paths: 'files' })).toBe(':files\n');
  });

  it('comes from sources that there are', () => {
    const tables = commands.flatMap(({ options, positionals }) => [options, positionals]);
    const words = [...tables, GLOBAL_OPTIONS].flatMap((table) => {
      return Object.values(table).flatMap((one) => one.words ?? []);
    });
    expect(words.filter((word) => !isKnownWord(word))).toEqual([]);
    expect(isKnownWord('<kernel>')).toBe(false);
  });
});

it('puts together what bash takes apart', () => {
  expect(joinedAtEquals(['run', '--format', '=', 'js'])).toEqual({
    words: ['run', '--format=js'],
    cut: 9,
  });
  expect(joinedAtEquals(['run', '--format', '='])).toEqual({ words: ['run', '--format='], cut: 9 });
  expect(joinedAtEquals(['run', ''])).toEqual({ words: ['run', ''], cut: 0 });
});

it('knows no other shell', () => {
  const { status, stderr } = gfpsim(['completion', 'fihs']);
  expect([status, stderr]).toEqual([2, expect.stringContaining("did you mean 'fish'?")]);
});

/** How each shell is made to complete a line, where nobody types. */
const ASK: Readonly<Record<string, (line: string) => string>> = {
  bash: (line) => `
    source <(gfpsim completion bash)
    COMP_WORDS=(${line}) COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
    _gfpsim gfpsim
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (line) => `
    compdef() { :; }
    _describe() { print -rl -- "\${(@P)2}"; }
    _files() { print -rl -- *; }
    source <(gfpsim completion zsh)
    words=(${line}) CURRENT=\${#words}
    _gfpsim`,
  fish: (line) => `
    gfpsim completion fish | source
    complete -C ${JSON.stringify(line.replaceAll("''", ''))}`,
};

describe.each(Object.keys(COMPLETION_SCRIPTS).filter(isInstalled))('%s', (shell) => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'bin'));
  symlinkSync(PROGRAM, join(folder, 'bin/gfpsim'));
  writeFileSync(join(folder, 'quiet drain.yaml'), '');

  const offered = (line: string) => {
    const { stdout, stderr } = spawnSync(shell, ['-c', ASK[shell]!(line)], {
      cwd: folder,
      env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(stderr).toBe('');
    return stdout;
  };

  it('offers what the program answers, and files', () => {
    const text = offered('gfpsim run -V quiet');
    expect(text).toMatch(/^quiet-2011/m);
    expect(text.replaceAll('\\', '')).toContain('quiet drain.yaml');
  });
});

it('is loaded by bash from the printed script, options with = among them', () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'bin'));
  symlinkSync(PROGRAM, join(folder, 'bin/gfpsim'));
  const script = ASK['bash']!("gfpsim run --format = 'ju'");
  const { stdout } = spawnSync('bash', ['-c', script], {
    cwd: folder,
    env: { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` },
    encoding: 'utf8',
  });
  expect(stdout).toBe('junit\n');
});

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}
