import { describe, expect, test } from 'vitest';
import type { Machine } from '../../src/model/machine.ts';
import {
  type GfpClass,
  OP_ALLOCATE,
  OP_FREE,
  OP_IDLE,
  OP_TOUCH,
  type Operation,
  type TaskView,
} from '../../src/model/operation.ts';
import { LIVELOCK_ROUNDS } from '../../src/model/reclaim/endless-loops.ts';
import { machineFor, ScriptedSource, settingOf } from './loaded-machine.ts';
import { KERNEL_417 } from './machines.ts';

// The measured loop of 4.17: its mask for metadata, NOFAIL and NORETRY, reclaims for ever without
// ever reaching the OOM killer. Atomic callers empty the zones to below the NOFAIL reserve, then
// callers that may sleep find room in their own cache, but not in that of the metadata.

const { composites } = KERNEL_417.gfp;
const KERNEL_CALLER: GfpClass = { name: 'GFP_KERNEL', gfp: composites['GFP_KERNEL']! };
const ATOMIC_CALLER: GfpClass = { name: 'GFP_ATOMIC', gfp: composites['GFP_ATOMIC']! };
const HOST_BYTES = 512;
const HOSTS = 4096;
/** Below 3/4 of min and the protection, above what atomic callers' metadata needs. */
const DEEP_DMA = 128;
const DEEP_DMA32 = 210;
const PROCESS_PAGES = 2048;

type Script = Generator<Partial<Operation>, void, TaskView>;

function* drainThenAsk(freeOf: (zone: string) => number): Script {
  for (let slot = 0; slot < HOSTS; slot++) {
    yield { kind: OP_ALLOCATE, slot, sizeBytes: HOST_BYTES, gfpClass: 0 };
  }
  for (let slot = 0; slot < HOSTS; slot += 2) yield { kind: OP_FREE, slot };
  while (freeOf('DMA') > DEEP_DMA || freeOf('DMA32') > DEEP_DMA32) {
    yield { kind: OP_ALLOCATE, sizeBytes: 64, gfpClass: 1 };
  }
  for (let slot = 0; slot < HOSTS; slot += 2) {
    yield { kind: OP_ALLOCATE, slot, sizeBytes: HOST_BYTES, gfpClass: 0 };
  }
}

/** Takes its memory before the drain comes so far, sleeps, and then wants more. */
function* process(thenTouches: boolean): Script {
  for (let slot = 0; slot < PROCESS_PAGES; slot++) yield { kind: OP_TOUCH, slot };
  yield { kind: OP_IDLE, thinkNs: 3e9 };
  for (let slot = 0; thenTouches && slot < 512; slot++) {
    yield { kind: OP_TOUCH, slot: PROCESS_PAGES + slot };
  }
  yield { kind: OP_IDLE, thinkNs: 1e12 };
}

function run(
  variant: string,
  others: 'nobody' | 'a sleeper' | 'one that faults',
  horizonNs = 40e9,
): Machine {
  const setting = settingOf(
    'kernel: "4.17"\nmachine: { memory: 128MiB, cpus: 2 }\nload:\n  - workload: drain',
    variant,
  );
  let machine: Machine | null = null;
  const freeOf = (zone: string) =>
    machine!.parts.memory.zones.find(({ name }) => name === zone)!.freePages;
  const driver = new ScriptedSource(() => drainThenAsk(freeOf), {
    classes: [KERNEL_CALLER, ATOMIC_CALLER],
    slots: HOSTS,
  });
  const own = { name: 'hog', pages: PROCESS_PAGES + 512, oomScoreAdj: 0 };
  const hog = new ScriptedSource(() => process(others === 'one that faults'), { process: own });
  const tasks = [{ source: driver, cpu: 0 }];
  if (others !== 'nobody') tasks.push({ source: hog, cpu: 1 });
  machine = machineFor({ ...setting, tasks });
  machine.run(horizonNs);
  machine.assertConservation();
  return machine;
}

describe('a NOFAIL and NORETRY request that nothing can serve', () => {
  const readings = run('nofail-4.15', 'nobody').readings();

  test('is reported with its rounds and its time', () => {
    expect(readings.end).toBe('livelock');
    expect(readings.livelocks).toHaveLength(1);
    const [livelock] = readings.livelocks;
    expect(livelock).toMatchObject({ gfpClass: 'GFP_KERNEL', role: 'metadata', lastedNs: null });
    expect(livelock!.rounds).toBeGreaterThan(LIVELOCK_ROUNDS);
    expect(readings.loopRoundsMax).toBe(livelock!.rounds);
  });

  test('counts as a stall of its caller, and for metadata, up to the end of the run', () => {
    const [livelock] = readings.livelocks;
    const loopedNs = readings.simulatedNs - livelock!.sinceNs;
    expect(readings.metadataStallsNs.at(-1)).toBeGreaterThan(loopedNs);
    expect(readings.stallsNs.at(-1)).toBeGreaterThan(loopedNs);
    expect(readings.classes[0]!.metadataStallNs).toBeGreaterThan(loopedNs);
  });

  test('kills nobody, fails nobody and keeps kmemleak alive', () => {
    expect(readings.vmstat['oom_kill']).toBe(0);
    expect(readings.hostFailures).toBe(0);
    expect(readings.kmemleakAlive).toBe(true);
  });

  test('takes a while to be given up, and its rounds fill that time', () => {
    const [livelock] = readings.livelocks;
    const roundNs = (readings.simulatedNs - livelock!.sinceNs) / livelock!.rounds;
    expect(readings.simulatedNs).toBeLessThan(40e9);
    // No round is for nothing, and none lasts as long as a reclaim that finds something.
    expect(roundNs).toBeGreaterThan(1000);
    expect(roundNs).toBeLessThan(100_000);
  });
});

test('a mask without NOFAIL goes on without kmemleak', () => {
  const readings = run('quiet-2011', 'nobody').readings();
  expect(readings.end).toBe('finished');
  expect(readings.livelocks).toEqual([]);
  expect(readings.kmemleakAlive).toBe(false);
});

test('a process that only sleeps does not end it', () => {
  const readings = run('nofail-4.15', 'a sleeper').readings();
  expect(readings.end).toBe('livelock');
  expect(readings.vmstat['oom_kill']).toBe(0);
});

test("another task's OOM kill ends it", () => {
  const readings = run('nofail-4.15', 'one that faults').readings();
  expect(readings.vmstat['oom_kill']).toBe(1);
  expect(readings.end).toBe('finished');
  const [livelock] = readings.livelocks;
  expect(livelock!.lastedNs).toBeGreaterThan(2e9);
  expect(readings.livelocks).toHaveLength(1);
  expect(readings.kmemleakAlive).toBe(true);
});
