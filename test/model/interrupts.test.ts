import { describe, expect, test } from 'vitest';
import type { Machine } from '../../src/model/machine.ts';
import {
  type GfpClass,
  OP_ALLOCATE,
  OP_FREE,
  type Operation,
  type TaskView,
} from '../../src/model/operation.ts';
import { machineFor, ScriptedSource, settingOf } from './loaded-machine.ts';
import { KERNEL_61 } from './machines.ts';

const ATOMIC: GfpClass = { name: 'GFP_ATOMIC', gfp: KERNEL_61.gfp.composites['GFP_ATOMIC']! };
const MS = 1_000_000;
const CHURN = `
kernel: "6.1"
machine: { memory: 64MiB }
load:
  - workload: churn
    params: { attempts: 1000, think: 10us }
`;
const DRAIN = `
kernel: "6.1"
machine: { memory: 64MiB }
load:
  - workload: drain
    params: { gfp: GFP_ATOMIC, interrupts: off, attempts: 10000, think: 1us }
`;

type Script = Generator<Partial<Operation>, void, TaskView>;

/** Two objects at each arrival, and the first pair back at the last one. */
function* arrivals(atMs: readonly number[], seen: (task: TaskView) => void): Script {
  let nowMs = 0;
  let slot = 0;
  for (const ms of atMs) {
    seen(yield { kind: OP_ALLOCATE, slot: slot++, sizeBytes: 2048, thinkNs: (ms - nowMs) * MS });
    seen(yield { kind: OP_ALLOCATE, slot: slot++, sizeBytes: 2048 });
    nowMs = ms;
  }
  yield { kind: OP_FREE, slot: 0 };
  yield { kind: OP_FREE, slot: 1 };
}

function run(text: string, atMs: readonly number[]) {
  const setting = settingOf(text, 'pool-5.4');
  const times: number[] = [];
  let machine: Machine | null = null;
  const seen = () => times.push(machine!.nowNs / MS);
  const source = new ScriptedSource(() => arrivals(atMs, seen), {
    classes: [ATOMIC],
    slots: 2 * atMs.length,
    interrupt: true,
  });
  const interrupts = atMs.length === 0 ? [] : [{ source, cpu: 0 }];
  machine = machineFor({ ...setting, tasks: [...setting.tasks, ...interrupts] });
  machine.debug = true;
  machine.run(setting.horizonNs);
  return { times, readings: machine.readings(), machine };
}

describe('interrupts', () => {
  test('come at their times, whatever runs, and are tracked', () => {
    const { times, readings, machine } = run(CHURN, [2, 5, 7]);
    expect(times).toEqual([2, 2, 5, 5, 7, 7]);
    expect(readings.end).toBe('finished');
    expect(readings.classes.at(-1)).toMatchObject({ attempts: 6, metadataAttempts: 6 });
    const source = machine.tasks[1]!;
    expect([0, 1, 2, 5].map((slot) => source.isLive(slot))).toEqual([false, false, true, true]);
  });

  test('take their time from the thread that they interrupt', () => {
    const alone = run(CHURN, []).readings;
    const interrupted = run(CHURN, [2, 5, 7]).readings;
    const takenNs = interrupted.simulatedNs - alone.simulatedNs;
    // Six objects with their metadata and two frees, some from new slabs.
    expect(takenNs).toBeGreaterThan(6 * 300);
    expect(takenNs).toBeLessThan(6 * 3000);
  });

  test('wait until interrupts are on again', () => {
    const { times, readings } = run(DRAIN, [2, 5, 70]);
    const drainNs = readings.simulatedNs;
    expect(drainNs).toBeGreaterThan(10 * MS);
    // The run ends with the drain: what was held never came.
    expect(times).toEqual([]);
  });

  test('that were held come as one', () => {
    const more = `${DRAIN}  - workload: churn\n    params: { attempts: 3000, think: 10us }\n`;
    const { times } = run(more, [2, 5]);
    const [first, second, third] = times;
    expect(first).toBeGreaterThan(10);
    expect(second).toBe(first);
    // Three milliseconds after the one that was held.
    expect(third).toBeCloseTo(first! + 3, 6);
  });
});
