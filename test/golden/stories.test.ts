import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyFolder, gfpsim, ROOT } from '../cli/gfpsim.ts';
import { expectGolden } from './golden.ts';

// Do the commands still tell the same story, to the byte?

const DECIDE = ['decide', '--procfs', 'scenarios/machines/qemu-128M-4.17', '--gfp'];

const STORIES: Readonly<Record<string, readonly string[]>> = {
  'machine-512M-6.1.txt': ['machine', '512MiB', '--kernel', '6.1'],
  'machine-8G-6.12.txt': ['machine', '8GiB', '--kernel', '6.12', '--cpus', '2'],
  'machine-dump.txt': ['machine', '--procfs', 'scenarios/machines/qemu-128M-4.17'],
  'machine-dump.json': [
    ...['machine', '--procfs', 'scenarios/machines/qemu-256M-6.1'],
    ...['--set', 'watermark_scale_factor=200', '--format', 'json'],
  ],
  'gfp-quiet.txt': ['gfp', '0x14112c0'],
  'gfp-nofail.json': ['gfp', '0x1091a20', '--format', 'json'],
  'decide-metadata.txt': [...DECIDE, '0x1091220', '--free', 'DMA=117', '--free', 'DMA32=143'],
  'decide-caller.txt': [...DECIDE, 'GFP_ATOMIC', '--free', 'DMA=117', '--free', 'DMA32=143'],
  'show-drain.txt': ['show', 'rfc-2018/drain'],
  'explain-nofail.txt': ['explain', 'nofail-4.15'],
  'list-variants.json': ['list', 'variants', '--format', 'json'],
  'schema-scenario.json': ['schema', 'scenario'],
  'schema-report.json': ['schema', 'report'],
};

describe('commands', () => {
  it.each(Object.entries(STORIES))('%s', (name, words) => {
    const { status, stdout } = gfpsim(words);
    expect(status).toBe(0);
    expectGolden(name, stdout);
  });
});

describe('the main job', () => {
  const out = emptyFolder();
  let stdout = '';

  beforeAll(() => {
    const gallery = ['--export', `svg=${join(out, 'gallery')}`];
    const answer = gfpsim(['run', '--format', 'mmtests', '-o', out, ...gallery]);
    expect(answer.status).toBe(0);
    stdout = answer.stdout;
  });

  it('is the mail that it was', () => expectGolden('main-job.txt', stdout));

  it.each(['runs.csv', 'metrics.csv', 'summary.json'])(
    'gives the committed results/rfc-2018/%s',
    (name) => {
      const committed = readFileSync(join(ROOT, 'results/rfc-2018', name), 'utf8');
      const made = readFileSync(join(out, 'rfc-2018', name), 'utf8');
      expect(firstDifference(made, committed)).toBe('none');
    },
  );

  it('gives the committed gallery', () => {
    const command = 'gfpsim run --export svg=results/gallery/rfc-2018';
    expect(changedPlots('rfc-2018', join(out, 'gallery')), command).toEqual([]);
  });

  it('has its answers drawn as they are committed', () => {
    const [answers, folder] = ['results/questions/answers.json', join(out, 'drawn')];
    const { status } = gfpsim(['report', answers, '--export', `svg=${folder}`]);
    expect(status).toBe(0);
    const command = `gfpsim report ${answers} --export svg=results/gallery/questions`;
    expect(changedPlots('questions', folder), command).toEqual([]);
  });

  it('has a place in the page of kept results, whose links lead somewhere', () => {
    const page = readFileSync(join(ROOT, 'results/README.md'), 'utf8');
    const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);
    expect(links).toContain('gallery/rfc-2018/all-alive.svg');
    for (const link of links) expect(existsSync(join(ROOT, 'results', link)), link).toBe(true);
  });
});

/** Names of plots that are not as the gallery keeps them, or are on one side only. */
function changedPlots(gallery: string, folder: string): string[] {
  const kept = join(ROOT, 'results/gallery', gallery);
  const names = new Set([...readdirSync(kept), ...readdirSync(folder)]);
  return [...names].filter((name) => {
    const [ours, theirs] = [join(folder, name), join(kept, name)];
    if (!existsSync(ours) || !existsSync(theirs)) return true;
    return readFileSync(ours, 'utf8') !== readFileSync(theirs, 'utf8');
  });
}

/** The first line that is not the same, for results are too long to print. */
function firstDifference(made: string, committed: string): string {
  const [ours, theirs] = [made.split('\n'), committed.split('\n')];
  const at = ours.findIndex((line, i) => line !== theirs[i]);
  if (at < 0) return ours.length === theirs.length ? 'none' : 'fewer lines than committed';
  return `line ${at + 1}: '${ours[at]}', committed '${theirs[at]}'`;
}
