import type { FaultReadings, MachineReadings } from '../model/machine-readings.ts';

export type FaultRole = keyof FaultReadings['injected'];

const ROLES: readonly FaultRole[] = ['host', 'metadata', 'area', 'depot', 'other'];

/** Faults of both capabilities that hit requests made on behalf of one role. */
export function injectedFaults(readings: MachineReadings, role: FaultRole): number {
  return readings.failslab.injected[role] + readings.failPageAlloc.injected[role];
}

/** A count of both capabilities on behalf of whomever. */
export function allFaults(readings: MachineReadings, count: 'injected' | 'reported'): number {
  const { failslab, failPageAlloc } = readings;
  return ROLES.reduce((sum, role) => sum + failslab[count][role] + failPageAlloc[count][role], 0);
}
