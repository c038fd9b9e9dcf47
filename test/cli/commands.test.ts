import { cpSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCommands } from '../../src/cli/load-catalogs.ts';
import { emptyFolder, gfpsim, lastLine, ROOT } from './gfpsim.ts';

const commands = (await loadCommands()).all();

/** The id that an example makes up, and one that there is. */
const SOME_ID = '0123abcd';
const anId = readFileSync(join(ROOT, 'results/rfc-2018/runs.csv'), 'utf8')
  .split('\n')[1]!
  .slice(0, SOME_ID.length);

/** Where somebody works who has made the runs of the project's scenarios before. */
function folderWithResults(): string {
  const folder = emptyFolder();
  symlinkSync(join(ROOT, 'scenarios'), join(folder, 'scenarios'));
  for (const name of ['rfc-2018', 'baselines']) {
    cpSync(join(ROOT, 'results', name), join(folder, 'results', name), { recursive: true });
  }
  return folder;
}

function makeShards(folder: string): void {
  for (const shard of ['1/2', '2/2']) {
    expect(gfpsim(['run', 'rfc-2018/drain', '--shard', shard], folder).status).toBe(0);
  }
}

describe('every command', () => {
  it.each(commands.map((command) => [command.name, command] as const))('%s', (name, command) => {
    const help = gfpsim([name, '--help']);
    expect(help.status).toBe(0);
    expect(help.stderr).toBe('');
    const [line] = command.example;
    expect(help.stdout.replace(/\s+/g, ' ')).toContain(line.replace(/\s+/g, ' '));
    for (const text of help.stdout.split('\n')) expect(text.length).toBeLessThanOrEqual(100);
  });

  it.each(commands.map(({ name, example }) => [name, example[0]] as const))(
    "%s's example works as it stands: %s",
    (_name, line) => {
      const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, a, b]) => a ?? b ?? '');
      expect(words[0]).toBe('gfpsim');
      const folder = folderWithResults();
      if (words[1] === 'merge') makeShards(folder);
      const here = words
        .slice(1)
        .map((word) => word.replace(/^scenarios\//, `${ROOT}scenarios/`).replace(SOME_ID, anId));
      const { status, stdout, stderr } = gfpsim(here, folder);
      expect(stderr).not.toContain('exit');
      expect(status).toBe(0);
      // What goes into a file is told on stderr.
      expect(`${stdout}${stderr}`.length).toBeGreaterThan(10);
    },
  );
});

