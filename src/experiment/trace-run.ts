import type { RandomStreams } from '../engine/random-streams.ts';
import type { Metric } from '../metric/metric.ts';
import type { TaskSpec } from '../model/build-tasks.ts';
import { Machine } from '../model/machine.ts';
import type { MachineConfig } from '../model/machine-config.ts';

/**
 * A run's course in a few rows, kept with a baseline: enough to say when another run left it, and
 * which metric moved first. Row i is the state when i + 1 periods had passed, the last one the end.
 */
export interface RunTrace {
  readonly scenario: string;
  readonly variant: string;
  readonly replication: number;
  readonly periodNs: number;
  /** Of all that had happened until then. */
  readonly fingerprints: readonly string[];
  /** By name, a value a row; a single value: it never moved. Null: none, or not yet. */
  readonly metrics: Readonly<Record<string, readonly (number | null)[]>>;
}

export type TraceRows = Pick<RunTrace, 'fingerprints' | 'metrics'>;

const ROWS = 32;

/** The period that gives a run of this length its rows. */
export function tracePeriod(simulatedNs: number): number {
  return Math.max(1, Math.ceil(simulatedNs / ROWS));
}

/** A machine that is read again and again on its way; nothing in it changes by that. */
class TracedMachine extends Machine {
  readonly #periodNs: number;
  readonly #note: () => void;
  #dueNs: number;

  constructor(input: TracedInput, note: () => void) {
    super(input.config, input.tasks, input.streams);
    this.#periodNs = input.periodNs;
    this.#dueNs = input.periodNs;
    this.#note = note;
  }

  override handle(kind: number, a: number, b: number): void {
    while (this.#dueNs <= this.nowNs) {
      this.#note();
      this.#dueNs += this.#periodNs;
    }
    super.handle(kind, a, b);
  }
}

export interface TracedInput {
  readonly config: MachineConfig;
  readonly tasks: readonly TaskSpec[];
  readonly streams: RandomStreams;
  readonly horizonNs: number;
  readonly periodNs: number;
}

/** Makes a run again and notes its course. */
export function traceRun(input: TracedInput, metrics: readonly Metric[]): TraceRows {
  const fingerprints: string[] = [];
  const columns = new Map<string, (number | null)[]>(metrics.map(({ name }) => [name, []]));
  const machine: TracedMachine = new TracedMachine(input, note);
  function note(): void {
    const readings = machine.readings();
    fingerprints.push(readings.fingerprint);
    for (const metric of metrics) columns.get(metric.name)!.push(metric.read(readings));
  }
  machine.run(input.horizonNs);
  note();
  return {
    fingerprints,
    metrics: Object.fromEntries([...columns].map(([name, values]) => [name, shortened(values)])),
  };
}

function shortened(values: readonly (number | null)[]): readonly (number | null)[] {
  return values.every((value) => value === values[0]) ? values.slice(0, 1) : values;
}
