import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'leaks_planted',
  summary: 'objects whose last pointer the load lost',
  unit: 'count',
  better: 'neither',
  kind: 'exact',
  read: (readings) => readings.leaks.planted,
};

export default metric;
