import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'false_positives',
  summary: 'objects reported as leaks that somebody still points to',
  unit: 'count',
  better: 'lower',
  kind: 'exact',
  read: (readings) => readings.leaks.falsePositives,
};

export default metric;
