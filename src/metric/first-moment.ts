import type { MachineReadings } from '../model/machine-readings.ts';
import type { Metric } from './metric.ts';

/** The moments of a run that may never come. */
export type MomentName = 'death' | 'firstHostFailure' | 'firstMetadataFailure' | 'firstPoolUse';

export interface FirstMoment {
  readonly name: string;
  readonly summary: string;
  readonly moment: MomentName;
  /** Counts the callers' requests, refused ones too, or nanoseconds. */
  readonly clock: 'index' | 'ns';
}

/**
 * The time to an event: null, and censored at the last moment of the run, where it did not
 * happen. A longer wait is the better one: all these events are failures.
 */
export function firstMoment({ name, summary, moment, clock }: FirstMoment): Metric {
  return {
    name,
    summary,
    unit: clock,
    better: 'higher',
    kind: clock === 'ns' ? 'sampled' : 'exact',
    survival: { censoredAt: (readings: MachineReadings) => readings.last[clock] },
    read: (readings) => readings[moment]?.[clock] ?? null,
  };
}
