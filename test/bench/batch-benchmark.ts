import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alignTable } from '../../src/report/table.ts';
import { median, sampleInRounds } from './rounds.ts';

const PROGRAM = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
/** Says at the end what all threads of the process have used, in microseconds. */
const TELL = `data:text/javascript,${encodeURIComponent(
  "import{isMainThread}from'node:worker_threads';import{writeSync}from'node:fs';" +
    "if(isMainThread)process.on('exit',()=>{const{user,system}=process.cpuUsage();" +
    'writeSync(3,String(user+system))})',
)}`;
const VARIANTS = 'quiet-2011,nofail-4.15,rfc-nowait,pool-5.4';
const VARIANT_COUNT = VARIANTS.split(',').length;

interface BatchSample {
  readonly cpuMs: number;
  readonly runs: string;
}

/** What a second thread costs: CPU time of equal batches on one thread and on two, by turns. */
export function benchBatch(rounds: number, share: number): string[] {
  const sizes = [200, 1000].map((runs) => Math.ceil((runs * share) / VARIANT_COUNT));
  const added = sizes.map((reps) => addedBy(reps, rounds));
  const [few, many] = added as [Added, Added];
  const perRun = (many.ms - few.ms) / Math.max(many.runs - few.runs, 1);
  return [
    'batch: CPU time of two threads against one, in ms',
    ...alignTable(
      [
        ['runs', 'one thread, a run', 'added by the second', 'added a run'],
        ...added.map(({ runs, one, ms }) => {
          const each = (value: number) => (value / runs).toFixed(2);
          return [String(runs), each(one), ms.toFixed(0), each(ms)];
        }),
      ],
      ['left', 'right', 'right', 'right'],
    ),
    `that is ${(few.ms - few.runs * perRun).toFixed(0)} at once and ${perRun.toFixed(2)} a run`,
  ];
}

interface Added {
  readonly runs: number;
  readonly one: number;
  readonly ms: number;
}

function addedBy(reps: number, rounds: number): Added {
  const samples = sampleInRounds(['1', '2'], rounds, (jobs) => batch(jobs, reps));
  const [one, two] = ['1', '2'].map((jobs) => samples.get(jobs)!);
  const all = [...one!, ...two!].map(({ runs }) => runs);
  if (new Set(all).size !== 1) throw new Error('two threads gave other runs than one');
  const [single, both] = [one!, two!].map((each) => median(each.map(({ cpuMs }) => cpuMs)));
  return { runs: reps * VARIANT_COUNT, one: single!, ms: both! - single! };
}

function batch(jobs: string, reps: number): BatchSample {
  const out = mkdtempSync(join(tmpdir(), 'gfpsim-bench-'));
  const words = ['run', 'rfc-2018/injection', '-V', VARIANTS, '-r', String(reps), '-j', jobs];
  const command = ['--import', TELL, PROGRAM, ...words, '-q', '-o', out, '--format', 'csv'];
  const { status, output } = spawnSync(process.execPath, command, {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  if (status !== 0) throw new Error(`a batch ended with ${status}`);
  const runs = readFileSync(join(out, 'injection/runs.csv'), 'utf8');
  rmSync(out, { recursive: true });
  return { cpuMs: Number(String(output[3])) / 1000, runs };
}
