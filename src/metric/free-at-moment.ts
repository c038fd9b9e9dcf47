import type { ZoneName } from '../model/machine-config.ts';
import type { MomentName } from './first-moment.ts';
import type { Metric } from './metric.ts';

export interface FreeAtMoment {
  readonly name: string;
  readonly moment: MomentName;
  /** The moment in words, behind "when". */
  readonly when: string;
  readonly zone: ZoneName;
}

/** Free pages of one zone at a moment that may never come; none, too, without that zone. */
export function freeAtMoment({ name, moment, when, zone }: FreeAtMoment): Metric {
  return {
    name,
    summary: `free pages of zone ${zone} when ${when}`,
    unit: 'pages',
    better: 'neither',
    kind: 'exact',
    read: (readings) => {
      const zones = readings[moment]?.zones ?? [];
      return zones.find((one) => one.name === zone)?.free ?? null;
    },
  };
}
