import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { NewFlag } from '../fault/new-flag.ts';
import { gfpAllowedMask } from '../fault/new-flag.ts';
import type { KmemleakVariant } from './variant.ts';

/** Tries that a proposal may make for one object: the longest posted retries ten times. */
export const TRIES = 16;

/** The setting in which a variant's masks are worked out. */
export interface MaskSetting {
  readonly kernel: KernelProfile;
  readonly variant: KmemleakVariant;
  readonly newFlag: NewFlag | null;
  /** CONFIG_FAULT_INJECTION. */
  readonly faultInjection: boolean;
  /** CONFIG_PREEMPT_COUNT; absent: set. */
  readonly preemptCount?: boolean;
}

/**
 * A variant's flags for every caller of the run, worked out before it.
 *
 *   #flags   [ row 0: try 0 … try 15 | row 1: … ]     #tries  [ row ] = tries of that row
 *   #lost    [ row ] = 1: a try drops the caller's __GFP_NOLOCKDEP
 *   row      2 × class + (atomic ? 1 : 0); callers that are no class get rows after these
 *
 * **Models:** the flags that mm/slab.h hands to kmemleak_alloc: the caller's, cut by
 * gfp_allowed_mask; 4.17 to 6.12.
 * **Departs:** nothing known.
 */
export class MaskTable {
  readonly #setting: MaskSetting;
  readonly #allowedMask: Gfp;
  #flags: Uint32Array;
  #tries: Uint8Array;
  #lost: Uint8Array;
  #rows = 0;
  /** Rows of callers outside the load's classes: nested requests of the kernel's own. */
  readonly #others = new Map<Gfp, number>();

  constructor(setting: MaskSetting, callers: readonly Gfp[]) {
    this.#setting = setting;
    this.#allowedMask = gfpAllowedMask(setting.kernel, setting.newFlag);
    this.#flags = new Uint32Array((callers.length + 4) * 2 * TRIES);
    this.#tries = new Uint8Array((callers.length + 4) * 2);
    this.#lost = new Uint8Array((callers.length + 4) * 2);
    for (const caller of callers) this.#addRows(caller);
  }

  /** The row of a caller; `gfpClass` −1 finds it by its flags. */
  row(caller: Gfp, gfpClass: number, atomic: boolean): number {
    const first = gfpClass >= 0 ? gfpClass * 2 : this.#otherRow(caller);
    return atomic ? first + 1 : first;
  }

  tries(row: number): number {
    return this.#tries[row]!;
  }

  flags(row: number, attempt: number): Gfp {
    return this.#flags[row * TRIES + attempt]!;
  }

  /** L1: lockdep sees a request that its caller had asked it to overlook. */
  losesNolockdep(row: number): boolean {
    return this.#lost[row] === 1;
  }

  #otherRow(caller: Gfp): number {
    const known = this.#others.get(caller);
    if (known !== undefined) return known;
    const row = this.#addRows(caller);
    this.#others.set(caller, row);
    return row;
  }

  #addRows(caller: Gfp): number {
    const first = this.#rows;
    this.#rows += 2;
    this.#growTo(this.#rows);
    this.#fill(first, caller, false);
    this.#fill(first + 1, caller, true);
    return first;
  }

  #fill(row: number, caller: Gfp, atomic: boolean): void {
    const { variant, kernel, faultInjection, preemptCount = true } = this.#setting;
    const handed = (caller & this.#allowedMask) >>> 0;
    const masks = variant.attempts(handed, { atomic, faultInjection, preemptCount }, kernel);
    if (masks.length > TRIES) throw new Error(`variant ${variant.name} makes too many tries`);
    const { NOLOCKDEP } = kernel.gfp.bits;
    const asked = (handed & NOLOCKDEP) !== 0;
    this.#tries[row] = masks.length;
    this.#lost[row] = asked && masks.some((mask) => (mask & NOLOCKDEP) === 0) ? 1 : 0;
    this.#flags.set(masks, row * TRIES);
  }

  #growTo(rows: number): void {
    if (rows <= this.#tries.length) return;
    const flags = new Uint32Array(rows * 2 * TRIES);
    const tries = new Uint8Array(rows * 2);
    const lost = new Uint8Array(rows * 2);
    flags.set(this.#flags);
    tries.set(this.#tries);
    lost.set(this.#lost);
    this.#flags = flags;
    this.#tries = tries;
    this.#lost = lost;
  }
}
