import type { KernelProfile } from '../../kernel/kernel-profile.ts';
import type { PcpLimits } from '../machine-config.ts';
import { floorPowerOfTwo } from './exact-integers.ts';
import type { ZonePages } from './watermarks.ts';

// Models: zone_batchsize, zone_highsize, pageset_set_high_and_batch (mm/page_alloc.c), 4.17,
// 6.1.192 and 6.12.117.
// Departs: a kernel without an MMU has other batches.

/** Batch limits of the 4.17 rule for vm.percpu_pagelist_fraction: PAGE_SHIFT * 8. */
const FRACTION_BATCH_MAX = 96;

/** 6.12: high may grow to an eighth of the zone, shared by its CPUs. */
const HIGH_MAX_FRACTION = 8;

/**
 * Limits of one zone's per-CPU lists.
 * @param low the zone's low watermark, without boost; unused by 4.17
 * @param cpus CPUs of the zone's node that are online
 * @param fraction vm.percpu_pagelist_fraction (4.17) or …_high_fraction; 0: not set
 */
export function pcpLimits(
  zone: ZonePages,
  mark: { readonly low: number; readonly cpus: number; readonly fraction?: number },
  kernel: KernelProfile,
): PcpLimits {
  const fraction = mark.fraction ?? 0;
  const raw = rawBatch(zone.managed, kernel);
  const batch = Math.max(1, raw);
  if (kernel.rules.pcpHigh === 'six-batches') {
    return fraction === 0 ? fixed(6 * raw, batch) : byFraction(zone.managed, fraction);
  }
  const cpus = Math.max(1, mark.cpus);
  const shareOf = (pages: number) => Math.max(Math.floor(pages / cpus), 4 * batch);
  if (fraction !== 0) return fixed(shareOf(Math.floor(zone.managed / fraction)), batch);
  const high = shareOf(mark.low);
  if (kernel.rules.pcpHigh === 'low-watermark') return fixed(high, batch);
  const highMax = shareOf(Math.floor(zone.managed / HIGH_MAX_FRACTION));
  return { batch, high, highMin: high, highMax };
}

/**
 * One less than a power of two, which spreads refills over cache colours: about a quarter of a
 * thousandth of the zone. It is 0 for a tiny zone, whose `high` is then 0 in 4.17: every freed
 * page goes straight back.
 */
function rawBatch(managed: number, kernel: KernelProfile): number {
  const source = Math.min(Math.floor(managed / 1024), kernel.rules.pcpBatchSource);
  const quarter = Math.max(1, Math.floor(source / 4));
  return floorPowerOfTwo(quarter + Math.floor(quarter / 2)) - 1;
}

function byFraction(managed: number, fraction: number): PcpLimits {
  const high = Math.floor(managed / fraction);
  const batch = Math.min(FRACTION_BATCH_MAX, Math.max(1, Math.floor(high / 4)));
  return fixed(high, batch);
}

function fixed(high: number, batch: number): PcpLimits {
  return { batch, high, highMin: high, highMax: high };
}
