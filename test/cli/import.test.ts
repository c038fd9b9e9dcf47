import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complete } from '../../src/cli/help/complete.ts';
import { loadCommands } from '../../src/cli/load-catalogs.ts';
import { IMPORT_KINDS } from '../../src/cli/requests/import-kinds.ts';
import { emptyFolder, gfpsim, lastLine, PROGRAM, ROOT } from './gfpsim.ts';

const MACHINE = join(ROOT, 'scenarios/machines/qemu-256M-6.1');
const FAILURE = join(ROOT, 'test/fixtures/e1/4.17/page-allocation-failure.dmesg.txt');

const folder = emptyFolder();

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const RECORDED = [
  '# tracer: nop',
  '#           TASK-PID   CPU#  ||||    TIMESTAMP  FUNCTION',
  '  make-31    [000] ....    77.000100: kmalloc: call_site=f+0x1/0x9 ptr=00000000aa bytes_req=90 bytes_alloc=96 gfp_flags=GFP_KERNEL|GFP_ZERO',
  '  make-31    [000] ..s.    77.000140: kmem_cache_alloc: call_site=g+0x1/0x9 ptr=00000000bb bytes_req=60 bytes_alloc=64 gfp_flags=GFP_ATOMIC',
  '  make-31    [000] ....    77.000150: kfree: call_site=f+0x5/0x9 ptr=00000000aa',
  '  make-31    [000] ....    77.000151: kfree: call_site=f+0x5/0x9 ptr=00000000cc',
  '',
].join('\n');

const PLAYING = `question: Does it play?
kernel: "4.17"
machine: { memory: 128MiB }
load:
  - workload: trace
    params: { file: load.csv, repeat: 100 }
variants: [quiet-2011, pool-5.4]
replications: 2
`;

