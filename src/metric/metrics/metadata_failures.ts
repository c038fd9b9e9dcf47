import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'metadata_failures',
  summary: 'object allocations that the allocator refused',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: (readings) => readings.metadataFailures,
};

export default metric;
