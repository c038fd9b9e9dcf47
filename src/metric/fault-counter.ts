import type { MachineReadings } from '../model/machine-readings.ts';
import type { FaultRole } from './injected-faults.ts';
import type { Metric } from './metric.ts';

export type FaultCapability = 'failslab' | 'failPageAlloc';

interface CountOfFaults {
  readonly name: string;
  readonly summary: string;
  readonly capability: FaultCapability;
  /** Requests that reached the algorithm, or those that it failed. */
  readonly count: 'checked' | 'injected';
  readonly role: FaultRole;
}

/** A count of one fault capability, by the role of the request it judged. */
export function faultCounter({ name, summary, capability, count, role }: CountOfFaults): Metric {
  const read = (readings: MachineReadings) => readings[capability][count][role];
  return { name, summary, unit: 'count', better: 'neither', kind: 'exact', read };
}

/** Requests that a capability let pass for NOFAIL, for a new flag or for a task's scope. */
export function sparedCounter(name: string, summary: string, capability: FaultCapability): Metric {
  return {
    name,
    summary,
    unit: 'count',
    better: 'neither',
    kind: 'exact',
    read(readings) {
      const { nofail, flag, scope } = readings[capability].spared;
      return nofail + flag + scope;
    },
  };
}
