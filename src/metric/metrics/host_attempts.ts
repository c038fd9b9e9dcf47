import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'host_attempts',
  summary: 'requests of the tracked callers themselves',
  unit: 'count',
  better: 'neither',
  kind: 'exact',
  read: (readings) => readings.hostAttempts,
};

export default metric;
