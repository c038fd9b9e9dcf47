import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import type { TaskContext } from '../sched/task-context.ts';

// The flags of one walk over the zones. Bits 0 and 1 are an index, the rest are flags:
//
//   11   9   8   7   6   5    4      3   2   1 0
//  KSWAPD│HIGHATOMIC│NOFRAGMENT│CMA│CPUSET│HIGH│HARDER│OOM│NO_WATERMARKS│WMARK
//
// HARDER and HIGH are called NON_BLOCK and MIN_RESERVE since 6.3 (6.1.116); KSWAPD, HIGHATOMIC
// and NOFRAGMENT are 0 in 4.17, so that nothing here has to ask for the version.
//
// **Models:** mm/page_alloc.c, gfp_to_alloc_flags, __gfp_pfmemalloc_flags, oom_reserves_allowed,
// alloc_flags_nofragment and the discounts of __zone_watermark_ok; 4.17.0, 6.1.192, 6.12.117.
// **Departs:** no CMA pages, so ALLOC_CMA is never set; no deadline tasks apart from real-time
// ones; a section with softirqs switched off does not count as an interrupt.

/** Which watermark a walk checks: the low two bits of its flags. */
export const ALLOC_WMARK_MIN = 0;
export const ALLOC_WMARK_LOW = 1;
export const ALLOC_WMARK_HIGH = 2;
export const ALLOC_WMARK_MASK = 3;

const WMARK_NAMES = ['ALLOC_WMARK_MIN', 'ALLOC_WMARK_LOW', 'ALLOC_WMARK_HIGH'] as const;

/** A share of a watermark. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

/** What of a task decides which reserves it may use. */
export type ReserveContext = Pick<
  TaskContext,
  'memalloc' | 'realtime' | 'oomVictim' | 'inHardirq' | 'inSoftirq' | 'inInterrupt'
>;

/**
 * Flags of the fast path: the low watermark, and no reserve for anybody, GFP_ATOMIC included.
 * @param avoidsFragmentation the highest zone that the request may use is NORMAL
 */
export function fastPathAllocFlags(
  gfp: Gfp,
  kernel: KernelProfile,
  avoidsFragmentation: boolean,
): number {
  const { alloc, rules } = kernel;
  const flags = ALLOC_WMARK_LOW | kswapdFlag(gfp, kernel);
  return rules.avoidFragmentation && avoidsFragmentation ? flags | alloc.NOFRAGMENT : flags;
}

/** Flags with which the slow path starts; `gfp` is slowPathGfp(): ATOMIC and blockable exclude. */
export function slowPathAllocFlags(
  gfp: Gfp,
  order: number,
  kernel: KernelProfile,
  context: ReserveContext,
): number {
  const { alloc, rules } = kernel;
  const { bits } = kernel.gfp;
  const high = (gfp & bits.HIGH) === 0 ? 0 : alloc.HIGH;
  const flags = ALLOC_WMARK_MIN | alloc.CPUSET | high | kswapdFlag(gfp, kernel);
  const byBit = rules.nonBlocking === 'atomic-bit';
  if (byBit ? (gfp & bits.ATOMIC) !== 0 : (gfp & bits.DIRECT_RECLAIM) === 0) {
    // Where the group needs HIGH, a request without it is no emergency and keeps to its cpuset.
    const free = rules.harderNeedsHigh && high === 0 ? flags : flags & ~alloc.CPUSET;
    if ((gfp & bits.NOMEMALLOC) !== 0) return free;
    const raided = order > 0 && high !== 0 ? alloc.HIGHATOMIC : 0;
    return free | alloc.HARDER | raided;
  }
  if (!context.realtime || context.inInterrupt) return flags;
  return flags | (rules.realtimeReserve === 'harder' ? alloc.HARDER : alloc.HIGH);
}

/** Reserves by the task's or the mask's standing: they replace all other flags; 0 for none. */
export function reserveFlags(gfp: Gfp, kernel: KernelProfile, context: ReserveContext): number {
  const { bits } = kernel.gfp;
  const { alloc } = kernel;
  if ((gfp & bits.NOMEMALLOC) !== 0) return 0;
  if ((gfp & bits.MEMALLOC) !== 0) return alloc.NO_WATERMARKS;
  if (context.inSoftirq && context.memalloc) return alloc.NO_WATERMARKS;
  if (context.inInterrupt) return 0;
  if (context.memalloc) return alloc.NO_WATERMARKS;
  return context.oomVictim ? alloc.OOM : 0;
}

/** Flags of a retry: reserve flags, if there are any, leave only the wish to wake kswapd. */
export function retryAllocFlags(flags: number, reserve: number, kernel: KernelProfile): number {
  return reserve === 0 ? flags : reserve | (flags & kernel.alloc.KSWAPD);
}

/** NOFAIL's last resort before it starts over: deeper than min, but not to the bottom. */
export function nofailAllocFlags(kernel: KernelProfile): number {
  const { alloc, rules } = kernel;
  return ALLOC_WMARK_MIN | (rules.nofailReserve === 'harder' ? alloc.HARDER : alloc.HIGH);
}

/**
 * The mark after a walk's discounts, each rounded by itself: HIGH takes off half, OOM half of what
 * is left, HARDER a quarter (4.17: whatever else; 6.x: only of a mark that HIGH has halved).
 */
export function discountedMark(mark: number, flags: number, kernel: KernelProfile): number {
  const { alloc, rules } = kernel;
  let left = mark;
  const isHigh = (flags & alloc.HIGH) !== 0;
  const isOom = (flags & alloc.OOM) !== 0;
  if (isHigh) left -= left >>> 1;
  if ((flags & alloc.HARDER) !== 0 && (rules.harderNeedsHigh ? isHigh : !isOom)) {
    left -= left >>> 2;
  }
  if (isOom) left -= left >>> 1;
  return left;
}

/** The discounts as a share of the mark, in lowest terms; 0/1 when no watermark is checked. */
export function reserveFraction(flags: number, kernel: KernelProfile): Fraction {
  if ((flags & kernel.alloc.NO_WATERMARKS) !== 0) return { numerator: 0, denominator: 1 };
  // A mark of 16 can be cut by 1/2, 1/4 and 1/2 again without rounding.
  const whole = 16;
  const left = discountedMark(whole, flags, kernel);
  const shared = left & -left;
  return { numerator: left / shared, denominator: whole / shared };
}

/** Their names in this kernel: the watermark, then the flags from the lowest bit. */
export function allocFlagNames(flags: number, kernel: KernelProfile): string[] {
  const mark = WMARK_NAMES[flags & ALLOC_WMARK_MASK];
  const named = kernel.alloc.names.filter(({ value }) => (flags & value) !== 0);
  return [...(mark === undefined ? [] : [mark]), ...named.map(({ name }) => name)];
}

function kswapdFlag(gfp: Gfp, kernel: KernelProfile): number {
  return (gfp & kernel.gfp.bits.KSWAPD_RECLAIM) === 0 ? 0 : kernel.alloc.KSWAPD;
}
