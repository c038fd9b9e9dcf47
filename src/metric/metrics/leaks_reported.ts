import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'leaks_reported',
  summary: 'lost objects that a scan reported',
  unit: 'count',
  better: 'higher',
  kind: 'exact',
  read: (readings) => readings.leaks.reported,
};

export default metric;