describe('JSON that scripts rely on', () => {
  const json = (words: readonly string[]): unknown => {
    const { status, stdout } = gfpsim([...words, '--format', 'json']);
    expect(status).toBe(0);
    return JSON.parse(stdout);
  };

  it('machine', () => {
    expect(json(['machine', '128MiB', '--kernel', '4.17'])).toMatchObject({
      schemaVersion: 1,
      kernel: '4.17',
      minFreeKbytes: 1338,
      watermarkScaleFactor: 10,
      zones: [
        { node: 0, name: 'DMA', managed: 3977, min: 47, low: 58, high: 69, boost: 0 },
        { name: 'DMA32', managed: 26107, min: 286, low: 357, high: 428, pcp: { batch: 3 } },
      ],
    });
    const dumped = json(['machine', '--procfs', 'scenarios/machines/qemu-256M-6.1']);
    expect(dumped).toMatchObject({ kernel: '6.1', differences: [], reported: { zones: [{}, {}] } });
  });

  it('gfp', () => {
    expect(json(['gfp', '0x14112c0', '--kernel', '4.17'])).toMatchObject({
      schemaVersion: 1,
      kernel: '4.17',
      value: '0x14112c0',
      text: 'GFP_KERNEL|__GFP_NOWARN|__GFP_NORETRY|__GFP_NOMEMALLOC',
      unknownBits: '0x0',
      zone: 'Normal',
      blockable: true,
      reserve: { numerator: 1, denominator: 1 },
      injectable: { failslab: { ignoreGfpWait: { Y: false, N: true } } },
      warnings: [],
    });
    expect(json(['gfp', '17892416'])).toMatchObject({ value: '0x1110440' });
  });

  it('decide: metadata of GFP_ATOMIC callers one page below its mark, and at it', () => {
    const words = ['decide', '128MiB', '--gfp', '0x1091220', '--free', 'DMA=117', '--free'];
    expect(json([...words, 'DMA32=143'])).toMatchObject({ schemaVersion: 1, outcome: 'fail' });
    const passed = json([...words, 'DMA32=144']) as { steps: { zone?: string }[] };
    expect(passed).toMatchObject({ outcome: 'page' });
    const check = passed.steps.find((step) => 'mark' in step && 'passed' in step && step.passed);
    expect(check).toMatchObject({ zone: 'DMA32', free: 144, mark: 143, needed: 144 });
  });

  it('list', () => {
    const names = (kind: string) =>
      (json(['list', kind]) as { name: string; summary: string; source: unknown }[]).map((row) => {
        expect(row.summary).not.toBe('');
        expect(row.source).toBeTruthy();
        return row.name;
      });
    expect(names('kernels')).toEqual(['4.17', '6.1', '6.12']);
    expect(names('scenarios')).toContain('rfc-2018/drain');
    expect(names('variants')).toHaveLength(35);
    expect(names('workloads')).toEqual(expect.arrayContaining(['churn', 'drain', 'hog']));
    expect(names('metrics')).toContain('kmemleak_alive');
  });

  it('show: every parameter has a value and an origin', () => {
    const shown = json(['show', 'rfc-2018/pool', '-s', 'seed=7']) as {
      parameters: { path: string; value: unknown; origin: string }[];
    };
    for (const row of shown.parameters) expect(row.origin).not.toBe('');
    const origin = (path: string) => shown.parameters.find((row) => row.path === path)?.origin;
    expect(origin('seed')).toBe('--set seed=7');
    expect(origin('load.0.workload')).toMatch(/injection\.yaml:\d+:\d+$/);
    expect(origin('fault.failslab.probability')).toMatch(/pool\.yaml:\d+:\d+$/);
    expect(origin('machine.zones.DMA.min')).toMatch(/qemu-256M-6\.1$/);
    expect(origin('fault.failslab.task-filter')).toBe('kernel default');
  });

  it('schema and explain', () => {
    const schema = json(['schema', 'scenario']) as { properties: Record<string, unknown> };
    expect(Object.keys(schema.properties)).toContain('question');
    expect(json(['schema', 'results'])).toMatchObject({ type: 'object' });
    for (const name of ['W1', 'W6', 'L1', 'exit 3', '130', 'kmemleak_alive', 'rfc-strict']) {
      expect(gfpsim(['explain', name]).stdout.length).toBeGreaterThan(20);
    }
    for (const code of [0, 1, 2, 3, 4, 5, 6, 130, 143]) {
      expect(gfpsim(['explain', String(code)]).status).toBe(0);
    }
  });
});

describe('the terminal', () => {
  it('speaks English, without colour in a pipe, data on stdout alone', () => {
    const { stdout, stderr } = gfpsim(['--help']);
    expect(stdout).toContain('Commands:');
    expect(stderr).toBe('');
    expect(gfpsim(['list', 'kernels']).stdout).not.toContain('\u001b');
  });

  it('is silent about progress where nobody looks', () => {
    const { stderr } = gfpsim(['run', 'rfc-2018/drain', '-V', 'untracked', '-o', emptyFolder()]);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).not.toContain('\r');
  });

  it('says last why an exit code is not 0', () => {
    const { status, stderr } = gfpsim(['list', 'x']);
    expect(status).toBe(2);
    expect(lastLine(stderr)).toMatch(/^gfpsim: exit 2: /);
  });

  it('prints the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(gfpsim(['--version']).stdout.trim()).toBe(version);
  });
});

it('has one file a command', () => {
  const files = readdirSync(join(ROOT, 'src/cli/commands')).map((file) => file.slice(0, -3));
  expect(commands.map(({ name }) => name)).toEqual(files.sort());
});
