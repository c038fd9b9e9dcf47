import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'kmemleak_scans',
  summary: 'scans that were begun',
  unit: 'count',
  better: 'neither',
  kind: 'exact',
  read: (readings) => readings.leaks.scans,
};

export default metric;
