import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'metadata_pages',
  summary: 'pages that kmemleak held',
  unit: 'pages',
  better: 'lower',
  kind: 'exact',
  read: (readings) => readings.metadataPages,
};

export default metric;
