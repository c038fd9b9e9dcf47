import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { csvRows } from '../../src/experiment/csv-rows.ts';
import { emptyFolder, gfpsim, PROGRAM, ROOT } from './gfpsim.ts';

const BATCH = ['rfc-2018/injection', '-V', 'quiet-2011,pool-5.4', '-r', '2'];
const SHORT = ['-s', 'load.0.params.attempts=300', '-s', "question=What's $this?"];

function planned(words: readonly string[], folder = ROOT): string {
  const { status, stdout, stderr } = gfpsim(['plan', ...words], folder);
  expect(`${status}${stderr}`).toBe('0');
  return stdout;
}

describe('plan', () => {
  it('lists the runs that run makes, and which of them are there', () => {
    const out = emptyFolder();
    const rows = () => {
      const text = planned([...BATCH, '-o', out, '--format', 'csv', '--shards', '4']);
      const [header, ...all] = csvRows(text);
      expect(header?.join()).toBe('id,scenario,variant,replication,seed,stored,shard');
      return all;
    };
    expect(rows().map((row) => row.at(-1))).toEqual(['1', '2', '3', '4']);
    expect(new Set(rows().map((row) => row.at(-2)))).toEqual(new Set(['no']));
    expect(readdirSync(out)).toEqual([]);

    expect(gfpsim(['run', ...BATCH, '--shard', '2/4', '-o', out]).status).toBe(0);
    expect(rows().map((row) => row.at(-2))).toEqual(['no', 'yes', 'no', 'no']);
    expect(gfpsim(['run', ...BATCH, '-o', out]).status).toBe(0);
    const [, ...made] = csvRows(readFileSync(join(out, 'injection/runs.csv'), 'utf8'));
    expect(rows().map((row) => row.slice(0, 5))).toEqual(made.map((row) => row.slice(0, 5)));
    expect(planned([...BATCH, '-o', out])).toMatch(/^4 runs, 4 of them stored; plan \w{32}$/m);
  });

  it('says in the terminal how many, and how to make them in parts', () => {
    const text = planned(['rfc-2018', '--shards', '4']);
    expect(text).toContain('4 shards of 112 or 113 runs: gfpsim run rfc-2018 --shard 1/4 to 4/4');
    expect(text.replace(/\s+/g, ' ')).toContain('gfpsim merge results/rfc-2018.*-of-4.shard');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.each([
    [['--shards', '0'], /--shards '0' is not a count; expected a whole number from 1 to 100000/],
    [['--shards', '100001'], /from 1 to 100000/],
    [['--format', 'slurm'], /--format slurm hands out parts.*--shards/],
  ])('refuses %j', (words, message) => {
    const { status, stderr } = gfpsim(['plan', ...words]);
    expect(stderr).toMatch(/^gfpsim: exit 2: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});

/** A folder where npx is this program, and parallel a loop: what a script finds there. */
function workplace(): { folder: string; sh: (script: string, env?: NodeJS.ProcessEnv) => string } {
  const folder = emptyFolder();
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  const tool = (name: string, text: string) => {
    writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(tools, name), 0o755);
  };
  tool('npx', `shift; exec '${process.execPath}' '${PROGRAM}' "$@"`);
  // parallel --halt now,fail=1 COMMAND ::: 1 2 …
  tool(
    'parallel',
    'each=$3; shift 4; for i; do sh -c "$(echo "$each" | sed "s/{}/$i/g")" || exit; done',
  );
  const sh = (script: string, more: NodeJS.ProcessEnv = {}) => {
    const { CI: _, ...own } = process.env;
    const env = { ...own, PATH: `${tools}:${process.env['PATH']}`, ...more };
    const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', script], {
      ...{ cwd: folder, env, encoding: 'utf8' },
    });
    expect(`${status}${status === 0 ? '' : stderr}`).toBe('0');
    return stdout;
  };
  return { folder, sh };
}

describe('a file that hands out parts', () => {
  const words = [...BATCH, ...SHORT, '--shards', '2'];
  const whole = emptyFolder();
  const told = gfpsim(['run', ...BATCH, ...SHORT, '-q', '-o', whole]).stdout;

  it('of a job array makes all of them, and tells how they are joined', () => {
    const script = planned([...words, '--format', 'slurm']);
    const { sh } = workplace();
    const [, tasks] = /^#SBATCH --array=1-(\d)$/m.exec(script)!;
    const env = { SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: tasks };
    for (const id of ['2', '1']) sh(script, { ...env, SLURM_ARRAY_TASK_ID: id });
    const [, join] = /--wrap=('.*')$/m.exec(script)!;
    expect(sh(`sh -c ${join}`)).toBe(told);
  });

  it('of GNU parallel does both', () => {
    const script = planned([...words, '--format', 'parallel', '-o', "it's there"]);
    const { folder, sh } = workplace();
    expect(sh(script)).toBe(told);
    const runs = (out: string) => readFileSync(join(out, 'injection/runs.csv'), 'utf8');
    expect(runs(join(folder, "it's there"))).toBe(runs(whole));
  });

  it('of a workflow has a job a shard, and one that joins them', () => {
    const script = planned([...words, '--format', 'github-matrix']);
    const { jobs } = parse(script) as { jobs: Record<'shard' | 'merge', Job> };
    expect(jobs.shard.strategy?.matrix.shard).toEqual([1, 2]);
    expect(lastRun(jobs.shard)).toBe(`${runLine()} --shard \${{ matrix.shard }}/2 -q`);
    const merge = `${mergeLine()} --format job-summary >>"$GITHUB_STEP_SUMMARY"`;
    expect(lastRun(jobs.merge)).toBe(merge);
  });

  it('of an indexed job has an index a shard', () => {
    const { spec } = parse(planned([...words, '--format', 'k8s'])) as { spec: IndexedJob };
    expect([spec.completions, spec.completionMode]).toEqual([2, 'Indexed']);
    const [container] = spec.template.spec.containers;
    expect(container!.env).toEqual([{ name: 'GFPSIM_SHARD_TOTAL', value: '2' }]);
    expect(container!.command).toEqual(['sh', '-c', `exec ${runLine()} --shard auto -j 1`]);
  });

  /** The commands that the job array has, which was run. */
  function runLine(): string {
    return /^exec (.*) --shard auto -j /m.exec(planned([...words, '--format', 'slurm']))![1]!;
  }

  function mergeLine(): string {
    return /--wrap='(.*)'$/m.exec(planned([...words, '--format', 'slurm']))![1]!;
  }
});

interface Job {
  readonly strategy?: { readonly matrix: { readonly shard: readonly number[] } };
  readonly steps: readonly { readonly run?: string }[];
}

interface IndexedJob {
  readonly completions: number;
  readonly completionMode: string;
  readonly template: {
    readonly spec: {
      readonly containers: readonly {
        readonly command: readonly string[];
        readonly env: readonly [{ readonly name: string; readonly value: string }];
      }[];
    };
  };
}

function lastRun({ steps }: Job): string {
  return steps.flatMap(({ run }) => run ?? []).at(-1)!;
}
