import type { Named } from '../../base/catalog.ts';
import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { NewFlag, NewFlagOverride } from '../fault/new-flag.ts';
import type { ReserveSpec } from './reserve-spec.ts';

export type { ReserveSize, ReserveSpec } from './reserve-spec.ts';

/** The state of the allocating context that a proposal may look at. */
export interface AllocContext {
  /**
   * What in_atomic() and irqs_disabled() tell: interrupts are off, or this is one, or a spinlock
   * is held and the kernel counts preemption.
   */
  readonly atomic: boolean;
  /** CONFIG_FAULT_INJECTION: faults can be injected, whether or not any are asked for now. */
  readonly faultInjection: boolean;
  /** CONFIG_PREEMPT_COUNT; absent: it is set, as in kernels that check for sleep in atomic. */
  readonly preemptCount?: boolean;
}

/** Who keeps injected faults away from metadata. */
export type InjectionExemption =
  /** Nobody: metadata is injected like any other request. */
  | 'subject'
  /** A gfp bit of the mask (NOFAIL, or a new flag). */
  | 'gfp-flag'
  /** A bit of the running task around the metadata allocation; softirqs share it. */
  | 'task-scope'
  /** A scope around it that nobody else sees, whoever interrupts whom. */
  | 'own-scope'
  /** One machine-wide switch around it, saved and restored. */
  | 'global-scope'
  /** A property of the kmemleak caches. */
  | 'cache-flag';

/** One proposal for kmemleak's metadata allocations: all that it changes. */
export interface KmemleakVariant extends Named {
  readonly source: { readonly who: string; readonly date: string; readonly ref: string };
  /** Who spoke against it and why, or why it went, in one line. */
  readonly objection?: string;
  /**
   * Flags of the n-th try (0-based) for this caller. Pure; tabled before the run.
   * An empty list means that no metadata is allocated at all.
   */
  attempts(caller: Gfp, context: AllocContext, kernel: KernelProfile): readonly Gfp[];
  readonly injection: InjectionExemption;
  /** The bit behind 'gfp-flag' where it is a new one; its place depends on the kernel's table. */
  newFlag?(kernel: KernelProfile): NewFlag;
  /** Ready objects for when the slab cache has none. Absent: none, whatever the kernel has. */
  readonly reserve?: ReserveSpec;
  /** The same for scan areas. */
  readonly areaReserve?: ReserveSpec;
  /** Flags with which the reserve is filled by the slab cache; absent: GFP_KERNEL. */
  refillFlags?(kernel: KernelProfile): Gfp;
  /** Metadata of slab objects lies inside them; only other memory has separate metadata. */
  readonly embedded?: boolean;
  /** 'wait': callers that may sleep wait for an object; for all others it is 'disable'. */
  readonly onFailure: 'disable' | 'leave-untracked' | 'fail-caller' | 'wait';
  /** A bound, not a proposal: metadata never fails, or is never wanted. */
  readonly bound?: 'never-fails' | 'untracked';
}

/**
 * The variant's new flag in this kernel, or else the user's, with what a scenario left undone;
 * null: there is none.
 */
export function newFlagOf(
  variant: KmemleakVariant,
  kernel: KernelProfile,
  override: NewFlagOverride = {},
): NewFlag | null {
  const flag = variant.newFlag?.(kernel) ?? kernel.newFlag;
  return flag === undefined ? null : { ...flag, ...override };
}
