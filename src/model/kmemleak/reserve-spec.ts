import type { KernelProfile } from '../../kernel/kernel-profile.ts';

/** How many objects a reserve holds at most. */
export type ReserveSize =
  | number
  /** The profile's CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE default. */
  | 'kernel'
  | { readonly perCpu: number }
  /** As many as fit into so many bytes. */
  | { readonly bytes: number };

/** A reserve of ready objects behind the slab cache. */
export interface ReserveSpec {
  readonly entries: ReserveSize;
  /** What refills it: only its own objects when freed, any freed object, or no freed one. */
  readonly refill: 'own-objects' | 'any-free' | 'no-free';
  /**
   * Where its objects come from. Absent: an array of its own, of which boot has left some.
   * 'slab': the slab cache, before the load starts. 'thread': the slab cache, one by one.
   */
  readonly filledBy?: 'slab' | 'thread';
  /** 'thread': time between two objects, ns. */
  readonly periodNs?: number;
  /** The scan thread fills it up before each scan. */
  readonly filledAtScan?: boolean;
  /** It is asked after each try, not only after the last one. */
  readonly afterEachTry?: boolean;
}

/** The reserve's size in this kernel on a machine with so many CPUs. */
export function reserveEntries(
  { entries }: ReserveSpec,
  kernel: KernelProfile,
  cpus: number,
  objectSize: number,
): number {
  if (typeof entries === 'number') return entries;
  if (entries === 'kernel') return kernel.kmemleak.poolSize;
  if ('perCpu' in entries) return entries.perCpu * cpus;
  return Math.floor(entries.bytes / objectSize);
}