describe('import of a machine', () => {
  it.each([
    ['zoneinfo', MACHINE],
    ['zoneinfo', join(MACHINE, 'zoneinfo')],
    ['dmesg', FAILURE],
  ])('%s %s gives a part that a scenario takes', (kind, file) => {
    const { status, stdout, stderr } = gfpsim(['import', kind, file], folder);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^# - From\s/);
    const name = write('part.yaml', `question: q\n${stdout}load: [{ workload: drain }]\n`);
    expect(gfpsim(['validate', name], folder).stdout).toBe('part.yaml: ok\n');
  });

  it('agrees with what machine computes of the same file', () => {
    const part = gfpsim(['import', 'zoneinfo', MACHINE], folder).stdout;
    write('part.yaml', `question: q\n${part}load: [{ workload: drain }]\n`);
    const shown = JSON.parse(gfpsim(['show', 'part.yaml', '--format', 'json'], folder).stdout);
    const shownAt = (path: string) =>
      shown.parameters.find((row: { path: string }) => row.path === path)?.value;
    const computed = gfpsim(['machine', '--procfs', MACHINE, '--format', 'json'], folder).stdout;
    const { zones } = JSON.parse(computed);
    expect(zones).toHaveLength(2);
    for (const zone of zones) {
      for (const field of ['spanned', 'present', 'managed', 'min', 'low', 'high']) {
        const path = `machine.zones.${zone.name}.${field}`;
        expect([path, shownAt(path)]).toEqual([path, zone[field]]);
      }
      expect(shownAt(`machine.free.${zone.name}`)).toBe(zone.free);
    }
  });

  it('of a dmesg has the CPUs that are said', () => {
    const part = gfpsim(['import', 'dmesg', FAILURE, '--cpus', '4'], folder).stdout;
    expect(part).toContain('\n  cpus: 4\n');
    const { status, stderr } = gfpsim(['import', 'zoneinfo', MACHINE, '--cpus', '4'], folder);
    expect(status).toBe(2);
    expect(stderr).toContain(
      '--cpus changes nothing in a part made of zoneinfo; expected it beside',
    );
  });

  it('of a slabinfo is beside the rest of a machine', () => {
    const { status, stdout } = gfpsim(['import', 'slabinfo', join(MACHINE, 'slabinfo')], folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(/# - kmemleak tracks about \d+ objects, with 176 bytes for each/);
    const text = stdout.replace('machine:\n', 'machine:\n  memory: 256MiB\n');
    write(
      'slab.yaml',
      `question: q\n${text}load: [{ workload: drain, params: { attempts: 100 } }]\n`,
    );
    expect(gfpsim(['run', 'slab.yaml', '-r', '1', '-V', 'quiet-2011', '-q'], folder).status).toBe(
      0,
    );
  });

  it('names the kernel that is asked for', () => {
    const { stdout } = gfpsim(['import', 'zoneinfo', MACHINE, '-k', '6.12'], folder);
    expect(stdout).toContain('kernel: "6.12"');
    expect(stdout).toContain('Kernel 6.12, as asked.');
  });
});

describe('import of a recording', () => {
  it('is a trace on stdout, and what became of its events on stderr', () => {
    write('trace.txt', RECORDED);
    const { status, stdout, stderr } = gfpsim(['import', 'ftrace', 'trace.txt'], folder);
    expect(status).toBe(0);
    expect(stdout).toBe(
      [
        'time_ns,op,object,size_bytes,gfp',
        '0,alloc,0,90,GFP_KERNEL|__GFP_ZERO',
        '40000,alloc,1,60,GFP_ATOMIC',
        '50000,free,0,,',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe(
      [
        'taken: 2 requests; 1 free; 1 object left, 2 at once at most; 0.00005000 s',
        'left out: 1 free of what the recording never saw allocated',
        '',
      ].join('\n'),
    );
    expect(gfpsim(['import', 'ftrace', 'trace.txt', '-q'], folder).stderr).toBe('');
    const line = `cat trace.txt | ${process.execPath} ${PROGRAM} import ftrace /dev/stdin 2>/dev/null`;
    expect(spawnSync('bash', ['-c', line], { cwd: folder, encoding: 'utf8' }).stdout).toBe(stdout);
    const coloured = gfpsim(['import', 'ftrace', 'trace.txt', '--color', 'always'], folder);
    expect(coloured.stdout).toBe(stdout);
  });

  it('plays: the same runs on any number of threads, from any place, and again by id', () => {
    write('load.csv', gfpsim(['import', 'ftrace', write('trace.txt', RECORDED)], folder).stdout);
    write('playing.yaml', PLAYING);
    const runs = (name: string, ...more: string[]) => {
      const words = ['run', 'playing.yaml', '-q', '--fresh', '--name', name, ...more];
      const { status, stderr } = gfpsim(words, folder);
      expect([status, stderr]).toEqual([0, '']);
      return readFileSync(join(folder, 'results', name, 'runs.csv'), 'utf8');
    };
    const one = runs('one', '-j', '1');
    expect(runs('two', '-j', '2')).toBe(one);
    write('elsewhere.csv', readFileSync(join(folder, 'load.csv'), 'utf8'));
    expect(runs('three', '-s', 'load.0.params.file=elsewhere.csv')).toBe(one);
    write('elsewhere.csv', readFileSync(join(folder, 'load.csv'), 'utf8').replace(',60,', ',61,'));
    expect(runs('four', '-s', 'load.0.params.file=elsewhere.csv')).not.toBe(one);
    const id = one.split('\n')[1]!.split(',')[0]!;
    expect(gfpsim(['replay', id], folder).status).toBe(0);
  });

  it('that is wrong is one message with its place, before anything runs', () => {
    write('playing.yaml', PLAYING);
    write('load.csv', 'time_ns,op,object,size_bytes,gfp\n0,alloc,0,60,GFP_ATOMIK\n');
    const { status, stdout, stderr } = gfpsim(['run', 'playing.yaml'], folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^gfpsim: exit 2: load\.csv:2:14: unknown gfp flag 'GFP_ATOMIK'.*did you mean 'GFP_ATOMIC'\?\n$/,
    );
  });

  it('that is bundled plays by its name, and on a page', () => {
    const { status, stdout } = gfpsim(['validate', 'scenarios/recorded-load.yaml']);
    expect([status, stdout]).toEqual([0, 'scenarios/recorded-load.yaml: ok\n']);
    expect(gfpsim(['play', 'recorded-load', '-o', join(folder, 'page.html')]).status).toBe(0);
    write('playing.yaml', PLAYING);
    write('load.csv', readFileSync(join(ROOT, 'scenarios/recorded-load.csv'), 'utf8'));
    const own = gfpsim(['play', 'playing.yaml', '-o', 'page.html'], folder);
    expect(own.status).toBe(2);
    expect(lastLine(own.stderr)).toBe(
      "gfpsim: exit 2: playing.yaml: the page cannot hold the file 'load.csv'; " +
        'expected for load.0.params.file a file in scenarios',
    );
  });
});

describe('what import cannot read', () => {
  it.each([
    [['zoneinfo', 'nowhere'], 'nowhere: no such file; expected a copy of /proc/zoneinfo, or'],
    [['zoneinfo', 'bad.txt'], 'bad.txt:1:1: '],
    [['zoneinfo', '.'], '.: no zoneinfo in this folder; expected a copy of /proc/zoneinfo, or'],
    [['dmesg', 'nowhere'], 'nowhere: no such file; expected a copy of a kernel log'],
    [['dmesg', '.'], '.: no such file; expected a copy of a kernel log'],
    [['dmesg', 'bad.txt'], 'bad.txt:1:1: no memory report; expected'],
    [['slabinfo', 'nowhere'], 'nowhere: no such file; expected a copy of /proc/slabinfo'],
    [['slabinfo', 'bad.txt'], "bad.txt:1:1: cannot read 'no such thing'; expected 'slabinfo"],
    [['ftrace', 'nowhere'], 'nowhere: no such file; expected a text of trace events'],
    [['ftrace', 'bad.txt'], 'bad.txt: no kmem event; expected kmalloc, kmem_cache_alloc'],
    [['ftrace', '/dev/zero'], '/dev/zero: it does not end; expected at most 64 MiB'],
    [['ftrace', '-'], 'no file; expected its path, or /dev/stdin'],
    [['ftrce', 'bad.txt'], "no import of 'ftrce'; did you mean 'ftrace'?"],
    [['ftrace', 'bad.txt', '-k', '6.13'], "unknown kernel '6.13'; did you mean '6.1'?"],
  ])('%j is one message', (words, message) => {
    write('bad.txt', 'no such thing\n');
    const { status, stdout, stderr } = gfpsim(['import', ...words], folder);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`gfpsim: exit 2: ${message}`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

it('every kind is offered to a shell', async () => {
  const { candidates } = await complete(['import', ''], (await loadCommands()).all());
  expect(candidates.map(({ word }) => word).sort()).toEqual(Object.keys(IMPORT_KINDS));
});
