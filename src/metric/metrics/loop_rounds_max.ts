import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'loop_rounds_max',
  summary: 'most rounds of the allocator in one request that may not fail',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: (readings) => readings.loopRoundsMax,
};

export default metric;
