import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { TaskContext } from '../sched/task-context.ts';
import {
  allowedMask,
  gfpZoneIndex,
  hex,
  INVALID_MIGRATETYPE,
  INVALID_ZONE,
  isAtomicBlockable,
  isBlockable,
  migratetypeOf,
  unknownBits,
} from './gfp.ts';
import { type FlagInQuestion, reachesSlabHook } from './gfp-query-injection.ts';
import { stockKeptMask } from './slab-gfp.ts';

/**
 * Something odd about a mask. W1 to W6 and L1 are the kernel's own warnings; the other ids are
 * the simulator's remarks.
 */
export interface MaskWarning {
  readonly id: string;
  readonly text: string;
}

/** What the remarks mean, by their ids. */
export const MASK_REMARKS: readonly { readonly id: string; readonly summary: string }[] = [
  {
    id: 'nofail-noretry',
    summary: 'NOFAIL wins over NORETRY, which leaves before the OOM killer: it reclaims for ever',
  },
  { id: 'zone-bits', summary: 'more than one of DMA, DMA32 and HIGHMEM: there is no such zone' },
  { id: 'mobility-bits', summary: 'MOVABLE and RECLAIMABLE together: no such migratetype' },
  {
    id: 'above-bits-shift',
    summary: 'a bit above __GFP_BITS_SHIFT: gfp_allowed_mask takes it away in the slab hooks',
  },
  { id: 'slab-strips', summary: "a new flag that SLUB's new_slab drops before it asks for pages" },
  { id: 'unused-bits', summary: 'a bit that means nothing in this kernel' },
];

export interface WarningSetting {
  readonly order: number;
  readonly context: TaskContext;
  readonly newFlag: FlagInQuestion | null;
}

/** Orders above these are more than a NOFAIL request may ask for, by two different warnings. */
const COSTLY_ORDER = 3;
const NOFAIL_ORDER = 1;

/**
 * What the kernel would print about such a request, were it to get that far, and why a mask is not
 * what it looks like.
 *
 * **Models:** the warnings of __alloc_pages_slowpath, rmqueue and the slab pre-hook's
 * might_sleep; 4.17.0, 6.1.192 (silent with NOWARN), 6.12.117 (NOFAIL judged at entry).
 * **Departs:** each of them prints once a boot; here it is the condition that counts.
 */
export function maskWarnings(
  gfp: Gfp,
  kernel: KernelProfile,
  setting: WarningSetting,
): MaskWarning[] {
  return [
    ...contradictions(gfp, kernel),
    ...nofailWarnings(gfp, kernel, setting),
    ...sleepWarnings(gfp, kernel, setting.context),
    ...unknownBitWarnings(gfp, kernel, setting.newFlag),
  ];
}

/** The caller had NOLOCKDEP, the mask made from it has not. */
export function lockdepWarnings(caller: Gfp, mask: Gfp, kernel: KernelProfile): MaskWarning[] {
  const bit = kernel.gfp.lockdepBit;
  if ((caller & bit) === 0 || (mask & bit) !== 0) return [];
  const text = `__GFP_NOLOCKDEP (${hex(bit)}) is dropped: lockdep may report a false deadlock`;
  return [{ id: 'L1', text }];
}

function contradictions(gfp: Gfp, kernel: KernelProfile): MaskWarning[] {
  const found: MaskWarning[] = [];
  if (isAtomicBlockable(gfp, kernel)) {
    found.push({ id: 'W1', text: 'ATOMIC and DIRECT_RECLAIM: the slow path drops ATOMIC' });
  }
  if (gfpZoneIndex(gfp, kernel) === INVALID_ZONE) {
    found.push({ id: 'zone-bits', text: 'more than one of DMA, DMA32 and HIGHMEM: no such zone' });
  }
  if (migratetypeOf(gfp) === INVALID_MIGRATETYPE) {
    found.push({ id: 'mobility-bits', text: 'MOVABLE and RECLAIMABLE: no such migratetype' });
  }
  return found;
}

