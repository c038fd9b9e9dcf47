import { UserError } from '../base/user-error.ts';
import type { Metric } from '../metric/metric.ts';
import { Machine } from '../model/machine.ts';
import type { MachineConfig } from '../model/machine-config.ts';
import type { MachineReadings } from '../model/machine-readings.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import {
  type ResolvedRun,
  type ResolvedScenario,
  resolveRun,
  resolveScenario,
} from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { LoggedMachine } from './event-log.ts';
import type { MetricValue, RunResult, RunSpec } from './run-result.ts';
import { type RunTrace, traceRun } from './trace-run.ts';

/** Makes planned runs, from nothing but plain data and the catalogs. */
export class Runner {
  readonly #scenarios: ReadonlyMap<string, Scenario>;
  readonly #catalogs: Catalogs;
  readonly #sampling: Pick<MachineConfig, 'samplePeriodNs'>;
  /** What all runs of a scenario share, kept until another one's turn. */
  #resolved: { readonly scenario: Scenario; readonly shared: ResolvedScenario } | undefined;

  /** `samplePeriodNs`: every run keeps a time series with a row every so often. */
  constructor(scenarios: readonly Scenario[], catalogs: Catalogs, samplePeriodNs?: number) {
    this.#scenarios = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
    this.#catalogs = catalogs;
    this.#sampling = samplePeriodNs === undefined ? {} : { samplePeriodNs };
  }

  /** The same run again, with its course noted every so often. */
  trace(spec: RunSpec, periodNs: number): RunTrace {
    const { scenario, variant, replication } = spec;
    const rows = traceRun({ ...this.#resolve(spec), periodNs }, this.#catalogs.metrics.all());
    return { scenario, variant, replication, periodNs, ...rows };
  }

  /** The same run again, with every event told. */
  log(spec: RunSpec, tell: (line: string) => void): void {
    const resolved = this.#resolve(spec);
    new LoggedMachine(resolved, tell).run(resolved.horizonNs);
  }

  run(spec: RunSpec): RunResult {
    const { config, tasks, streams, horizonNs } = this.#resolve(spec);
    const machine = new Machine({ ...config, ...this.#sampling }, tasks, streams);
    machine.run(horizonNs);
    return resultOf(spec, machine.readings(), this.#catalogs.metrics.all());
  }

  #resolve(spec: RunSpec): ResolvedRun {
    const scenario = this.#scenarios.get(spec.scenario);
    if (scenario === undefined) throw new UserError(`no scenario '${spec.scenario}' in this plan`);
    return resolveRun(scenario, this.#shared(scenario), spec, this.#catalogs);
  }

  #shared(scenario: Scenario): ResolvedScenario {
    if (this.#resolved?.scenario !== scenario) {
      this.#resolved = { scenario, shared: resolveScenario(scenario, this.#catalogs) };
    }
    return this.#resolved.shared;
  }
}

/** What is kept of a run that has ended. */
export function resultOf(
  spec: RunSpec,
  readings: MachineReadings,
  metrics: readonly Metric[],
): RunResult {
  return {
    spec,
    metrics: readMetrics(readings, metrics),
    events: readings.events,
    simulatedNs: readings.simulatedNs,
    fingerprint: readings.fingerprint,
    end: readings.end,
    ...(readings.series === null ? {} : { series: readings.series }),
  };
}

/** Every metric there is: what a report shows is chosen later. */
function readMetrics(
  readings: MachineReadings,
  metrics: readonly Metric[],
): Record<string, MetricValue> {
  const values: Record<string, MetricValue> = {};
  for (const metric of metrics) {
    const value = metric.read(readings);
    const censored = value === null && metric.survival !== undefined;
    values[metric.name] = censored
      ? { value, censoredAt: metric.survival!.censoredAt(readings) }
      : { value };
  }
  return values;
}
