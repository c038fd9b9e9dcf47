import type { KernelProfile } from '../../kernel/kernel-profile.ts';

/** How many objects a reserve holds at most. */
export type ReserveSize =
  | number
  /** The profile's CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE default. */
  | 'kernel'
  /** For each CPU of the machine; a kernel's NR_CPUS may be larger. */
  | { readonly perCpu: number }
  /** As many as fit into so many bytes. */
  | { readonly bytes: number }
  /** Of scan areas: one for so many objects of the objects' own reserve. */
  | { readonly perObjects: number };

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
  /** Callers that may sleep add an object after each one that the slab cache gave them. */
  readonly filledBySleepers?: boolean;
  /** It is asked after each try, not only after the last one. */
  readonly afterEachTry?: boolean;
}

/** What a reserve's size may depend on. */
export interface ReserveSetting {
  readonly kernel: KernelProfile;
  readonly cpus: number;
  /** Bytes of what it holds. */
  readonly size: number;
  /** Entries of the objects' reserve, where this is another one. */
  readonly objects: number;
}

export function reserveEntries({ entries }: ReserveSpec, setting: ReserveSetting): number {
  if (typeof entries === 'number') return entries;
  if (entries === 'kernel') return setting.kernel.kmemleak.poolSize;
  if ('perCpu' in entries) return entries.perCpu * setting.cpus;
  if ('bytes' in entries) return Math.floor(entries.bytes / setting.size);
  return Math.floor(setting.objects / entries.perObjects);
}
