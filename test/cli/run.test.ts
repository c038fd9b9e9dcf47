import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SUMMARY_SCHEMA } from '../../src/experiment/results-schema.ts';
import { LINE_SCHEMA, REPORT_SCHEMA } from '../../src/report/report-schema.ts';
import { emptyFolder, gfpsim, lastLine, PROGRAM } from './gfpsim.ts';

const SHORT = ['-s', 'load.0.params.attempts=500'];
const words = ['run', 'rfc-2018/injection', '-r', '3', '-V', 'quiet-2011,pool-5.4', ...SHORT];

describe('results', () => {
  it('are four files, the same bytes twice, and nothing else', () => {
    const [one, two] = [emptyFolder(), emptyFolder()];
    for (const folder of [one, two]) {
      const { status, stderr } = gfpsim([...words, '-o', folder]);
      expect(status).toBe(0);
      expect(stderr).toBe(`6 runs, results in ${join(folder, 'injection')}\n`);
    }
    const names = ['manifest.json', 'metrics.csv', 'runs.csv', 'summary.json'];
    expect(readdirSync(join(one, 'injection')).sort()).toEqual(names);
    for (const name of names) {
      const text = readFileSync(join(one, 'injection', name), 'utf8');
      expect(text).toBe(readFileSync(join(two, 'injection', name), 'utf8'));
    }
  });

  it('fit their schema, and say the paired difference', () => {
    const folder = emptyFolder();
    gfpsim([...words, '-o', folder, '--name', 'mine']);
    const summary = JSON.parse(readFileSync(join(folder, 'mine/summary.json'), 'utf8'));
    const { scenarios } = SUMMARY_SCHEMA.parse(summary);
    expect(scenarios[0]).toMatchObject({ baseline: 'quiet-2011', replications: 3 });
    const alive = scenarios[0]!.comparisons.filter(({ metric }) => metric === 'kmemleak_alive');
    expect(alive.map(({ variant }) => variant)).toEqual(['quiet-2011', 'pool-5.4']);
    expect(alive[0]).toMatchObject({ difference: null, verdict: 'baseline' });
    expect(alive[1]?.difference?.estimate.n).toBe(3);
  });

  it('have a row a run, and long metrics', () => {
    const folder = emptyFolder();
    gfpsim([...words, '-o', folder]);
    const runs = readFileSync(join(folder, 'injection/runs.csv'), 'utf8').trimEnd().split('\n');
    expect(runs[0]).toBe(
      'id,scenario,variant,replication,seed,end,events,simulated_ns,fingerprint',
    );
    expect(runs).toHaveLength(7);
    const ids = runs.slice(1).map((row) => row.split(',')[0]);
    expect(new Set(ids).size).toBe(6);
    const metrics = readFileSync(join(folder, 'injection/metrics.csv'), 'utf8');
    expect(metrics).toMatch(/^injection,quiet-2011,0,kmemleak_alive,[01],flag,$/m);
  });
});

describe('--events', () => {
  const out = emptyFolder();
  const short = [...words, '-s', 'load.0.params.attempts=20', '-q', '-o', out];
  const folder = join(out, 'injection/events');
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  it('tells those of each run in a file of its own, as replay does', () => {
    const { status, stdout } = gfpsim([...short, '--events']);
    expect(`${status} ${stdout}`).toBe(`0 ${gfpsim(short).stdout}`);
    const runs = readFileSync(join(out, 'injection/runs.csv'), 'utf8').trimEnd().split('\n');
    const ids = runs.slice(1).map((row) => row.split(',')[0]!);
    expect(readdirSync(folder).sort()).toEqual(ids.map((id) => `${id}.txt`).sort());
    const replayed = gfpsim(['replay', ids[3]!, '--events', '-o', out]).stdout;
    expect(replayed.startsWith(read(`${ids[3]}.txt`))).toBe(true);
    expect(read(`${ids[3]}.txt`).length).toBeGreaterThan(500);
  });

  it('tells them all in one file, or before all else on stdout', () => {
    const file = join(emptyFolder(), 'deep/events.txt');
    gfpsim([...short, `--events=${file}`]);
    const told = readFileSync(file, 'utf8');
    expect(told).toMatch(
      /^# \w{32}: injection quiet-2011, run 0 of seed 1\n +\S.*-\d+ +\[\d{3}\] /,
    );
    const heads = told.split('\n').filter((line) => line.startsWith('# '));
    expect(heads.length).toBe(6);
    for (const head of heads)
      expect(told).toContain(`${head}\n${read(`${head.slice(2, 34)}.txt`)}`);
    expect(gfpsim([...short, '--events=-']).stdout).toBe(told + gfpsim(short).stdout);
  });
});

