import { UserError } from '../base/user-error.ts';
import type { Metric } from '../metric/metric.ts';
import { Machine } from '../model/machine.ts';
import type { MachineConfig } from '../model/machine-config.ts';
import type { MachineReadings } from '../model/machine-readings.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { type ResolvedScenario, resolveRun, resolveScenario } from '../scenario/resolve.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { MetricValue, RunResult, RunSpec } from './run-result.ts';

/** Makes planned runs, from nothing but plain data and the catalogs. */
export class Runner {
  readonly #scenarios: readonly Scenario[];
  readonly #catalogs: Catalogs;
  readonly #sampling: Pick<MachineConfig, 'samplePeriodNs'>;
  /** What all runs of a scenario share, by its name: resolved once. */
  readonly #resolved = new Map<string, ResolvedScenario>();

  /** `samplePeriodNs`: every run keeps a time series with a row every so often. */
  constructor(scenarios: readonly Scenario[], catalogs: Catalogs, samplePeriodNs?: number) {
    this.#scenarios = scenarios;
    this.#catalogs = catalogs;
    this.#sampling = samplePeriodNs === undefined ? {} : { samplePeriodNs };
  }

  run(spec: RunSpec): RunResult {
    const scenario = this.#scenarios.find(({ name }) => name === spec.scenario);
    if (scenario === undefined) throw new UserError(`no scenario '${spec.scenario}' in this plan`);
    const shared = this.#shared(scenario);
    const { config, tasks, streams, horizonNs } = resolveRun(
      scenario,
      shared,
      spec,
      this.#catalogs,
    );
    const machine = new Machine({ ...config, ...this.#sampling }, tasks, streams);
    machine.run(horizonNs);
    const readings = machine.readings();
    return {
      spec,
      metrics: readMetrics(readings, this.#catalogs.metrics.all()),
      events: readings.events,
      simulatedNs: readings.simulatedNs,
      fingerprint: readings.fingerprint,
      end: readings.end,
      ...(readings.series === null ? {} : { series: readings.series }),
    };
  }

  #shared(scenario: Scenario): ResolvedScenario {
    const known = this.#resolved.get(scenario.name);
    if (known !== undefined) return known;
    const resolved = resolveScenario(scenario, this.#catalogs);
    this.#resolved.set(scenario.name, resolved);
    return resolved;
  }
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
