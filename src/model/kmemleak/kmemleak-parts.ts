import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { FaultScope } from '../fault/fault-scope.ts';
import type { KmemleakConfig } from '../machine-config.ts';
import type { Warnings } from '../warnings.ts';
import type { MetadataCache } from './object-supply.ts';
import type { StackDepot } from './stack-depot.ts';

/** The moments at which a machine looks at its zones; each comes at most once. */
export type KmemleakMoment = 'first-metadata-failure' | 'first-pool-use' | 'death';

export interface KmemleakParts {
  readonly kernel: KernelProfile;
  readonly config: KmemleakConfig;
  readonly cpus: number;
  /** CONFIG_FAULT_INJECTION. */
  readonly faultInjection: boolean;
  /** The scope around metadata requests, where the proposal has one; null: it has none. */
  readonly scope: FaultScope | null;
  /** The gfp of each class of the load's callers. */
  readonly callers: readonly Gfp[];
  /** The slab cache `kmemleak_object`, and `kmemleak_scan_area` where anybody asks for areas. */
  readonly cache: MetadataCache;
  readonly areaCache: MetadataCache | null;
  /** null where traces are stored inline. */
  readonly depot: StackDepot | null;
  /** What the kernel has printed. */
  readonly warnings: Warnings;
  readonly insertNs: number;
}

/** What kmemleak asks of the machine. */
export interface KmemleakEvents {
  onMoment(moment: KmemleakMoment): void;
  /** Calls `gracePeriodEnded` after this time, or later while the CPU cannot pass through it. */
  startGracePeriod(delayNs: number): void;
  /** Calls `cleanUp` when a worker gets to run. */
  startCleanUp(): void;
}
