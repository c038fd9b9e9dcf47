import type { Metric } from '../metric.ts';

const metric: Metric = {
  name: 'livelock',
  summary: 'a request never ended',
  unit: 'flag',
  better: 'lower',
  kind: 'exact',
  read: (readings) => (readings.end === 'livelock' ? 1 : 0),
};

export default metric;
