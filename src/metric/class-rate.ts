import type { CallerKind, ClassReadings } from '../model/machine-readings.ts';
import type { Metric } from './metric.ts';

interface RateOfClasses {
  readonly name: string;
  readonly summary: string;
  readonly kind: CallerKind;
}

/** The share of metadata requests that were refused, for the callers of one kind. */
export function metadataFailureRate({ name, summary, kind }: RateOfClasses): Metric {
  return {
    name,
    summary,
    unit: 'ratio',
    better: 'lower',
    kind: 'exact',
    read({ classes }) {
      const ofKind = classes.filter((each) => each.kind === kind);
      const attempts = sum(ofKind, 'metadataAttempts');
      return attempts === 0 ? null : sum(ofKind, 'metadataFailures') / attempts;
    },
  };
}

function sum(
  classes: readonly ClassReadings[],
  count: 'metadataAttempts' | 'metadataFailures',
): number {
  return classes.reduce((total, each) => total + each[count], 0);
}
