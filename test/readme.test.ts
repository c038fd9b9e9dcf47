import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { groupCells } from '../src/cli/fidelity/fidelity-markdown.ts';
import { openLaboratory } from '../src/cli/fidelity/fidelity-measurements.ts';
import {
  loadCatalogs,
  loadCommands,
  loadFidelityGroups,
  loadVariants,
} from '../src/cli/load-catalogs.ts';
import { measuredSettings } from '../src/fidelity/fidelity-report.ts';
import { emptyFolder, ROOT } from './cli/gfpsim.ts';

// Does the README tell the truth? Its files are written and its commands run in a fresh copy of
// the project, in the README's order; what it shows of their output must be there.
//
//   ```console          $ command, then its output; a line … stands for any lines left out
//   ```yaml file=PATH   a file, written where the README says

interface Block {
  readonly info: string;
  readonly lines: readonly string[];
}

interface Shown {
  readonly command: string;
  readonly output: readonly string[];
}

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const BLOCKS = blocksOf(README);
const SHOWN = BLOCKS.filter(({ info }) => info === 'console').flatMap(shownIn);
/** What a fresh clone has; the rest is made by the README's own commands. */
const CLONE = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const CLONED_FOLDERS = ['src', 'scenarios', 'test/bench', 'test/fixtures'];
/** Runs this very suite: the CI calls it word for word. */
const TEST_COMMAND = 'npm ci && npm test';

describe('commands', () => {
  const clone = emptyFolder();

  beforeAll(() => {
    for (const path of [...CLONE, ...CLONED_FOLDERS]) {
      cpSync(join(ROOT, path), join(clone, path), { recursive: true });
    }
    for (const { info, lines } of BLOCKS) {
      const path = /file=(\S+)/.exec(info)?.[1];
      if (path === undefined) continue;
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      writeFileSync(join(clone, path), lines.join('\n') + '\n');
    }
  });

  it('start with the main job, then the tests', () => {
    const commands = SHOWN.map(({ command }) => command);
    expect(commands.slice(0, 2)).toEqual(['npm ci && npm start', TEST_COMMAND]);
    expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).toContain(TEST_COMMAND);
  });

  it.each(
    SHOWN.filter(({ command }) => command !== TEST_COMMAND).map((shown) => [shown.command, shown]),
  )('%s', (_command, shown) => {
    const { command, output } = shown as Shown;
    const { CI: _, FORCE_COLOR: __, ...env } = process.env;
    const answer = spawnSync('bash', ['-c', command], {
      cwd: clone,
      env: { ...env, NO_COLOR: '1' },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const code = /^exit (\d+)$/.exec(output.at(-1) ?? '')?.[1];
    expect(`${answer.status} ${answer.stderr}`).toMatch(new RegExp(`^${code ?? 0} `));
    const text = `${answer.stdout}${answer.stderr}`;
    for (const part of partsOf(code === undefined ? output : output.slice(0, -1))) {
      expect(text).toContain(part);
    }
  });
});

describe('tables', () => {
  it('of commands has every command with its summary', async () => {
    const commands = (await loadCommands()).all();
    for (const { name, summary } of commands) {
      expect(README).toContain(`| \`${name}\` | ${summary} |`);
    }
  });

  it('of proposals has every one', async () => {
    for (const name of (await loadVariants()).names()) expect(README).toContain(`\`${name}\``);
  });

  it('of measurements has each group with its amount, and no other', async () => {
    const groups = (await loadFidelityGroups()).all();
    const laboratory = openLaboratory(groups, await loadCatalogs());
    const rows = groups.map((group) => {
      const settings = measuredSettings(group.settings(laboratory));
      return `| ${groupCells({ ...group, settings }).join(' | ')} |`;
    });
    const head = '| group | what | held to | amount | agreement |\n|---|---|---|---|---|\n';
    expect(README).toContain(`${head}${rows.join('\n')}\n\n`);
  });

  it('of exit codes has every code', () => {
    for (const { code, meaning } of EXIT_CODES)
      expect(README).toContain(`| ${code} | ${meaning} |`);
  });
});

describe('links', () => {
  const targets = [...README.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);

  it.each(targets.filter((target) => !/^https?:/.test(target)))('%s leads somewhere', (target) => {
    const [path, anchor] = target.split('#');
    if (path !== '') expect(existsSync(join(ROOT, path!))).toBe(true);
    if (anchor !== undefined) expect(headingsOf(README)).toContain(anchor);
  });
});

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\S[^\n]*)\n([\s\S]*?)^```$/gm)].map(([, info, body]) => ({
    info: info!,
    lines: body!.trimEnd().split('\n'),
  }));
}

function shownIn({ lines }: Block): Shown[] {
  const shown: { command: string; output: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('$ ')) shown.push({ command: line.slice(2), output: [] });
    else shown.at(-1)?.output.push(line);
  }
  return shown;
}

/** The stretches between lines that only say …, each to be found as it stands. */
function partsOf(output: readonly string[]): string[] {
  const parts = output.join('\n').split(/^…$/m);
  return parts.map((part) => part.replace(/^\n+|\n+$/g, '')).filter((part) => part !== '');
}

/** Anchors as the usual renderers make them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replace(/ /g, '-'),
  );
}
