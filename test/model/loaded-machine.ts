import { loadCatalogs } from '../../src/cli/load-catalogs.ts';
import type { RandomStreams } from '../../src/engine/random-streams.ts';
import type { TaskSpec } from '../../src/model/build-tasks.ts';
import { Machine } from '../../src/model/machine.ts';
import type { MachineConfig } from '../../src/model/machine-config.ts';
import {
  type GfpClass,
  OP_END,
  type Operation,
  type OperationSource,
  type OwnMemory,
  type TaskView,
} from '../../src/model/operation.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { resolveRun, resolveScenario } from '../../src/scenario/resolve.ts';

// Whole machines for tests: built from a scenario's text, or with loads made by hand.

const catalogs = await loadCatalogs();

export interface Setting {
  readonly config: MachineConfig;
  readonly tasks: readonly TaskSpec[];
  readonly streams: RandomStreams;
  readonly horizonNs: number;
}

/** What a scenario with this text would run; its question and variants are filled in. */
export function settingOf(text: string, variant = 'quiet-2011', replication = 0): Setting {
  const whole = `question: What happens?\nvariants: [${variant}]\n${text}`;
  const files = { read: () => whole, resolve: (_from: string, written: string) => written };
  const { scenario } = loadScenario('test.yaml', { files, catalogs });
  const spec = { scenario: scenario.name, variant, replication, seed: scenario.seed };
  return resolveRun(scenario, resolveScenario(scenario, catalogs), spec, catalogs);
}

export function machineFor({ config, tasks, streams }: Setting): Machine {
  return new Machine(config, tasks, streams);
}

/** A load written as a list of steps: each fills the operation in, until one says that it ends. */
export class ScriptedSource implements OperationSource {
  readonly classes: readonly GfpClass[];
  readonly slots: number;
  readonly interruptsOff: boolean = false;
  readonly interrupt: boolean;
  readonly process?: OwnMemory;
  readonly #script: Generator<Partial<Operation>, void, TaskView>;

  constructor(
    script: () => Generator<Partial<Operation>, void, TaskView>,
    more: {
      classes?: readonly GfpClass[];
      slots?: number;
      process?: OwnMemory;
      interrupt?: boolean;
    } = {},
  ) {
    this.classes = more.classes ?? [];
    this.slots = more.slots ?? 0;
    this.interrupt = more.interrupt ?? false;
    if (more.process !== undefined) this.process = more.process;
    this.#script = script();
  }

  next(operation: Operation, task: TaskView): void {
    const step = this.#script.next(task);
    const idle = { slot: -1, gfpClass: 0, thinkNs: 0, restNs: 0, notBeforeNs: 0 };
    if (step.done === true) operation.kind = OP_END;
    else Object.assign(operation, idle, step.value);
  }
}
