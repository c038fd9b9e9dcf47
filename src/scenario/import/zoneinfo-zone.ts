import type { WatermarkSet } from '../../model/machine-config.ts';

/** The per-CPU lists of one CPU in one zone. */
export interface ZoneinfoPageset {
  readonly cpu: number;
  readonly count: number;
  readonly high: number;
  readonly batch: number;
  readonly highMin?: number;
  readonly highMax?: number;
}

/** One zone as /proc/zoneinfo tells it; pages. */
export interface ZoneinfoZone {
  readonly node: number;
  readonly zone: string;
  /** Line of its heading, from 1. */
  readonly line: number;
  readonly free: number;
  /** Only kernels with watermark boost print it; 6.1 and later. */
  readonly boost?: number;
  /** As printed, like low, high and promo: the boost is in them. */
  readonly min: number;
  readonly low: number;
  readonly high: number;
  readonly promo?: number;
  readonly spanned: number;
  readonly present: number;
  /** Not printed before 3.10. */
  readonly managed?: number;
  readonly protection: readonly number[];
  /** Not printed for a zone without pages. */
  readonly startPfn?: number;
  readonly pagesets: readonly ZoneinfoPageset[];
  /** Every other number of the zone by its name; unknown names are kept, not judged. */
  readonly counters: Readonly<Record<string, number>>;
  /** The numbers of its node, where this zone is the one that carries them. */
  readonly nodeCounters: Readonly<Record<string, number>>;
}

/** A zone's watermarks without the boost that zoneinfo prints in them. */
export function unboosted(zone: ZoneinfoZone): WatermarkSet {
  const boost = zone.boost ?? 0;
  const marks = { min: zone.min - boost, low: zone.low - boost, high: zone.high - boost };
  return zone.promo === undefined ? marks : { ...marks, promo: zone.promo - boost };
}
