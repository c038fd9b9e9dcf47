import { UserError } from '../base/user-error.ts';
import type { Metric } from '../metric/metric.ts';
import { Machine } from '../model/machine.ts';
import type { MachineReadings } from '../model/machine-readings.ts';
import type { Catalogs } from '../scenario/catalogs.ts';
import { resolveRun } from '../scenario/resolve.ts';
import type { RunPlan } from './plan.ts';
import type { MetricValue, RunResult, RunSpec } from './run-result.ts';

/** Makes one planned run, from nothing but plain data and the catalogs. */
export function runOne(plan: RunPlan, spec: RunSpec, catalogs: Catalogs): RunResult {
  const scenario = plan.scenarios.find(({ name }) => name === spec.scenario);
  if (scenario === undefined) throw new UserError(`no scenario '${spec.scenario}' in this plan`);
  const { config, tasks, streams, horizonNs } = resolveRun(scenario, spec, catalogs);
  const machine = new Machine(config, tasks, streams);
  machine.run(horizonNs);
  const readings = machine.readings();
  return {
    spec,
    metrics: readMetrics(readings, catalogs.metrics.all()),
    events: readings.events,
    simulatedNs: readings.simulatedNs,
    fingerprint: readings.fingerprint,
    end: readings.end,
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
