import { churnLoads, drainLoads } from '../../src/cli/bench/bench-loads.ts';
import type { RunSpeed } from '../../src/cli/bench/run-speed.ts';
import { alignTable } from '../../src/report/table.ts';
import { median, sample, sampleInRounds } from './rounds.ts';
import type { MemorySample } from './samples.ts';

/** Whole runs on one core: kmalloc, its metadata and its event, and half of them the free. */
export function benchRuns(rounds: number, share: number): string[] {
  const loads = [...churnLoads(Math.ceil(500_000 * share)), ...drainLoads(memoryFor(share))];
  const scenarios = new Map(loads.map(({ name, scenario }) => [name, scenario]));
  const samples = sampleInRounds([...scenarios.keys()], rounds, (name) =>
    sample<RunSpeed>(['run', scenarios.get(name)!, 5]),
  );
  const rows = [...samples].map(([name, all]) => row(name, all));
  return [
    'runs: allocations a second of CPU time, metadata counted apart and together',
    ...alignTable(
      [['load', 'requests', 'ns each', 'requests/s', 'with metadata/s', 'events/s'], ...rows],
      ['left', 'right', 'right', 'right', 'right', 'right'],
    ),
  ];
}

/** Memory: what a page frame takes, and what is left behind by repeated runs. */
export function benchMemory(share: number): string[] {
  const large = sample<MemorySample>(['memory', largeMachine('16GiB')]);
  const [churn] = churnLoads(Math.ceil(50_000 * share));
  const runs = 20;
  const growth = sample<{ bytes: number }>(['growth', churn!.scenario, runs]);
  const perFrame = large.columnBytes / large.frames;
  return [
    'memory',
    ...alignTable(
      [
        ['columns of a 16 GiB machine, bytes a page frame', perFrame.toFixed(2)],
        [`growth over ${runs} equal runs, bytes a run`, (growth.bytes / runs).toFixed(0)],
      ],
      ['left', 'right'],
    ),
  ];
}

function row(name: string, all: readonly RunSpeed[]): string[] {
  const [{ requests, metadata, events, fingerprint }] = all as [RunSpeed];
  if (all.some((one) => one.fingerprint !== fingerprint)) throw new Error(`${name} is not stable`);
  const ns = median(all.map((one) => one.ns));
  const perSecond = (count: number) => `${((count / ns) * 1000).toFixed(2)} M`;
  return [
    name,
    String(requests),
    (ns / requests).toFixed(0),
    perSecond(requests),
    perSecond(requests + metadata),
    perSecond(events),
  ];
}

function memoryFor(share: number): string {
  return share < 1 ? '64MiB' : '512MiB';
}

/** A large machine, of which only the frames are counted. */
function largeMachine(memory: string): string {
  return `
    question: How much does a page frame take?
    kernel: "6.1"
    machine: { memory: ${memory} }
    load: [{ workload: churn, params: { attempts: 1 } }]
    variants: [untracked]`;
}
