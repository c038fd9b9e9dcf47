import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'host_failures',
  summary: 'requests of the tracked callers that were refused',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: (readings) => readings.hostFailures,
};

export default metric;
