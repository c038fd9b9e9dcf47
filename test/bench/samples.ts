import { setTimeout as nextTurn } from 'node:timers/promises';
import { fastestNs } from '../../src/cli/bench/cpu-time.ts';
import { firstRunOf, type RunSpeed, runSpeed, scenarioOf } from '../../src/cli/bench/run-speed.ts';
import { loadCatalogs } from '../../src/cli/load-catalogs.ts';
import type { RunResult } from '../../src/experiment/run-result.ts';
import { Machine } from '../../src/model/machine.ts';
import { resolveRun, resolveScenario } from '../../src/scenario/resolve.ts';
import { QUEUES } from './hold-model.ts';

// What one process measures: one thing, so that nothing compiled for another is in its way.

/** Blocks of holds: at least a million, and each event in ten blocks twenty times. */
const BLOCKS = 10;
const HOLDS_MIN = 100_000;
const HOLDS_PER_EVENT = 20;

export interface HoldSample {
  readonly nsPerHold: number;
  readonly checksum: number;
}

/** `share` of the full number of holds: 1 to measure, less to see that it works. */
export function holdSample(queue: string, pending: number, share: number): HoldSample {
  const holds = QUEUES[queue]!(pending);
  const perBlock = Math.ceil(share * Math.max(HOLDS_MIN, HOLDS_PER_EVENT * pending));
  let checksum = holds(2 * perBlock);
  const ns = fastestNs(BLOCKS, () => {
    checksum = (Math.imul(checksum, 31) + holds(perBlock)) | 0;
  });
  return { nsPerHold: ns / perBlock, checksum };
}

/** Whole runs of a scenario, from its resolved numbers to its metrics; the fastest counts. */
export async function runSample(text: string, times: number): Promise<RunSpeed> {
  return runSpeed(await runnerOf(text), times);
}

/** Bytes in use after `times` runs more than after the first two; needs --expose-gc. */
export async function growthSample(text: string, times: number): Promise<{ bytes: number }> {
  const runOnce = await runnerOf(text);
  runOnce();
  runOnce();
  const before = await bytesInUse();
  for (let i = 0; i < times; i++) runOnce();
  return { bytes: (await bytesInUse()) - before };
}

export interface MemorySample {
  readonly frames: number;
  readonly columnBytes: number;
}

/** What the columns of a new machine take; needs --expose-gc. */
export async function memorySample(text: string): Promise<MemorySample> {
  const catalogs = await loadCatalogs();
  const scenario = scenarioOf(text, catalogs);
  const shared = resolveScenario(scenario, catalogs);
  const choice = { variant: scenario.variants[0]!, replication: 0 };
  const { config, tasks, streams } = resolveRun(scenario, shared, choice, catalogs);
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const machine = new Machine(config, tasks, streams);
  await settle();
  const columnBytes = process.memoryUsage().arrayBuffers - before;
  return { frames: machine.parts.memory.frames.frames, columnBytes };
}

async function runnerOf(text: string): Promise<() => RunResult> {
  const catalogs = await loadCatalogs();
  return firstRunOf(scenarioOf(text, catalogs), catalogs);
}

/** Buffers are given back by a thread of their own, some time after their arrays were found dead. */
async function settle(): Promise<void> {
  for (let times = 0; times < 3; times++) {
    collectGarbage();
    await nextTurn(50);
  }
}

async function bytesInUse(): Promise<number> {
  await settle();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function collectGarbage(): void {
  globalThis.gc!();
}
