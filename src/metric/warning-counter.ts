import { assert } from '../base/assert.ts';
import { WARNINGS } from '../model/warnings.ts';
import type { Metric } from './metric.ts';

/** Whether one warning of the model's table was printed: 1, for it is so once a boot, or 0. */
export function warningCounter(id: string): Metric {
  const warning = WARNINGS.find((each) => each.id === id);
  assert(warning !== undefined, 'a warning metric names no warning of the model');
  return {
    name: `warnings_${id}`,
    summary: warning.summary,
    unit: 'count',
    better: 'lower',
    kind: 'exact',
    read: (readings) => readings.warnings[id] ?? 0,
  };
}
