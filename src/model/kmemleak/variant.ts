import type { Named } from '../../base/catalog.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { NewFlag, NewFlagOverride } from '../fault/new-flag.ts';

/** The state of the allocating context that a proposal may look at. */
export interface AllocContext {
  /** Interrupts off, or inside an interrupt, or otherwise unable to sleep. */
  readonly atomic: boolean;
  /** CONFIG_FAULT_INJECTION: faults can be injected, whether or not any are asked for now. */
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

/** One proposal for kmemleak's metadata allocations: all that it changes. */
export interface KmemleakVariant extends Named {
  readonly source: { readonly who: string; readonly date: string; readonly ref: string };
  /**
   * Flags of the n-th try (0-based) for this caller. Pure; tabled before the run.
   * An empty list means that no metadata is allocated at all.
   */
  attempts(caller: Gfp, context: AllocContext, kernel: KernelProfile): readonly Gfp[];
  readonly injection: InjectionExemption;
  /** The bit behind 'gfp-flag' where it is a new one; its place depends on the kernel's table. */
  newFlag?(kernel: KernelProfile): NewFlag;
  /** Absent: no reserve, whatever the kernel has. */
  readonly reserve?: ReserveSpec;
  readonly onFailure: 'disable' | 'leave-untracked' | 'fail-caller' | 'wait';
  /** A bound, not a proposal: metadata never fails, or is never wanted. */
  readonly bound?: 'never-fails' | 'untracked';
}

/** The variant's new flag in this kernel, with what a scenario left undone; null: it has none. */
export function newFlagOf(
  variant: KmemleakVariant,
  kernel: KernelProfile,
  override: NewFlagOverride = {},
): NewFlag | null {
  if (variant.newFlag === undefined) return null;
  return { ...variant.newFlag(kernel), ...override };
}
