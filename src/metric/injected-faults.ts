import type { FaultReadings, MachineReadings } from '../model/machine-readings.ts';

export type FaultRole = keyof FaultReadings['injected'];

/** Faults of both capabilities that hit requests made on behalf of one role. */
export function injectedFaults(readings: MachineReadings, role: FaultRole): number {
  return readings.failslab.injected[role] + readings.failPageAlloc.injected[role];
}
