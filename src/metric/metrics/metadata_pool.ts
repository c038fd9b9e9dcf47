import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'metadata_pool',
  summary: 'objects served from the reserve pool',
  unit: 'count',
  better: 'neither',
  kind: 'exact',
  read: (readings) => readings.metadataFromPool,
};

export default metric;
