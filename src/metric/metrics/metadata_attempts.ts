import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'metadata_attempts',
  summary: 'object allocations that kmemleak asked for, while it lived: one a tracked allocation',
  unit: 'count',
  better: 'neither',
  kind: 'exact',
  read: (readings) => readings.metadataAttempts,
};

export default metric;
