import { describe, expect, it } from 'vitest';
import { NodeFiles } from '../../../src/cli/files/node-files.ts';
import { loadCatalogs } from '../../../src/cli/load-catalogs.ts';
import { RandomStreams } from '../../../src/engine/random-streams.ts';
import { DEFAULT_COSTS } from '../../../src/model/costs.ts';
import { Machine } from '../../../src/model/machine.ts';
import { OP_END, OP_TOUCH, type OperationSource } from '../../../src/model/operation.ts';
import { Task } from '../../../src/model/sched/task.ts';
import { loadScenario } from '../../../src/scenario/load.ts';
import { resolveRun, resolveScenario } from '../../../src/scenario/resolve.ts';

const PLACE = { cpu: 0, firstClass: 0, zones: [] };

function taskOf(process?: OperationSource['process']): Task {
  const source: OperationSource = {
    classes: [],
    slots: 0,
    interruptsOff: false,
    ...(process === undefined ? {} : { process }),
    next: (operation) => {
      operation.kind = OP_END;
    },
  };
  return new Task(0, source, PLACE);
}

describe('how likely a tick finds a task in user space', () => {
  const process = { name: 'hog', pages: 10, oomScoreAdj: 0 };

  it('is the share of its computing, the way back included', () => {
    const task = taskOf(process);
    task.kernelNs = 950;
    expect(task.userShare(50)).toBe(0.05);
    task.operation.thinkNs = 19_000;
    expect(task.userShare(50)).toBe(19_050 / 20_000);
  });

  it('is nothing for a loop in the kernel, and inside a slow path', () => {
    expect(taskOf().userShare(50)).toBe(0);
    const task = taskOf(process);
    task.slowPath = (function* () {
      yield 1;
      return 0;
    })();
    expect(task.userShare(50)).toBe(0);
  });

  it('knows what each fault took', async () => {
    const text = `
question: How long is a fault?
kernel: "4.17"
machine: { memory: 64MiB }
load: [{ workload: hog, params: { size: 1MiB, think: 0ns } }]
variants: [quiet-2011]
`;
    const catalogs = await loadCatalogs();
    const onDisk = new NodeFiles();
    const files = {
      read: (file: string) => (file === 'fault.yaml' ? text : onDisk.read(file)),
      resolve: (from: string, written: string) => onDisk.resolve(from, written),
    };
    const { scenario } = loadScenario('fault.yaml', { files, catalogs });
    const spec = { scenario: 'fault', variant: 'quiet-2011', replication: 0, seed: '1' };
    const resolved = resolveScenario(scenario, catalogs);
    const { config, tasks } = resolveRun(scenario, resolved, spec, catalogs);
    const machine = new Machine(config, tasks, new RandomStreams('1', 0));
    machine.run(50_000);
    const [hog] = machine.tasks;
    expect(hog!.operation.kind).toBe(OP_TOUCH);
    expect(hog!.kernelNs).toBe(DEFAULT_COSTS.faultNs + DEFAULT_COSTS.pageNs);
  });
});