describe('choices', () => {
  it('another seed is another experiment, more replications keep the former runs', () => {
    const base = ['run', 'rfc-2018/injection', '-V', 'quiet-2011', '-s'];
    const rows = (extra: readonly string[]) => {
      const folder = emptyFolder();
      gfpsim([...base, 'load.0.params.attempts=500', ...extra, '-o', folder]);
      return readFileSync(join(folder, 'injection/runs.csv'), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1);
    };
    const [three, five, other] = [
      rows(['-r', '3']),
      rows(['-r', '5']),
      rows(['-r', '3', '--seed', '2']),
    ];
    expect(five.slice(0, 3)).toEqual(three);
    expect(other[0]).not.toBe(three[0]);
  });

  it('a mask from the command line runs beside the others', () => {
    const folder = emptyFolder();
    const mask =
      'mine=(gfp & (GFP_KERNEL|GFP_ATOMIC)) | __GFP_NORETRY | __GFP_NOMEMALLOC | __GFP_NOWARN';
    const { status, stdout } = gfpsim([
      'run',
      'rfc-2018/drain',
      '-V',
      'quiet-2011',
      '--mask',
      mask,
      '-o',
      folder,
      '--format',
      'json',
    ]);
    expect(status).toBe(0);
    // The same mask written by hand: the same results in every metric.
    const { loads } = REPORT_SCHEMA.parse(JSON.parse(stdout));
    expect(loads[0]?.rows.map(({ variant }) => variant)).toEqual(['quiet-2011', 'mine']);
    const rows = readFileSync(join(folder, 'drain/runs.csv'), 'utf8').trimEnd().split('\n');
    const fingerprints = rows.slice(1).map((row) => row.split(',').at(-1));
    expect(fingerprints[0]).toBe(fingerprints[1]);
  });

  it('exports go to files, stdout keeps its format', () => {
    const folder = emptyFolder();
    const file = join(folder, 'deep/report.csv');
    const { stdout } = gfpsim([
      ...words,
      ...['-o', folder, '--export', `csv=${file}`, '--format', 'ndjson'],
    ]);
    expect(readFileSync(file, 'utf8')).toContain('kmemleak_alive');
    for (const line of stdout.trimEnd().split('\n')) LINE_SCHEMA.parse(JSON.parse(line));
  });
});

describe('expectations', () => {
  const scenario = (expectation: string) => `extends: BASE
expect:
  - { metric: kmemleak_alive, variant: quiet-2011, ${expectation}, why: the test says so }
`;

  it.each([
    ['max: 0', 0],
    ['min: 1', 3],
  ])('%s: exit %d', (demand, code) => {
    const folder = emptyFolder();
    const base = new URL('../../scenarios/rfc-2018/drain.yaml', import.meta.url).pathname;
    writeFileSync(join(folder, 's.yaml'), scenario(demand).replace('BASE', base));
    const { status, stderr } = gfpsim(['run', 's.yaml', '-V', 'quiet-2011'], folder);
    expect(status).toBe(code);
    if (code === 0) return;
    expect(stderr).toContain('kmemleak_alive of quiet-2011 is 0 in run 0');
    expect(lastLine(stderr)).toBe('gfpsim: exit 3: 1 expectation is not met');
    // A run that breaks an expectation is a result all the same.
    expect(existsSync(join(folder, 'results/s/runs.csv'))).toBe(true);
  });
});

describe('a process among others', () => {
  const start = (folder: string) =>
    spawn(
      process.execPath,
      [PROGRAM, 'run', 'rfc-2018/injection', '-r', '2000', '-j', '2', '-o', folder],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'ends on %s with %d, says how to go on, and leaves nothing half written',
    async (signal, code) => {
      const folder = emptyFolder();
      const child = start(folder);
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += String(chunk);
      });
      // As soon as the first run is there, it has begun to listen.
      while (!existsSync(join(folder, '.runs'))) await new Promise((go) => setTimeout(go, 10));
      child.kill(signal);
      expect(await new Promise((resolve) => child.on('close', resolve))).toBe(code);
      expect(lastLine(stderr)).toMatch(
        new RegExp(
          `^gfpsim: exit ${code}: interrupted after \\d+ of 20000 runs; ` +
            'the same command goes on from there$',
        ),
      );
      // Runs that are whole, and no results.
      expect(readdirSync(folder).filter((name) => name !== '.runs')).toEqual([]);
    },
  );

  it('ends quietly when its reader has gone', async () => {
    const child = spawn('sh', [
      '-c',
      `"${process.execPath}" "${PROGRAM}" schema scenario | head -1`,
    ]);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(stdout).toBe('{\n');
    expect(stderr).toBe('');
  });
});
