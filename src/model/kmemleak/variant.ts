import type { Named } from '../../base/catalog.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';

/** The state of the allocating context that a proposal may look at. */
export interface AllocContext {
  /** Interrupts off, or inside an interrupt, or otherwise unable to sleep. */
  readonly atomic: boolean;
  /** Fault injection is switched on (probability or fail-nth) in some capability. */
  readonly faultInjection: boolean;
}

/** Who keeps injected faults away from metadata. */
export type InjectionExemption =
  /** Nobody: metadata is injected like any other request. */
  | 'subject'
  /** A gfp bit of the mask (NOFAIL, or a new flag). */
  | 'gfp-flag'
  /** A per-task counter around the metadata allocation. */
  | 'task-scope'
  /** One machine-wide switch around it. */
  | 'global-scope'
  /** A property of the kmemleak caches. */
  | 'cache-flag';

/** A reserve of ready objects behind the slab cache. */
export interface ReserveSpec {
  /** Entries; 'kernel': the profile's CONFIG_DEBUG_KMEMLEAK_MEM_POOL_SIZE default. */
  readonly entries: number | 'kernel';
  /** What refills it: only its own objects when freed, or any freed object. */
  readonly refill: 'own-objects' | 'any-free';
}

/** A new gfp bit that a proposal brings, with the two places that may strip it. */
export interface NewFlag {
  readonly name: string;
  readonly value: Gfp;
  /** __GFP_BITS_SHIFT was raised, so that gfp_allowed_mask lets the bit through. */
  readonly bitsShiftRaised: boolean;
  /** SLUB's new_slab lets the bit through to the page allocator. */
  readonly inReclaimMask: boolean;
}

/** One proposal for kmemleak's metadata allocations: all that it changes. */
export interface KmemleakVariant extends Named {
  readonly source: { readonly who: string; readonly date: string; readonly ref: string };
  /**
   * Flags of the n-th try (0-based) for this caller. Pure; tabled before the run.
   * An empty list means that no metadata is allocated at all.
   */
  attempts(caller: Gfp, context: AllocContext, kernel: KernelProfile): readonly Gfp[];
  readonly injection: InjectionExemption;
  /** The bit behind 'gfp-flag' where it is a new one. */
  readonly newFlag?: NewFlag;
  /** Absent: no reserve, whatever the kernel has. */
  readonly reserve?: ReserveSpec;
  readonly onFailure: 'disable' | 'leave-untracked' | 'fail-caller' | 'wait';
  /** A bound, not a proposal: metadata never fails, or is never wanted. */
  readonly bound?: 'never-fails' | 'untracked';
}
