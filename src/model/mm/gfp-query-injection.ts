import type { Gfp, KernelProfile } from '../../kernel/kernel-profile.ts';
import { allowedMask } from './gfp.ts';

/** The two settings of a Boolean knob, by their debugfs letters. */
export interface ByKnob {
  readonly Y: boolean;
  readonly N: boolean;
}

/** Whether the dice are reached at all, by setting of ignore-gfp-wait. */
export interface ByWaitKnob {
  readonly ignoreGfpWait: ByKnob;
}

/** The same by min-order, as decimal text. */
export interface ByMinOrder {
  readonly minOrder: Readonly<Record<string, ByWaitKnob>>;
}

/** What fault injection may do to a request: true, it can be made to fail. */
export interface Injectable {
  readonly failslab: ByWaitKnob;
  /**
   * By min-order, with ignore-gfp-highmem at its default Y; `ignoreGfpWait` repeats the default
   * min-order 1, and `ignoreGfpHighmemN` has the answers for ignore-gfp-highmem N.
   */
  readonly failPageAlloc: ByWaitKnob & ByMinOrder & { readonly ignoreGfpHighmemN: ByMinOrder };
}

/** A new gfp bit and the places that were told of it; a structural twin of fault/new-flag.ts. */
export interface FlagInQuestion {
  readonly name: string;
  readonly value: Gfp;
  readonly bitsShiftRaised: boolean;
  readonly inReclaimMask: boolean;
}

/** Who asks, besides the mask. */
export interface InjectionSetting {
  readonly order: number;
  readonly newFlag: FlagInQuestion | null;
  /** Spared by something that is not in the mask: a scope around it, or its cache. */
  readonly sparedFromSlab: boolean;
  readonly sparedFromPages: boolean;
}

const DEFAULT_MIN_ORDER = 1;

/**
 * **Models:** the filters before should_fail in __should_failslab and __should_fail_alloc_page,
 * without cache-filter, task-filter and the algorithm itself; 4.17.0, 6.1.192, 6.12.117.
 * **Departs:** nothing known.
 */
export function injectable(gfp: Gfp, kernel: KernelProfile, setting: InjectionSetting): Injectable {
  const { bits } = kernel.gfp;
  const kswapd = kernel.rules.failslabSpares === 'any-reclaim' ? bits.KSWAPD_RECLAIM : 0;
  const slabOpen = !setting.sparedFromSlab && !isExempt(gfp, kernel, setting.newFlag);
  const pagesOpen = !setting.sparedFromPages && !isExemptFromPages(gfp, kernel, setting.newFlag);
  const noReclaim = (gfp & bits.DIRECT_RECLAIM) === 0;
  const byOrder = (open: boolean): ByMinOrder => ({
    minOrder: Object.fromEntries(
      minOrders(setting.order).map((minOrder) => [
        `${minOrder}`,
        byWait(open && setting.order >= minOrder, noReclaim),
      ]),
    ),
  });
  const lowmem = byOrder(pagesOpen && (gfp & bits.HIGHMEM) === 0);
  return {
    failslab: byWait(slabOpen, (gfp & (bits.DIRECT_RECLAIM | kswapd)) === 0),
    failPageAlloc: {
      ...lowmem.minOrder[`${DEFAULT_MIN_ORDER}`]!,
      ...lowmem,
      ignoreGfpHighmemN: byOrder(pagesOpen),
    },
  };
}

/** The new flag is still there after gfp_allowed_mask. */
export function reachesSlabHook(flag: FlagInQuestion, kernel: KernelProfile): boolean {
  return flag.bitsShiftRaised || (flag.value & allowedMask(kernel)) !== 0;
}

function byWait(open: boolean, sparedByNothing: boolean): ByWaitKnob {
  return { ignoreGfpWait: { Y: open && sparedByNothing, N: open } };
}

/** NOFAIL, or a new flag that got here. */
function isExempt(gfp: Gfp, kernel: KernelProfile, flag: FlagInQuestion | null): boolean {
  if ((gfp & kernel.gfp.bits.NOFAIL) !== 0) return true;
  return flag !== null && (gfp & flag.value) !== 0 && reachesSlabHook(flag, kernel);
}

function isExemptFromPages(gfp: Gfp, kernel: KernelProfile, flag: FlagInQuestion | null): boolean {
  return isExempt(gfp, kernel, flag === null || flag.inReclaimMask ? flag : null);
}

/** From 0 to the first one that spares the request, the default among them. */
function minOrders(order: number): number[] {
  return Array.from({ length: Math.max(DEFAULT_MIN_ORDER, order + 1) + 1 }, (_, i) => i);
}
