import type { WatermarkVerdict } from './mm/watermark-check.ts';
import type { Zone } from './mm/zone.ts';

/** Listens to one allocation, step by step: what `gfpsim decide` shows. Absent in runs. */
export interface DecisionLog {
  /** A step of the path was entered; `name` as the slow path calls it. */
  step(name: string, note: string): void;
  /** A zone's watermark was tested. */
  check(zone: Zone, verdict: WatermarkVerdict): void;
  /** The watermark let the request through and the lists answered. */
  took(zone: Zone, from: string): void;
  /** The check passed, yet the lists had nothing for the request. */
  missed(zone: Zone, why: string): void;
}
