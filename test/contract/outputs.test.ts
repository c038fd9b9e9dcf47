import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCommands } from '../../src/cli/load-catalogs.ts';
import {
  OUTPUTS,
  type OutputName,
  outputJsonSchema,
} from '../../src/cli/output-schemas/outputs.ts';
import { emptyFolder, gfpsim, ROOT } from '../cli/gfpsim.ts';

// What every command writes with --format json is of the shape that `gfpsim schema` publishes.

/** Commands whose JSON is one report; the tests of formats hold it to its schema. */
const REPORTING = ['check', 'compare', 'merge', 'report', 'run'];

const folder = emptyFolder();
symlinkSync(join(ROOT, 'scenarios'), join(folder, 'scenarios'));
cpSync(join(ROOT, 'results/rfc-2018'), join(folder, 'results/rfc-2018'), { recursive: true });
const ids = readFileSync(join(folder, 'results/rfc-2018/runs.csv'), 'utf8').split('\n').slice(1);
const idOf = (run: number): string => ids[run]!.split(',')[0]!;

writeFileSync(
  join(folder, 'trace.txt'),
  [
    '  task-1 [000] ....  1.000001: kmalloc: call_site=f+0x1/0x2 ptr=01 bytes_req=8 bytes_alloc=8 ',
    'gfp_flags=GFP_KERNEL\n  task-1 [000] ....  1.000002: kfree: call_site=f+0x1/0x2 ptr=01\n',
  ].join(''),
);

const PROCFS = ['--procfs', 'scenarios/machines/qemu-256M-6.1'];
const SMALL = [
  'rfc-2018/injection',
  '-s',
  'load.0.params.attempts=50',
  '-r',
  '2',
  '-V',
  'pool-5.4',
];

/** Some command lines of each, so that each field that may be absent is there once. */
const LINES: Readonly<Record<OutputName, readonly (readonly string[])[]>> = {
  baseline: [
    ['save', 'mine', ...SMALL],
    ['list'],
    ['show', 'mine'],
    ['update', 'mine'],
    ['rm', 'mine'],
    ['list'],
  ],
  bench: [[...SMALL, '--rounds', '1']],
  decide: [
    ['128MiB', '--gfp', '0x1091220', '--free', 'DMA=117', '--free', 'DMA32=143'],
    [...PROCFS, '--gfp', 'GFP_ATOMIC', '--size', '256', '--slab-full'],
    ['1GiB', '--gfp', 'GFP_KERNEL', '-V', 'nofail-4.15', '--kernel', '6.12'],
    ['64MiB', '--gfp', 'GFP_KERNEL|__GFP_NOFAIL', '--order', '2', '--free', 'DMA32=0'],
  ],
  doctor: [[], ['-o', '/dev/null/nowhere']],
  explain: [['W012'], ['pool-5.4'], ['drain']],
  fidelity: [['masks'], ['drain-kswapd-alive', 'nofail-loop', 'slabs']],
  gfp: [
    ['0x14112c0'],
    ['GFP_ATOMIC', '--kernel', '6.12', '-V', 'quiet-2011'],
    ['GFP_NOWAIT', '-V', 'all'],
    ['0xffffffff', '--order', '3', '--hardirq'],
  ],
  import: [
    ['zoneinfo', 'scenarios/machines/qemu-128M-4.17'],
    ['zoneinfo', 'scenarios/machines/qemu-256M-6.1/zoneinfo', '--kernel', '6.12'],
    ['slabinfo', 'scenarios/machines/qemu-128M-6.1/slabinfo'],
    ['ftrace', 'trace.txt'],
  ],
  list: [['scenarios'], ['variants', '--all'], ['metrics'], ['kernels'], ['workloads']],
  machine: [
    ['128MiB', '--kernel', '4.17'],
    ['4GiB', '--kernel', '6.12', '--cpus', '4'],
    PROCFS,
    ['--procfs', 'scenarios/machines/qemu-128M-4.17', '--kernel', '6.1'],
  ],
  plan: [SMALL, [...SMALL, '--shards', '3'], ['rfc-2018/drain']],
  replay: [[idOf(0)], [idOf(ids.length - 2)]],
  show: [['rfc-2018/drain'], ['rfc-2018'], ['nofail-livelock', '-s', 'seed=7']],
  validate: [['scenarios/smoke'], ['scenarios/rfc-2018/drain.yaml']],
};

it('every command that writes JSON has a schema that is published under its name', async () => {
  const writing = (await loadCommands())
    .all()
    .filter(({ name, formats }) => name !== 'schema' && formats.includes('json'))
    .map(({ name }) => name);
  expect(writing).toEqual([...Object.keys(OUTPUTS), ...REPORTING].sort());
});

describe.each(Object.keys(OUTPUTS) as OutputName[])('%s', (name) => {
  it.each(LINES[name].map((words) => [words.join(' '), words] as const))('%s', (_, words) => {
    const { stdout, stderr } = gfpsim([name, ...words, '--format', 'json'], folder);
    const found = OUTPUTS[name].safeParse(stdout === '' ? stderr : JSON.parse(stdout));
    expect(found.error?.issues ?? []).toEqual([]);
  });

  it('publishes its schema, open to fields that are added', () => {
    const schema = outputJsonSchema(name);
    expect(schema).toMatchObject({ title: `gfpsim ${name}: --format json` });
    expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
  });
});

it('schema prints it', () => {
  const { status, stdout } = gfpsim(['schema', 'machine']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual(outputJsonSchema('machine'));
});
