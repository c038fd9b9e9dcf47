import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'untracked_objects',
  summary: 'successful allocations that kmemleak does not know',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: (readings) => readings.untracked,
};

export default metric;
