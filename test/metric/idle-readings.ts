import type { FaultReadings, MachineReadings, Moment } from '../../src/model/machine-readings.ts';

const NO_FAULTS: FaultReadings = {
  checked: { host: 0, metadata: 0, area: 0, depot: 0, other: 0 },
  injected: { host: 0, metadata: 0, area: 0, depot: 0, other: 0 },
  reported: { host: 0, metadata: 0, area: 0, depot: 0, other: 0 },
  spared: { nofail: 0, flag: 0, scope: 0, wrongly: 0 },
};

export function moment(index: number, ns: number): Moment {
  return { index, ns, gfpClass: 'GFP_KERNEL', zones: [], pcpPages: 0 };
}

/** What can be read from a machine that nobody asked for anything. */
export const IDLE_READINGS: MachineReadings = {
  simulatedNs: 0,
  events: 0,
  fingerprint: '',
  end: 'finished',
  hostAttempts: 0,
  hostFailures: 0,
  classes: [],
  kmemleakAlive: true,
  metadataAttempts: 0,
  metadataFailures: 0,
  metadataFromPool: 0,
  poolFreeMin: null,
  scanAreas: { attempts: 0, failures: 0 },
  brokenScopes: 0,
  metadataLiveMax: 0,
  metadataObjectSize: 304,
  metadataPages: 0,
  poolFree: 0,
  poolEmptyNotices: 0,
  untracked: 0,
  firstMetadataFailure: null,
  firstPoolUse: null,
  death: null,
  firstHostFailure: null,
  last: moment(0, 0),
  failslab: NO_FAULTS,
  failPageAlloc: NO_FAULTS,
  freeMinPages: 0,
  reserveDepth: 0,
  warnings: {},
  vmstat: {},
  stallsNs: [],
  metadataStallsNs: [],
  accessStallsNs: [],
  loopRoundsMax: 0,
  livelocks: [],
  series: null,
  oomVictimPages: null,
  leaks: { scans: 0, planted: 0, reported: 0, falsePositives: 0 },
};

export function readingsWith(part: Partial<MachineReadings>): MachineReadings {
  return { ...IDLE_READINGS, ...part };
}
