import type { CallerKind, ClassReadings } from '../model/machine-readings.ts';
import type { Metric } from './metric.ts';

export type ClassCount = 'attempts' | 'failures' | 'metadataAttempts' | 'metadataFailures';

interface CountOfClasses {
  readonly name: string;
  readonly summary: string;
  readonly kind: CallerKind;
  readonly count: ClassCount;
  readonly better: Metric['better'];
}

/**
 * A count of the callers of one kind, over all classes of the load that are of it. Null where the
 * load has no such caller: that is not the same as callers to whom nothing happened.
 */
export function classCounter({ name, summary, kind, count, better }: CountOfClasses): Metric {
  return {
    name,
    summary,
    unit: 'count',
    better,
    kind: 'exact',
    read({ classes }) {
      const ofKind = classes.filter((each) => each.kind === kind);
      return ofKind.length === 0 ? null : sum(ofKind, count);
    },
  };
}

function sum(classes: readonly ClassReadings[], count: ClassCount): number {
  return classes.reduce((total, each) => total + each[count], 0);
}
