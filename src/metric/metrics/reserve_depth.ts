import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'reserve_depth',
  summary: 'deepest dip below the min watermark, as a share of it',
  unit: 'ratio',
  better: 'lower',
  kind: 'exact',
  read: (readings) => readings.reserveDepth,
};

export default metric;