function nofailWarnings(gfp: Gfp, kernel: KernelProfile, setting: WarningSetting): MaskWarning[] {
  const { bits } = kernel.gfp;
  if ((gfp & bits.NOFAIL) === 0) return [];
  const { nofailWarnsAtEntry: atEntry, nowarnSilencesNofail } = kernel.rules;
  const blocks = isBlockable(gfp, kernel);
  const loud = !(nowarnSilencesNofail && (gfp & bits.NOWARN) !== 0);
  const found: MaskWarning[] = [];
  if (!blocks && loud) {
    const where = atEntry ? 'at slow-path entry' : 'when it gives up';
    found.push({ id: 'W2', text: `NOFAIL without DIRECT_RECLAIM fails all the same (${where})` });
  }
  if (setting.context.memalloc && loud && (blocks || atEntry)) {
    found.push({ id: 'W3', text: 'NOFAIL by a PF_MEMALLOC task: it loops and cannot reclaim' });
  }
  if (setting.order > COSTLY_ORDER && loud && blocks && !atEntry) {
    found.push({ id: 'W4', text: `NOFAIL at order ${setting.order}: it may loop for ever` });
  }
  if (setting.order > NOFAIL_ORDER) {
    const where = atEntry ? 'at slow-path entry' : 'when it takes a page';
    found.push({ id: 'W5', text: `NOFAIL at order ${setting.order} (${where})` });
  }
  if (blocks && (gfp & bits.NORETRY) !== 0) {
    const text = 'NOFAIL wins over NORETRY: it reclaims for ever and never calls the OOM killer';
    found.push({ id: 'nofail-noretry', text });
  }
  return found;
}

function sleepWarnings(gfp: Gfp, kernel: KernelProfile, context: TaskContext): MaskWarning[] {
  if (!context.mustNotSleep || !isBlockable(gfp, kernel)) return [];
  return [{ id: 'W6', text: 'DIRECT_RECLAIM where sleeping is not allowed: it may sleep' }];
}

function unknownBitWarnings(
  gfp: Gfp,
  kernel: KernelProfile,
  flag: FlagInQuestion | null,
): MaskWarning[] {
  const { bitsShift, lockdepBit } = kernel.gfp;
  const isFlag = flag !== null && (gfp & flag.value) !== 0;
  const foreign = (unknownBits(gfp, kernel) & ~(flag?.value ?? 0)) >>> 0;
  const found = isFlag ? newFlagWarnings(flag, kernel) : [];
  const above = (foreign & ~allowedMask(kernel)) >>> 0;
  const holes = (foreign & allowedMask(kernel)) >>> 0;
  if (above !== 0) {
    const lockdep =
      (above & lockdepBit) === 0 ? '' : ', __GFP_NOLOCKDEP only with lockdep built in';
    found.push({
      id: 'above-bits-shift',
      text: `${hex(above)} lies above __GFP_BITS_SHIFT ${bitsShift}${lockdep}: it is stripped`,
    });
  }
  if (holes !== 0) {
    const text = `${hex(holes)} means nothing in ${kernel.name}; SLUB strips it`;
    found.push({ id: 'unused-bits', text });
  }
  return found;
}

/** Who drops a new flag on its way. */
export function newFlagWarnings(flag: FlagInQuestion, kernel: KernelProfile): MaskWarning[] {
  const found: MaskWarning[] = [];
  if (!reachesSlabHook(flag, kernel)) {
    const text = `${flag.name} is stripped: __GFP_BITS_SHIFT is still ${kernel.gfp.bitsShift}`;
    found.push({ id: 'above-bits-shift', text });
  }
  if (!flag.inReclaimMask && (flag.value & stockKeptMask(kernel)) === 0) {
    const text = `${flag.name} is stripped by SLUB before it asks for pages`;
    found.push({ id: 'slab-strips', text });
  }
  return found;
}
