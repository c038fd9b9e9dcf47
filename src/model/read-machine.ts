import type { Simulation } from '../engine/simulation.ts';
import type { Gfp, KernelProfile } from '../kernel/kernel-profile.ts';
import type { KmemleakReadings } from './kmemleak/kmemleak-counts.ts';
import type { MachineConfig } from './machine-config.ts';
import type { MachineParts } from './machine-parts.ts';
import type {
  CallerKind,
  ClassReadings,
  LeakReadings,
  LivelockReadings,
  MachineReadings,
  TimeSeriesReadings,
} from './machine-readings.ts';
import { isBlockable, wakesKswapd } from './mm/gfp.ts';
import type { Zone } from './mm/zone.ts';
import type { RunRecord } from './run-record.ts';
import { ROLE_AREA, ROLE_HOST, ROLE_METADATA } from './sched/task-context.ts';
import { THREAD_ENDED, type Thread } from './sched/thread.ts';

/** Where the readings are gathered from. */
export interface ReadingSources {
  readonly config: MachineConfig;
  readonly parts: MachineParts;
  readonly kmemleak: KmemleakReadings;
  readonly record: RunRecord;
  readonly simulation: Simulation;
  /** The tasks whose end is the run's. */
  readonly awaited: readonly Thread[];
  readonly livelocks: readonly LivelockReadings[];
  readonly series: TimeSeriesReadings | null;
  readonly leaks: LeakReadings;
}

/** Gathers everything that can be read from a machine into plain data. Cold. */
export function readMachine(from: ReadingSources): MachineReadings {
  const { parts, kmemleak, record, simulation } = from;
  const cache = parts.slab.caches.find((one) => one.name === 'kmemleak_object');
  return {
    simulatedNs: simulation.nowNs,
    events: simulation.events,
    fingerprint: fingerprintOf(from),
    end: endOf(from),
    hostAttempts: record.hostAttempts,
    hostFailures: record.hostFailures,
    classes: classReadings(from),
    kmemleakAlive: kmemleak.alive,
    metadataAttempts: kmemleak.attempts,
    metadataFailures: kmemleak.failures,
    metadataFromPool: kmemleak.fromPool,
    metadataLiveMax: kmemleak.liveMax,
    metadataObjectSize: kmemleak.objectSize,
    metadataPages: cache?.pages ?? 0,
    poolFree: kmemleak.poolFree,
    poolFreeMin: kmemleak.poolFreeMin,
    poolEmptyNotices: kmemleak.poolEmptyNotices,
    untracked: kmemleak.untracked,
    scanAreas: { attempts: kmemleak.areaAttempts, failures: kmemleak.areaFailures },
    brokenScopes: canInject(from.config) ? kmemleak.brokenScopes : 0,
    firstMetadataFailure: record.moments.get('first-metadata-failure') ?? null,
    firstPoolUse: record.moments.get('first-pool-use') ?? null,
    death: record.moments.get('death') ?? null,
    firstHostFailure: record.moments.get('first-host-failure') ?? null,
    last: record.now(simulation.nowNs),
    failslab: parts.failslab.readings(),
    failPageAlloc: parts.failPageAlloc.readings(),
    freeMinPages: record.freeMinPages,
    reserveDepth: Math.max(0, ...parts.memory.zones.map(depthOf)),
    warnings: parts.warnings.byId(),
    vmstat: parts.memory.vmstat.byName(),
    stallsNs: sorted(record.stallsNs),
    metadataStallsNs: sorted(record.metadataStallsNs),
    accessStallsNs: sorted(record.accessStallsNs),
    loopRoundsMax: parts.pages.rounds.loops.roundsMax,
    livelocks: from.livelocks,
    series: from.series,
    leaks: from.leaks,
    oomVictimPages: parts.users.oom.firstVictimPages,
  };
}

/** Where nothing can be injected, a scope that is cut short spares nobody less. */
function canInject({ fault }: MachineConfig): boolean {
  return fault.failslab.probability > 0 || fault.failPageAlloc.probability > 0;
}

function classReadings({ config, parts, kmemleak, record }: ReadingSources): ClassReadings[] {
  const injected = (index: number, role: number) =>
    parts.failslab.attr.injectedIn(index, role) + parts.failPageAlloc.attr.injectedIn(index, role);
  return record.classes.map(({ name, gfp }, i) => ({
    name,
    gfp,
    kind: kindOf(gfp, config.kernel),
    attempts: record.attempts[i]!,
    failures: record.failures[i]!,
    metadataAttempts: kmemleak.classes[i]!.attempts,
    metadataFailures: kmemleak.classes[i]!.failures,
    metadataFromPool: kmemleak.classes[i]!.fromPool,
    stallNs: record.stallNsByClass[i]!,
    metadataStallNs: record.metadataStallNsByClass[i]!,
    injectedHost: injected(i, ROLE_HOST),
    injectedMetadata: injected(i, ROLE_METADATA) + injected(i, ROLE_AREA),
  }));
}

function kindOf(gfp: Gfp, kernel: KernelProfile): CallerKind {
  if (isBlockable(gfp, kernel)) return 'kernel';
  if ((gfp & kernel.gfp.bits.HIGH) !== 0) return 'atomic';
  return wakesKswapd(gfp, kernel) ? 'nowait' : 'bare';
}

function endOf({ parts, awaited }: ReadingSources): MachineReadings['end'] {
  if (parts.pages.rounds.loops.open > 0) return 'livelock';
  if (parts.pages.rounds.oomKillsAsked > 0) return 'out-of-memory';
  return awaited.every((task) => task.state === THREAD_ENDED) ? 'finished' : 'horizon';
}

/** Deepest dip below min, as a share of min. */
function depthOf(zone: Zone): number {
  return zone.min === 0 ? 0 : Math.max(0, zone.min - zone.freePagesLowest) / zone.min;
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** The events, and what they led to. */
function fingerprintOf({ kmemleak, record, simulation, parts }: ReadingSources): string {
  const { fingerprint } = simulation;
  for (const count of [record.hostAttempts, record.hostFailures]) fingerprint.ingest(count);
  for (const count of [kmemleak.attempts, kmemleak.failures]) fingerprint.ingest(count);
  for (const zone of parts.memory.zones) fingerprint.ingest(zone.freePages);
  return fingerprint.hex();
}
