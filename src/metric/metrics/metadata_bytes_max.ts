import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'metadata_bytes_max',
  summary: 'most bytes of live metadata objects at any moment',
  unit: 'bytes',
  better: 'lower',
  kind: 'exact',
  read: (readings) => readings.metadataLiveMax * readings.metadataObjectSize,
};

export default metric;
